"""Targets named component by component, such as ``force_x force_y force_z``: one vector, not three scalars."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ENDS = re.compile(r"(.*?)[\s_-]?(xx|yy|zz|xy|xz|yz|[xyz])")
VECTOR = {2: ("x", "y"), 3: ("x", "y", "z")}
TENSOR = {2: ("xx", "yy", "xy"), 3: ("xx", "yy", "zz", "xy", "xz", "yz")}


@dataclass(frozen=True)
class Components:
    """The names of all components of a vector or symmetric tensor, and what they share."""

    stem: str
    names: tuple[str, ...]
    degree: int


def find_components(names: tuple[str, ...], dimension: int) -> tuple[Components, ...]:
    """Return the vectors (degree 1) and symmetric tensors (degree 2) whose components are all named.

    >>> find_components(("dipole_x", "dipole_y", "dipole_z", "gap"), 3)[0].stem
    'dipole'
    """
    stems: dict[str, dict[str, str]] = {}
    for name in names:
        match = _ENDS.fullmatch(name.strip().lower())
        if match:
            stems.setdefault(match[1].rstrip(" _-("), {})[match[2]] = name
    found = []
    for stem, ends in stems.items():
        for degree, wanted in ((1, VECTOR[dimension]), (2, TENSOR[dimension])):
            if set(ends) == set(wanted):
                found.append(Components(stem, tuple(ends[end] for end in wanted), degree))
    return tuple(found)
