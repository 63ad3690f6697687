"""Connections: what two layers, or a layer and an input or output of the model, have to agree on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from equidesign.errors import InputError
from equidesign.groups.group import Group
from equidesign.layers.base import Bundles, Fault, LayerKind, Port, TypedLayer
from equidesign.layers.common import in_a_row
from equidesign.spec.field import Space
from equidesign.spec.layer import Layer, parse_rep
from equidesign.spec.specification import TensorSpec

Typed = tuple[LayerKind, TypedLayer]


def field_faults(source: Layer, layer: Layer, group: Group) -> Iterator[Fault]:
    """Yield where the field that a layer reads is not the one that its source writes."""
    try:
        written, read = source.out.typed(group), layer.in_.typed(group)
    except InputError:
        return  # said already, at the layer that is at fault
    if in_a_row(written.rep) != in_a_row(read.rep):
        yield Fault(
            "in.rep",
            f"reads {layer.in_.rep}, but '{source.name}' writes {source.out.rep}",
            f"write {source.out.rep}",
            "field-mismatch",
        )
    if written.space is not read.space:
        yield Fault(
            "in.space",
            f"reads a field on {read.space.value}, but '{source.name}' writes one on "
            f"{written.space.value}",
            f"write {written.space.value}"
            + (", or pool before it" if read.space is Space.global_ else ""),
            "space-mismatch",
        )


def port_faults(source: str, written: Port, layer: TypedLayer, read: Port) -> Iterator[Fault]:
    """Yield where grids or bundles do not fit, given that the fields do."""
    if written.grid and read.grid and written.grid != read.grid:
        yield Fault(
            _grid_key(layer),
            f"reads a grid of {spoken(read.grid)}, but '{source}' writes one of "
            f"{spoken(written.grid)}",
            f"write {_grid_value(layer, written.grid)}",
            "grid-size",
        )
    if None not in (written.apart, read.apart) and written.apart != read.apart:
        what, other = ("apart", "in one tensor") if read.apart else ("in one tensor", "apart")
        message = f"reads scalars and vectors {what}, but '{source}' writes them {other}"
        yield Fault("kind", message, label="field-layout")
    if written.bundles is None or read.bundles is None or written.bundles == read.bundles:
        return
    if not read.bundles or not written.bundles:
        what, other = (
            ("a plain tensor", "fields") if not read.bundles else ("fields", "a plain tensor")
        )
        yield Fault("kind", f"reads {what}, but '{source}' writes {other}", label="field-layout")
    else:
        yield Fault(
            "options.layout_in" if "layout_in" in layer.layer.options else "options.layout",
            f"'{source}' bundles the components of {layer.in_.rep} into other fields",
            "give the layout of the input as layout_in",
            "field-layout",
        )


def input_faults(name: str, item: TensorSpec, layer: TypedLayer, read: Port) -> Iterator[Fault]:
    """Yield why a layer can't read an input of the model."""
    if item.role is not None:
        yield Fault(
            "source",
            f"'{name}' holds the {item.role.replace('_', ' ')}, which is no field",
            "read x, pos or z",
            "unknown-source",
        )
        return
    try:
        rep = parse_rep(item.rep, layer.group) if item.rep else None
    except InputError:
        return  # the interface's own fault
    if rep is not None and in_a_row(rep) != in_a_row(layer.in_.rep):
        message = f"reads {layer.layer.in_.rep}, but the input '{name}' is {item.rep}"
        yield Fault("in.rep", message, f"write {item.rep}", "input-mismatch")
    if rep is None and not (layer.in_.rep.dim == 1 and layer.in_.rep.is_scalar):
        message = f"reads {layer.layer.in_.rep}, but the input '{name}' is one number"
        yield Fault("in.rep", message, "write one invariant scalar", "input-mismatch")
    if item.space != layer.in_.space.value:
        message = f"reads {layer.in_.space.value}, but the input '{name}' lives on {item.space}"
        yield Fault("in.space", message, f"write {item.space}", "input-mismatch")
    yield from port_faults(name, Port(_last_two(item)), layer, read)


def output_port_faults(layer: TypedLayer, written: Port, item: TensorSpec) -> Iterator[Fault]:
    """Yield where an output of the interface is not what the layer that writes it makes."""
    if item.space != layer.out.space.value:
        message = (
            f"layer '{layer.name}' writes on {layer.out.space.value}, the output is on {item.space}"
        )
        label = "output-mismatch"
        if item.space == Space.global_.value:
            label = "not-pooled"
        elif layer.out.space is Space.global_:
            label = "pooled-away"
        yield Fault("space", message, "make the layer and the interface agree", label)
    grid = _last_two(item)
    if written.grid and grid and written.grid != grid:
        message = f"layer '{layer.name}' writes a grid of {spoken(written.grid)}, the output has {spoken(grid)}"
        yield Fault("shape", message, "make the layer and the interface agree", "output-mismatch")


def passed_on(kind: LayerKind, layer: TypedLayer, before: Port | None, skip: Port | None) -> Port:
    """Return what a layer writes; one that takes either form passes on what it reads, and what it stacks on it."""
    written = kind.ports(layer)[1]
    if before is not None and written.apart is None:
        written = replace(written, apart=before.apart)
    if before is None or written.bundles is not None:
        return written
    bundles = before.bundles
    if kind.stacks_skip and bundles:
        bundles = merged(bundles, skip.bundles) if skip is not None and skip.bundles else None
    return replace(written, bundles=bundles)


def merged(*parts: Bundles) -> Bundles:
    """Return bundles one after the other, runs of equal fields counted together."""
    found: list[tuple[int, object]] = []
    for count, one in (each for part in parts for each in part):
        if found and found[-1][1] == one:
            found[-1] = (found[-1][0] + count, one)
        else:
            found.append((count, one))
    return tuple(found)  # type: ignore[arg-type]


def spoken(grid: tuple[int, int]) -> str:
    """Return a grid for a message."""
    return f"{grid[0]} x {grid[1]}"


def _grid_key(layer: TypedLayer) -> str:
    options: Mapping[str, object] = layer.layer.options
    for key in ("size", "size_out", "bandwidth"):
        if key in options:
            return f"options.{key}"
    return "options"


def _grid_value(layer: TypedLayer, grid: tuple[int, int]) -> str:
    return str(grid[0] // 2) if "bandwidth" in layer.layer.options else str(list(grid))


def _last_two(item: TensorSpec) -> tuple[int, int] | None:
    """Return rows and columns of an input or output on a grid."""
    if item.space not in (Space.pixels.value, Space.sphere.value) or len(item.shape) < 2:
        return None
    rows, columns = item.shape[-2:]
    return (rows, columns) if isinstance(rows, int) and isinstance(columns, int) else None
