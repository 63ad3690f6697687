"""Strays: keys that stand where nobody reads them. What is missed for that reason is not a fault of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.errors import EquidesignError
from equidesign.layers.base import Fault
from equidesign.layers.registry import layer_kind
from equidesign.lint.reading import ABSENT
from equidesign.spec.yamlio import KeyPath

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def is_strayed(context: Context, path: KeyPath) -> bool:
    """Tell whether a value is missing that, or what holds it, may stand beside under a name that does not exist."""
    while len(path) > 1 and context.value(path[:-1]) is ABSENT:
        path = path[:-1]
    return context.value(path) is ABSENT and any(
        each.sort == "unknown" and each.path[:-1] == path[:-1] for each in context.complaints
    )


def is_missed_elsewhere(context: Context, fault: Fault, path: KeyPath) -> bool:
    """Tell whether a fault of a layer is about a key that stands in another part of the layer."""
    if path[:1] != ("layers",) or len(path) < 2:
        return False
    if fault.sort == "missing-option":
        return fault.nearest in _stray_keys(context, path[:2])
    return context.value(path) is ABSENT and str(path[-1]) in _stray_keys(context, path[:2])


def _stray_keys(context: Context, layer: KeyPath) -> Iterator[str]:
    """Yield the keys of a layer that it does not know where they stand, and the names that were meant by them."""
    for each in context.complaints:
        if each.sort == "unknown" and each.path[:2] == layer:
            yield str(each.path[-1])
    options, kind = context.value((*layer, "options")), context.value((*layer, "kind"))
    if isinstance(options, dict) and isinstance(kind, str):
        try:
            known = layer_kind(kind).options
        except EquidesignError:
            return
        yield from (str(key) for key in options if key not in known)
