"""Characters of the polyhedral rotation groups O and I, and what follows from them.

Classes are given by rotation angle (O has two classes of half turns, about 4-fold and about 2-fold
axes). Tables: M. Tinkham, "Group Theory and Quantum Mechanics", appendix B (O), and F. A. Cotton,
"Chemical Applications of Group Theory", appendix II (I), with φ = (1 + √5)/2. The character of the
degree l of SO(3) at angle ω is sin((l + 1/2)ω) / sin(ω/2).
"""

from __future__ import annotations

import math

from equidesign.groups.group import Group
from equidesign.groups.irrep import Irrep

_PHI = (1 + math.sqrt(5)) / 2
_TURN = 2 * math.pi

# (number of elements, angle in turns) of each class, and the characters in the same order.
_CLASSES: dict[str, tuple[tuple[int, float], ...]] = {
    "octahedral": ((1, 0), (8, 1 / 3), (3, 1 / 2), (6, 1 / 4), (6, 1 / 2)),
    "icosahedral": ((1, 0), (12, 1 / 5), (12, 2 / 5), (20, 1 / 3), (15, 1 / 2)),
}
_TABLES: dict[str, dict[int, tuple[float, ...]]] = {
    "octahedral": {
        0: (1, 1, 1, 1, 1),
        1: (3, 0, -1, 1, -1),
        2: (2, -1, 2, 0, 0),
        3: (1, 1, 1, -1, -1),
        -1: (3, 0, -1, -1, 1),
    },
    "icosahedral": {
        0: (1, 1, 1, 1, 1),
        1: (3, _PHI, 1 - _PHI, 0, -1),
        2: (5, 0, 0, -1, 1),
        3: (3, 1 - _PHI, _PHI, 0, -1),
        4: (4, -1, -1, 1, 0),
    },
}


def table(kind: str) -> dict[int, tuple[float, ...]]:
    """Characters of ``octahedral`` or ``icosahedral`` by irrep index, one value a class."""
    return _TABLES[kind]


def class_sizes(kind: str) -> tuple[int, ...]:
    """Number of elements of each class, in the order of ``table``."""
    return tuple(size for size, _ in _CLASSES[kind])


def degree_content(kind: str, l: int) -> tuple[int, ...]:
    """Indices, with repetitions, of the irreps in the degree l of SO(3)."""
    character = tuple(
        2 * l + 1.0
        if turns == 0
        else math.sin((l + 0.5) * _TURN * turns) / math.sin(_TURN * turns / 2)
        for _, turns in _CLASSES[kind]
    )
    return _decompose(kind, character)


def polyhedral_product(a: Irrep, b: Irrep) -> tuple[Irrep, ...]:
    """The irreps of a ⊗ b under O, O_h or I, sorted; parities of O_h add modulo 2."""
    kind = a.group.kind
    characters = tuple(
        x * y for x, y in zip(_TABLES[kind][_k(a)], _TABLES[kind][_k(b)], strict=True)
    )
    found = _decompose(kind, characters)
    return tuple(sorted(polyhedral_irrep(a.group, k, odd=_odd(a) ^ _odd(b)) for k in found))


def polyhedral_irrep(group: Group, k: int, *, odd: int = 0) -> Irrep:
    """The irrep k of O or I; of O_h with the inversion acting as (-1)^odd."""
    index = (odd, k) if group.reflections else (k,)
    return Irrep(group, "irrep", index)


def _k(irrep: Irrep) -> int:
    return irrep.index[-1] if irrep.index else 0


def _odd(irrep: Irrep) -> int:
    return irrep.index[0] if len(irrep.index) == 2 else 0


def _decompose(kind: str, character: tuple[float, ...]) -> tuple[int, ...]:
    sizes = class_sizes(kind)
    found: list[int] = []
    for k, row in _TABLES[kind].items():
        overlap = sum(s * x * y for s, x, y in zip(sizes, row, character, strict=True)) / sum(sizes)
        found += [k] * round(overlap)
    return tuple(found)
