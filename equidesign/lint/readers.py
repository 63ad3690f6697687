"""Readers: which irreps that a layer writes bear on anything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from equidesign.groups.rep import Irrep
from equidesign.layers.base import LayerKind, TypedLayer
from equidesign.spec.field import Space
from equidesign.spec.specification import Specification

Typed = Sequence[tuple[LayerKind, TypedLayer]]


def unused_irreps(spec: Specification, typed: Typed) -> Iterator[tuple[int, list[Irrep]]]:
    """Yield layers with the irreps that they write and none of their readers uses.

    Layers that nobody reads, and those that write an output, are left alone.
    """
    used: dict[int, set[Irrep]] = {}
    at: dict[str, int] = {}
    for index, (kind, layer) in enumerate(typed):
        source = at.get(layer.layer.source) if layer.layer.source else index - 1
        if source is not None and source >= 0:
            used.setdefault(source, set()).update(kind.used_irreps(layer))
        skip = layer.option("skip")
        if isinstance(skip, str) and skip in at:
            used.setdefault(at[skip], set()).update(typed[at[skip]][1].out.rep.irreps)
        at[layer.name] = index
    last = {layer.writes: index for index, layer in enumerate(spec.layers)}
    outputs = {last[name] for name in spec.interface.outputs if name in last}
    for index, (_, layer) in enumerate(typed):
        if index in used and index not in outputs:
            idle = [irrep for irrep in layer.out.rep.irreps if irrep not in used[index]]
            if idle:
                yield index, idle


def unused_harmonics(typed: Typed) -> Iterator[tuple[int, list[Irrep]]]:
    """Yield layers that write harmonics of edges, with those of a higher degree than any product goes along."""
    used = {irrep for kind, layer in typed for irrep in kind.used_harmonics(layer)}
    if not used:
        return  # no layer couples to harmonics
    highest = max(irrep.l for irrep in used)
    for index, (_, layer) in enumerate(typed):
        if layer.out.space is Space.edges:
            idle = [irrep for irrep in layer.out.rep.irreps if irrep.l > highest]
            if idle:
                yield index, idle
