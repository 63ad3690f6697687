"""What representation theory says about the named irreps: products, lists, types, contents.

Clebsch-Gordan content: of SO(3) |l-m|..l+m; parities multiply under O(3) = SO(3) × {1, -1}; planar
frequencies add and subtract, folded at N/2 for C_N and D_N; polyhedral groups by characters.
Real irreps are of real or of complex type (T. Bröcker, T. tom Dieck, "Representations of Compact
Lie Groups", II.6): a rotation by frequency 0 < k < N/2 commutes with all rotations of its plane, so
an equivariant map between two copies has two free parameters, not one.
"""

from __future__ import annotations

from functools import lru_cache

from equidesign.errors import InputError
from equidesign.groups.group import Group
from equidesign.groups.irrep import MAX_L, Irrep, indices, scheme
from equidesign.groups.rep import Rep


def trivial(group: Group) -> Irrep:
    """The trivial irrep of the point group: 0e, 0, S or trivial."""
    point = group.point_group
    way = scheme(point)
    if way in ("parity", "degree"):
        return Irrep(point, "spherical", (0,), int(way == "parity"))
    return Irrep(point, "S" if way == "matrix" else "trivial")


def irrep(group: Group, *index: int) -> Irrep:
    """The irrep of given index; degree of SO(3), degree and parity (1 or -1) of O(3)."""
    point = group.point_group
    way = scheme(point)
    if way == "degree":
        return Irrep(point, "spherical", index)
    if way == "parity":
        return Irrep(point, "spherical", index[:1], index[1] if len(index) == 2 else 0)
    return Irrep(point, "irrep", index)


def regular(group: Group) -> Irrep:
    """The regular representation of a finite group."""
    return Irrep(group.point_group, "regular")


def vector(group: Group) -> Rep:
    """The defining representation: polar vectors (x, y), (x, y, z), in this order of components.

    Under D_N the reflection is (x, y) to (x, -y), so D1 has trivial + irrep(1,0) and D2 has
    irrep(0,1) + irrep(1,1).

    Raises:
        InputError: the group moves no space (trivial, S_n, T(n)).
    """
    point = group.point_group
    way = scheme(point)
    if way in ("degree", "parity"):
        return Rep.of(Irrep(point, "spherical", (1,), -int(way == "parity")))
    if way == "matrix":
        return Rep.of(Irrep(point, "V"))
    if way == "trivial":
        raise InputError(
            f"{group.name} does not act on directions of space, so it has no vector",
            hint="its components are plain channels: 'trivial'",
        )
    if way == "frequency":
        return Rep.of((2 if point.order == 2 else 1, irrep(point, 1)))
    if way == "reflection" and point.kind == "dihedral" and point.n in (1, 2):
        k = point.n - 1
        return Rep.of(irrep(point, 0, k), irrep(point, 1, k))
    return Rep.of(irrep(point, *((1,) if way in ("octahedral", "icosahedral") else (1, 1))))


def dimension(irrep: Irrep, group: Group | None = None) -> int:
    """Number of real components. ``group`` may be given to check that it is the irrep's own."""
    if group is not None and group.point_group != irrep.group:
        raise InputError(f"{irrep} is a representation of {irrep.group.name}, not of {group.name}")
    return irrep.dim


def endomorphism_dim(irrep: Irrep) -> int:
    """Dimension of the maps from an irrep to itself that commute with the group.

    1 for real type, 2 for complex type (planar rotations without reflections, V of SU(n)), 4 for
    quaternionic type (V of SU(2)).

    Raises:
        InputError: not irreducible (``regular``), or not known (``T(p,q)``).
    """
    if irrep.kind in ("regular", "T"):
        raise InputError(
            f"'{irrep}' is not irreducible, so its commuting maps are not counted here",
            hint="write out its irreps first",
        )
    if irrep.kind == "V":
        if irrep.group.kind == "custom":
            raise InputError("the maps that commute with a custom group must be computed")
        if irrep.group.kind == "SU":
            return 4 if irrep.group.n == 2 else 2
        return 2 if irrep.group.name == "SO(1,1)" else 1
    return 2 if scheme(irrep.group) == "frequency" and irrep.dim == 2 else 1


