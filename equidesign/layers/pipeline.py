"""A pipeline of layers as a whole: type check, parameters, cost, exactness."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from equidesign.errors import InputError, nearest
from equidesign.groups.group import Group
from equidesign.layers import joints
from equidesign.layers.base import Cost, Fault, LayerKind, Port, Sizes, TypedLayer
from equidesign.layers.common import common_faults, in_a_row
from equidesign.layers.joints import Typed
from equidesign.layers.registry import layer_kind, layer_kinds
from equidesign.spec.layer import Layer, parse_rep
from equidesign.spec.specification import TensorSpec

BYTES_PER_PARAMETER = 16  # weight, gradient and Adam's two moments in float32
BYTES_PER_ACTIVATION = 4
_NEAR = 100
"""Layers above a place whose names are compared with one that does not exist."""


@dataclass(frozen=True)
class LayerFault:
    """A fault and the place of the layer in the pipeline.

    Attributes:
        source: of a fault between two layers, the index of the layer that is read.
        origins: of a fault about the form of what is read, the layers that decided it.
    """

    index: int
    layer: Layer
    fault: Fault
    source: int | None = None
    origins: tuple[int, ...] = ()


@dataclass(frozen=True)
class OutputFault:
    """What is wrong with an output of the interface.

    Attributes:
        index: of the layer that writes it, None if no layer does.
    """

    output: str
    index: int | None
    fault: Fault


def typed_pairs(layers: Iterable[Layer], group: Group) -> Iterator[tuple[LayerKind, TypedLayer]]:
    """Yield each layer's kind with the layer, typed."""
    for layer in layers:
        yield layer_kind(layer.kind), TypedLayer.of(layer, group)


def completed(layers: Sequence[Layer], group: Group) -> tuple[Layer, ...]:
    """Return the layers with exact parameter counts and the exactness ledger filled in."""
    ledger: list[Layer] = []
    for kind, typed in typed_pairs(layers, group):
        ledger.append(
            typed.layer.model_copy(
                update={"parameters": kind.parameters(typed), "exactness": kind.exactness(typed)}
            )
        )
    return tuple(ledger)


def count_parameters(layers: Sequence[Layer], group: Group) -> int:
    """Return the exact number of trainable parameters of the built model."""
    return sum(kind.parameters(typed) for kind, typed in typed_pairs(layers, group))


def layer_costs(layers: Sequence[Layer], group: Group, sizes: Sizes) -> dict[str, Cost]:
    """Return the cost of each layer by name."""
    return {typed.name: kind.cost(typed, sizes) for kind, typed in typed_pairs(layers, group)}


def total_cost(costs: Iterable[Cost], gradient: bool = False) -> Cost:
    """Add the costs; with conservative forces the backward pass adds twice the forward pass."""
    costs = tuple(costs)
    factor = 3 if gradient else 1
    return Cost(factor * sum(c.flops for c in costs), factor * sum(c.activations for c in costs))


def memory_mb(parameters: int, activations: int, batch_size: int) -> float:
    """Return the memory of one training step in MB (10^6 bytes)."""
    total = BYTES_PER_PARAMETER * parameters + BYTES_PER_ACTIVATION * activations * batch_size
    return round(total / 1e6, 3)


def pipeline_faults(
    layers: Sequence[Layer], group: Group, inputs: Mapping[str, TensorSpec]
) -> Iterator[LayerFault]:
    """Type-check the pipeline: names, sources, each kind's rules, each layer's input against what its source writes."""
    before: dict[str, int] = {}
    names = frozenset(layer.name for layer in layers)
    ready: dict[int, Typed] = {}
    written: dict[int, Port] = {}
    origins: dict[int, tuple[int, ...]] = {}
    for index, layer in enumerate(layers):
        for fault in _place_faults(layer, before, inputs, names):
            yield LayerFault(index, layer, fault)
        own, typed = _own_faults(layer, group)
        for fault in own:
            yield LayerFault(index, layer, fault)
        if typed is not None:
            ready[index] = typed
        source = before.get(layer.source) if layer.source else index - 1
        if source is not None and source >= 0:
            between = [*joints.field_faults(layers[source], layer, group)]
            for fault in between or _port_faults(index, source, layers, ready, written):
                yield LayerFault(index, layer, fault, source, origins.get(source, ()))
        elif typed is not None:
            read = typed[0].ports(typed[1])[0]
            item = inputs.get(layer.source or "")
            for fault in (
                joints.input_faults(layer.source or "", item, typed[1], read) if item else ()
            ):
                yield LayerFault(index, layer, fault)
            if index - 1 in ready:
                for fault in typed[0].previous_faults(typed[1], ready[index - 1][1]):
                    yield LayerFault(index, layer, fault, index - 1)
        if typed is not None:
            skip = before.get(str(layer.options.get("skip")), -1)
            above = written.get(-1 if source is None else source)
            written[index] = joints.passed_on(*typed, above, written.get(skip))
            passed = None in (
                typed[0].ports(typed[1])[1].bundles,
                typed[0].ports(typed[1])[1].apart,
            )
            origins[index] = (index,)
            if passed and source is not None:
                origins[index] += origins.get(source, ()) + origins.get(skip, ())
            if skip in ready:
                for fault in typed[0].skip_faults(typed[1], ready[skip][1]):
                    yield LayerFault(index, layer, fault, skip)
        before[layer.name] = index


