"""The registry of layer kinds, discovered by file."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from equidesign.errors import EquidesignError, InputError, nearest
from equidesign.layers import kinds
from equidesign.layers.base import LayerKind


@lru_cache(maxsize=1)
def layer_kinds() -> Mapping[str, LayerKind]:
    """Return every registered kind by id.

    Raises:
        EquidesignError: a file registers nothing, or two kinds share an id.
    """
    found: dict[str, LayerKind] = {}
    for info in sorted(pkgutil.iter_modules(kinds.__path__), key=lambda module: module.name):
        if info.name.startswith("_"):
            continue
        module = importlib.import_module(f"{kinds.__name__}.{info.name}")
        registered: tuple[LayerKind, ...] = getattr(module, "KINDS", ())
        if not registered:
            raise EquidesignError(f"{module.__name__} registers no layer kind (KINDS is empty)")
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
    known = layer_kinds()
    if name not in known:
        close = nearest(name, known)
        raise InputError(
            f"unknown layer kind '{name}'",
            expected=f"one of {', '.join(known)}",
            hint=f"did you mean '{close}'?" if close else None,
        )
    return known[name]
