"""Which group contains which, under the standard embeddings.

A group of motions splits into a translation dimension and a point group (E(n) = T(n) ⋊ O(n)), and
one contains the other when both parts do. Rotations of the plane turn about the polar axis of
space and planar reflections become mirrors that contain it (C_Nv in Schoenflies notation), so D_N
is in O(3) but not in SO(3). For the finite subgroups of SO(3) and O(3) see M. Artin, "Algebra",
2nd ed., section 6.12.
"""

from __future__ import annotations

from equidesign.groups.catalogue import (
    cyclic,
    dihedral,
    direct_product,
    known_groups,
    orthogonal,
    special_euclidean,
    special_orthogonal,
    translation,
    trivial,
)
from equidesign.groups.group import PERMUTATION_KINDS, Group

_MIRRORS_OF_CUBE = (1, 2, 3, 4)
_AXES = {"octahedral": (2, 3, 4), "icosahedral": (2, 3, 5)}


def contains(big: Group, small: Group) -> bool:
    """Whether ``small`` is a subgroup of ``big``; products match factor by factor."""
    return _match(list(big.parts), [part for part in small.parts if part.kind != "trivial"])


def _match(bigs: list[Group], smalls: list[Group]) -> bool:
    if not smalls:
        return True
    first, rest = smalls[0], smalls[1:]
    return any(
        _simple(big, first) and _match(bigs[:index] + bigs[index + 1 :], rest)
        for index, big in enumerate(bigs)
    )


def _simple(big: Group, small: Group) -> bool:
    if big == small or small.kind == "trivial":
        return True
    if big.kind in PERMUTATION_KINDS:
        if small.kind in PERMUTATION_KINDS:
            return big.n is None or (small.n is not None and small.n <= big.n)
        return small.kind == "cyclic_translation" and big.n is None
    if small.kind in (*PERMUTATION_KINDS, "cyclic_translation"):
        return False
    return _translations(big, small) and _point(big.point_group, small.point_group)


def _translations(big: Group, small: Group) -> bool:
    if not small.translations:
        return True
    return big.translations and big.kind != "cyclic_translation" and _at_most(small.n, big.n)


def _at_most(small: int | None, big: int | None) -> bool:
    """Compare parameters; a symbolic one stands for as many as needed."""
    return big is None or (small is not None and small <= big)


def _point(big: Group, small: Group) -> bool:
    if big == small or small.kind == "trivial":
        return True
    if small.reflections and not big.reflections:
        return False
    if small.kind in ("cyclic", "dihedral"):
        return _holds_planar(big, small)
    if small.kind == "octahedral":
        return big.kind == "octahedral" or _holds_rotations(big, 3)
    if small.kind == "icosahedral":
        return _holds_rotations(big, 3)
    if small.kind in ("SO", "O"):
        if big.kind == "SU":
            return small.kind == "SO" and small.n is not None and small.n <= (big.n or 0)
        return _holds_rotations(big, small.n)
    if small.kind == big.kind and big.kind in ("lorentz", "Sp", "SU"):
        return _at_most(small.n, big.n)
    return False


def _holds_rotations(big: Group, n: int | None) -> bool:
    if big.kind == "lorentz":
        return n is not None and n < (big.n or 0)
    if big.kind == "SU":
        return n is not None and n <= (big.n or 0)
    return big.kind in ("SO", "O") and _at_most(n, big.n)


def _holds_planar(big: Group, small: Group) -> bool:
    n = small.n or 1
    if big.kind in ("cyclic", "dihedral"):
        return (big.n or 1) % n == 0
    if big.kind in _AXES:
        return n in (_MIRRORS_OF_CUBE if small.kind == "dihedral" else _AXES[big.kind])
    return _holds_rotations(big, 2)


def notable_subgroups(group: Group) -> tuple[Group, ...]:
    """Proper subgroups worth naming, the largest first, at most eight."""
    pool = [direct_product(other) for other in _smaller_products(group)]
    pool += [other for part in group.parts for other in _smaller(part)]
    pool += [*group.parts, group.geometric]
    named = {
        (g.kind, g.n, g.name if g.n is None and g.kind != "symmetric" else ""): g for g in pool
    }
    found = [g for g in named.values() if g != group and g.kind != "trivial"]

    def size(other: Group) -> int:
        return sum(contains(other, third) for third in found)

    return tuple(sorted(found, key=lambda g: -size(g))[:8])


def _smaller_products(group: Group) -> list[list[Group]]:
    """The product with one factor made one step smaller."""
    if not group.factors:
        return []
    return [
        [*group.factors[:i], other, *group.factors[i + 1 :]]
        for i, part in enumerate(group.factors)
        for other in notable_subgroups(part)[:3]
        if part.kind not in PERMUTATION_KINDS
    ]


def _smaller(part: Group) -> list[Group]:
    if part.kind in ("cyclic", "dihedral"):
        n = part.n or 1
        low = {d for d in range(1, min(n, 1000) + 1) if n % d == 0}
        divisors = sorted(low | {n // d for d in low}, reverse=True)
        pool = [dihedral(d) for d in divisors] if part.kind == "dihedral" else []
        pool += [cyclic(d) for d in divisors]
    else:
        pool = [other for other in known_groups() if other.kind not in ("product", "custom")]
        worth = ("C2", "C3", "C4") if part.kind in _AXES else ("C4", "D4")
        pool = [o for o in pool if o.kind not in ("cyclic", "dihedral") or o.name in worth]
        pool = [o for o in pool if o.kind != "symmetric"]
        if part.n is not None and part.kind not in ("lorentz", "Sp", "symmetric", "custom"):
            pool += [special_orthogonal(part.n)]
        if part.n is not None and part.kind == "E":
            pool += [orthogonal(part.n), special_euclidean(part.n), translation(part.n)]
        if part.n is not None and part.kind == "SE":
            pool += [translation(part.n)]
    return [o for o in dict.fromkeys(pool) if o not in (part, trivial()) and contains(part, o)]