def _port_faults(
    index: int,
    source: int,
    layers: Sequence[Layer],
    ready: Mapping[int, Typed],
    written: Mapping[int, Port],
) -> Iterator[Fault]:
    if index not in ready or source not in written:
        return
    kind, typed = ready[index]
    yield from joints.port_faults(layers[source].name, written[source], typed, kind.ports(typed)[0])


def _place_faults(
    layer: Layer,
    before: Mapping[str, int],
    inputs: Mapping[str, TensorSpec],
    names: Collection[str],
) -> Iterator[Fault]:
    above = [*before][-_NEAR:]
    known = ", ".join([*above, *sorted(inputs)])
    if layer.name in before:
        yield Fault("name", f"two layers are called '{layer.name}'", label="duplicate-layer")
    if layer.source and layer.source not in before and layer.source not in inputs:
        late = layer.source in names
        close = None if late else nearest(layer.source, [*above, *inputs])
        hint = f"did you mean '{close}'?" if close else f"known: {known}"
        message = f"'{layer.source}' " + ("comes later" if late else "is no layer and no input")
        if layer.source == layer.name:
            message = f"'{layer.name}' reads itself"
        yield Fault("source", message, hint, "unknown-source", close or "")
    if layer.source is None and not before:
        yield Fault("source", "the first layer reads an input", f"one of {known}", "unknown-source")
    skip = layer.options.get("skip")
    if isinstance(skip, str) and skip not in before:
        late = skip in names
        close = None if late else nearest(skip, above)
        hint = f"did you mean '{close}'?" if close else f"known: {known}"
        message = f"'{skip}' " + ("comes later" if late else "is no layer")
        yield Fault("options.skip", message, hint, "unknown-skip", close or "")


def _own_faults(layer: Layer, group: Group) -> tuple[list[Fault], Typed | None]:
    """Return what is wrong with a layer by itself; and the layer, typed, if its options have legal values."""
    try:
        kind = layer_kind(layer.kind)
    except InputError as error:
        hint = error.hint or error.expected or ""
        close = nearest(layer.kind, layer_kinds()) or ""
        return [Fault("kind", error.what, hint, "unknown-kind", close)], None
    for key, text in (("in", layer.in_), ("out", layer.out)):
        try:
            text.typed(group)
        except InputError as error:
            hint = error.hint or error.expected or ""
            return [Fault(f"{key}.rep", error.what, hint, "unreadable-rep")], None
    typed = TypedLayer.of(layer, group)
    faults = [*common_faults(kind, typed)]
    if faults:
        return faults, None
    try:
        return [*kind.faults(typed)], (kind, typed)
    except InputError as error:
        message = f"'{kind.id}' does not exist under {group.name}: {error.what}"
        return [Fault("kind", message, error.hint or "", "unfitting-kind")], None


def output_faults(
    layers: Sequence[Layer], group: Group, outputs: Mapping[str, TensorSpec]
) -> Iterator[OutputFault]:
    """Check that every output is written by a layer: with the representation, the space and the grid it declares."""
    last = {layer.writes: index for index, layer in enumerate(layers)}
    for name, item in outputs.items():
        if name not in last:
            fault = Fault("", f"no layer writes the output '{name}'", label="unwritten-output")
            yield OutputFault(name, None, fault)
        elif name != "latent" and item.rep is not None:
            layer = layers[last[name]]
            written, declared = parse_rep(layer.out.rep, group), parse_rep(item.rep, group)
            if in_a_row(written) != in_a_row(declared):
                message = f"layer '{layer.name}' writes {layer.out.rep}, and the output '{name}' is {item.rep}"
                hint = "make the layer and the interface agree"
                label = "polar-axial" if written.differs_in_parity(declared) else "output-mismatch"
                yield OutputFault(name, last[name], Fault("rep", message, hint, label))
            typed = _own_faults(layer, group)[1]
            if typed is not None:
                port = typed[0].ports(typed[1])[1]
                for fault in joints.output_port_faults(typed[1], port, item):
                    yield OutputFault(name, last[name], fault)
