"""Group patterns of the tables: ``C_N``, ``D_N``, ``SO(n)``, ``T(n)``, ``S_n`` and exact names."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from equidesign.groups.group import Group

_KINDS = {
    "C_N": "cyclic",
    "D_N": "dihedral",
    "S_n": "symmetric",
    "T(n)": "translation",
    "SO(n)": "SO",
    "O(n)": "O",
    "SE(n)": "SE",
    "E(n)": "E",
}


@lru_cache(maxsize=1024)
def geometric_part(group: Group) -> Group:
    """Return the group without permutations, or S_n itself when there is nothing else."""
    geometric = group.geometric
    if geometric.kind == "trivial" and group.has_permutations:
        return next(part for part in group.parts if part.kind == "symmetric")
    return geometric


def matches(pattern: str, group: Group) -> bool:
    """Tell whether ``group`` fits ``pattern``: an exact name, a family such as C_N, or ``*``.

    ``SO(n)``, ``E(n)`` ... stand for every dimension. Of a product the geometric factor counts.
    """
    part = geometric_part(group)
    if pattern in ("*", part.name):
        return True
    return _KINDS.get(pattern) == part.kind


def matches_any(patterns: Iterable[str], group: Group) -> bool:
    """Tell whether ``group`` fits one of the patterns."""
    return any(matches(pattern, group) for pattern in patterns)