def irreps_of(group: Group, cutoff: int = 3) -> tuple[Irrep, ...]:
    """All irreps of a finite point group; of a continuous one those up to degree ``cutoff``.

    Both parities are listed for O(3), even first. A cutoff applies to C_N and D_N only through
    their own N/2: all their irreps are listed.
    """
    point = group.point_group
    way = scheme(point)
    if not 0 <= cutoff <= MAX_L:
        raise InputError(f"cutoff {cutoff} is out of range", expected=f"0 to {MAX_L}")
    if way == "matrix":
        return (Irrep(point, "S"), Irrep(point, "V"))[: cutoff + 1]
    if way == "trivial":
        return (trivial(point),)
    if way == "parity":
        return tuple(irrep(point, l, p) for l in range(cutoff + 1) for p in (1, -1))
    limit = (point.n or 0) if point.finite else cutoff
    return tuple(sorted(irrep(point, *index) for index in indices(point, limit)))


def regular_content(group: Group) -> Rep:
    """The regular representation of a finite point group as irreps.

    Each real irrep occurs dim / (dimension of its commuting maps) times (Serre, 2.4 and 12).
    """
    point = group.point_group
    if point.order is None:
        raise InputError(f"{point.name} has no regular representation of finite size")
    terms = tuple((i.dim // endomorphism_dim(i), i) for i in irreps_of(point))
    return Rep(point, terms)


@lru_cache(maxsize=65_536)
def product(a: Irrep, b: Irrep) -> tuple[Irrep, ...]:
    """The irreps of the tensor product a ⊗ b, with repetitions, sorted.

    >>> from equidesign.groups.names import parse_group
    >>> o3 = parse_group("O(3)")
    >>> [str(i) for i in product(irrep(o3, 1, -1), irrep(o3, 1, -1))]
    ['0e', '1e', '2e']

    Raises:
        InputError: different groups, or tensors of a matrix group.
    """
    if a.group != b.group:
        raise InputError(f"{a} of {a.group.name} and {b} of {b.group.name} have no product")
    group, way = a.group, scheme(a.group)
    if "regular" in (a.kind, b.kind):
        other = b if a.kind == "regular" else a
        return (regular(group),) * other.dim
    if a.is_trivial or b.is_trivial:
        return (b if a.is_trivial else a,)
    if way in ("degree", "parity"):
        degrees = range(abs(a.l - b.l), a.l + b.l + 1)
        return tuple(Irrep(group, "spherical", (l,), a.parity * b.parity) for l in degrees)
    if way == "frequency":
        return tuple(sorted(_rotations(a, b)))
    if way == "reflection":
        return tuple(sorted(_reflections(a, b)))
    if way == "matrix":
        return (_tensor(a, b),)
    from equidesign.groups.characters import polyhedral_product

    return polyhedral_product(a, b)


def fold_frequency(group: Group, k: int) -> int:
    if group.kind not in ("cyclic", "dihedral") or group.n is None:
        return abs(k)
    k %= group.n
    return min(k, group.n - k)


def _rotations(a: Irrep, b: Irrep) -> list[Irrep]:
    total = irrep(a.group, fold_frequency(a.group, a.l + b.l))
    other = irrep(a.group, fold_frequency(a.group, a.l - b.l))
    if 1 in (a.dim, b.dim):
        return [total]
    return [total] * (2 // total.dim) + [other] * (2 // other.dim)


def _reflections(a: Irrep, b: Irrep) -> list[Irrep]:
    group = a.group
    k = fold_frequency(group, a.l + b.l)
    if a.dim == b.dim == 1:
        return [irrep(group, a.index[0] ^ b.index[0], k)]
    if 1 in (a.dim, b.dim):
        return [irrep(group, 1, k)]
    found: list[Irrep] = []
    for frequency in (k, fold_frequency(group, a.l - b.l)):
        one = irrep(group, 1, frequency)
        found += [one] if one.dim == 2 else [irrep(group, 0, frequency), one]
    return found


def _tensor(a: Irrep, b: Irrep) -> Irrep:
    def order(term: Irrep) -> tuple[int, int]:
        return (term.index[0], term.index[1]) if term.kind == "T" else (1, 0)

    return Irrep(a.group, "T", (order(a)[0] + order(b)[0], order(a)[1] + order(b)[1]))
