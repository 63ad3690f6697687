"""The registry of layer kinds, discovered by file."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from equidesign.discovery import discover
from equidesign.errors import EquidesignError, lookup
from equidesign.layers import kinds
from equidesign.layers.base import LayerKind


@lru_cache(maxsize=1)
def layer_kinds() -> Mapping[str, LayerKind]:
    """Return every registered kind by id.

    Raises:
        EquidesignError: a file registers nothing, or two kinds share an id.
    """
    found: dict[str, LayerKind] = {}
    registered: tuple[LayerKind, ...]
    for registered in discover(kinds, "KINDS"):
        for kind in registered:
            if kind.id in found:
                raise EquidesignError(f"two layer kinds are called '{kind.id}'")
            found[kind.id] = kind
    return MappingProxyType(found)


def layer_kind(name: str) -> LayerKind:
    """Return the kind called ``name``.

    Raises:
        InputError: there is none; the hint names the nearest.
    """
    return lookup(name, layer_kinds(), "layer kind")
