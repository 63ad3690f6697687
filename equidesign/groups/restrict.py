"""Restriction of a representation to a subgroup, up to a change of basis.

Embeddings are those of ``Group.contains``: planar rotations turn about the polar axis, planar
reflections are mirrors that contain it. Under SO(2) the degree l splits into frequencies 0..l; a
mirror acts on the frequency 0 of degree l and parity p as p (-1)^l, since it is the inversion times
a half turn about an axis normal to it. To O and I degrees restrict by characters (``characters``).
"""

from __future__ import annotations

from equidesign.errors import InputError
from equidesign.groups.catalogue import orthogonal, special_orthogonal
from equidesign.groups.characters import degree_content, polyhedral_irrep
from equidesign.groups.group import Group
from equidesign.groups.irrep import Irrep, scheme
from equidesign.groups.irreps import fold_frequency, irrep, trivial
from equidesign.groups.rep import Rep


def restrict_rep(rep: Rep, subgroup: Group) -> Rep:
    """Restrict to the point group of ``subgroup``; the result is simplified."""
    target = subgroup.point_group
    if not rep.group.contains(target):
        raise InputError(f"{target.name} is not a subgroup of {rep.group.name}")
    if rep.group == target:
        return rep
    terms: list[tuple[int, Irrep]] = []
    for count, term in rep.expand().terms:
        terms += [(count, part) for part in _restrict(term, target)]
    return Rep(target, tuple(terms)).simplify()


def _restrict(term: Irrep, target: Group) -> list[Irrep]:
    group = term.group
    if group == target:
        return [term]
    if target.kind == "trivial":
        return [trivial(target)] * term.dim
    way, onto = scheme(group), scheme(target)
    if way == "parity" and onto == "degree":
        return [irrep(target, term.l)]
    if way in ("parity", "degree") and onto in ("octahedral", "full_octahedral", "icosahedral"):
        odd = int(term.parity < 0)
        return [polyhedral_irrep(target, k, odd=odd) for k in degree_content(target.kind, term.l)]
    if way in ("parity", "degree") and onto in ("frequency", "reflection"):
        return _onto_plane(term, target)
    if way == "full_octahedral" and onto == "octahedral":
        return [polyhedral_irrep(target, term.index[-1] if term.index else 0)]
    if way == "reflection" and onto == "frequency":
        return _rotations(target, term.l, term.dim)
    if way == "frequency" and onto == "frequency":
        return _rotations(target, term.l, term.dim)
    if way == "reflection" and onto == "reflection":
        return _reflections(term, target)
    raise InputError(f"restricting {group.name} to {target.name} is not implemented")


def _onto_plane(term: Irrep, target: Group) -> list[Irrep]:
    planar = orthogonal(2) if target.reflections else special_orthogonal(2)
    if target.reflections:
        mirror_even = term.parity * (-1) ** term.l > 0
        parts = [trivial(planar) if mirror_even else irrep(planar, 1, 0)]
        parts += [irrep(planar, 1, k) for k in range(1, term.l + 1)]
    else:
        parts = [irrep(planar, k) for k in range(term.l + 1)]
    return [piece for part in parts for piece in _restrict(part, target)]


def _rotations(target: Group, frequency: int, dim: int) -> list[Irrep]:
    part = irrep(target, fold_frequency(target, frequency))
    return [part] * (dim // part.dim)


def _reflections(term: Irrep, target: Group) -> list[Irrep]:
    k = fold_frequency(target, term.l)
    if term.dim == 1:
        return [irrep(target, term.index[0] if term.index else 0, k)]
    one = irrep(target, 1, k)
    return [one] if one.dim == 2 else [irrep(target, 0, k), one]
