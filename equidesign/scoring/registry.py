"""The registry of predicates, discovered by file."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from equidesign.discovery import discover
from equidesign.errors import EquidesignError
from equidesign.scoring import predicates
from equidesign.scoring.measured import Measure


@lru_cache(maxsize=1)
def all_predicates() -> Mapping[str, Measure]:
    """Return the function of every predicate by its name.

    Each module of the package `predicates` registers some under ``PREDICATES``.

    Raises:
        EquidesignError: a file registers nothing, or two predicates share a name.
    """
    found: dict[str, Measure] = {}
    registered: Mapping[str, Measure]
    for registered in discover(predicates, "PREDICATES"):
        for name, measure in registered.items():
            if name in found:
                raise EquidesignError(f"two predicates are called '{name}'")
            found[name] = measure
    return MappingProxyType(dict(sorted(found.items())))
