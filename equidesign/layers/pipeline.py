"""A pipeline of layers as a whole: type check, parameters, cost, exactness."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from equidesign.errors import InputError, nearest
from equidesign.groups.group import Group
from equidesign.layers.base import Cost, Fault, LayerKind, Sizes, TypedLayer
from equidesign.layers.registry import layer_kind
from equidesign.spec.layer import Layer, parse_rep
from equidesign.spec.specification import TensorSpec

BYTES_PER_PARAMETER = 16  # weight, gradient and Adam's two moments in float32
BYTES_PER_ACTIVATION = 4


@dataclass(frozen=True)
class LayerFault:
    """A fault and the place of the layer in the pipeline.

    Attributes:
        source: of a fault between two layers, the index of the layer that is read.
    """

    index: int
    layer: Layer
    fault: Fault
    source: int | None = None


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


def common_faults(kind: LayerKind, typed: TypedLayer) -> Iterator[Fault]:
    """Yield what is wrong by the rules every kind shares: options, nonlinearity, normalisation, pooling."""
    layer = typed.layer
    for key, option in kind.options.items():
        if key not in layer.options:
            if option.required:
                yield Fault(
                    "options", f"the option '{key}' is missing", option.doc, "missing-option"
                )
            continue
        value = layer.options[key]
        types = option.type if isinstance(option.type, tuple) else (option.type,)
        if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
            yield Fault(f"options.{key}", f"{value!r} is not {_type_names(types)}", option.doc)
        elif option.choices and value not in option.choices:
            yield Fault(
                f"options.{key}", f"{value!r} is not one of {', '.join(map(str, option.choices))}"
            )
        elif (
            option.minimum is not None and isinstance(value, int | float) and value < option.minimum
        ):
            yield Fault(f"options.{key}", f"{value} is below {option.minimum}", option.doc)
    for key in layer.options:
        if key not in kind.options:
            yield Fault(
                f"options.{key}",
                f"'{kind.id}' has no option '{key}'",
                f"it has {', '.join(kind.options) or 'none'}",
                "unknown-option",
            )
    for key, value, legal in (
        ("nonlinearity", layer.nonlinearity, kind.nonlinearities),
        ("normalization", layer.normalization, kind.normalizations),
        ("pooling", layer.pooling, kind.poolings),
    ):
        if value not in legal:
            yield Fault(
                key,
                f"'{value}' is not legal on a {kind.title.lower()}",
                f"legal: {', '.join(legal)}",
            )


def _type_names(types: tuple[type, ...]) -> str:
    return " or ".join("null" if kind is type(None) else kind.__name__ for kind in types)


def pipeline_faults(
    layers: Sequence[Layer], group: Group, inputs: Iterable[str]
) -> Iterator[LayerFault]:
    """Type-check the pipeline: names, sources, each layer's input against what its source writes, each kind's rules."""
    inputs = frozenset(inputs)
    before: dict[str, int] = {}
    for index, layer in enumerate(layers):
        for fault in (*_place_faults(layer, before, inputs), *_own_faults(layer, group)):
            yield LayerFault(index, layer, fault)
        source = before.get(layer.source) if layer.source else index - 1
        if source is not None and source >= 0:
            for fault in _joint_faults(layers[source], layer, group):
                yield LayerFault(index, layer, fault, source)
        before[layer.name] = index


def _place_faults(
    layer: Layer, before: Mapping[str, int], inputs: frozenset[str]
) -> Iterator[Fault]:
    known = ", ".join([*before, *sorted(inputs)])
    if layer.name in before:
        yield Fault("name", f"two layers are called '{layer.name}'", label="duplicate-layer")
    if layer.source and layer.source not in before and layer.source not in inputs:
        close = nearest(layer.source, [*before, *inputs])
        hint = f"did you mean '{close}'?" if close else f"known: {known}"
        yield Fault(
            "source", f"'{layer.source}' is no earlier layer and no input", hint, "unknown-source"
        )
    if layer.source is None and not before:
        yield Fault("source", "the first layer reads an input", f"one of {known}", "unknown-source")
    if "skip" in layer.options and layer.options["skip"] not in before:
        yield Fault(
            "options.skip", f"'{layer.options['skip']}' is no earlier layer", known, "unknown-skip"
        )


def _own_faults(layer: Layer, group: Group) -> Iterator[Fault]:
    try:
        kind = layer_kind(layer.kind)
    except InputError as error:
        yield Fault("kind", error.what, error.hint or error.expected or "", "unknown-kind")
        return
    for key, text in (("in", layer.in_), ("out", layer.out)):
        try:
            text.typed(group)
        except InputError as error:
            yield Fault(
                f"{key}.rep", error.what, error.hint or error.expected or "", "unreadable-rep"
            )
            return
    typed = TypedLayer.of(layer, group)
    faults = [*common_faults(kind, typed)]
    yield from faults or kind.faults(typed)


def _joint_faults(source: Layer, layer: Layer, group: Group) -> Iterator[Fault]:
    try:
        written, read = source.out.typed(group), layer.in_.typed(group)
    except InputError:
        return  # said already, at the layer that is at fault
    if written.rep != read.rep:
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
            f"write {written.space.value}",
            "space-mismatch",
        )


def output_faults(
    layers: Sequence[Layer], group: Group, outputs: Mapping[str, TensorSpec]
) -> Iterator[OutputFault]:
    """Check that every output is written by a layer, with the representation that the interface declares."""
    last = {layer.writes: index for index, layer in enumerate(layers)}
    for name, item in outputs.items():
        if name not in last:
            fault = Fault("", f"no layer writes the output '{name}'", label="unwritten-output")
            yield OutputFault(name, None, fault)
        elif name != "latent" and item.rep is not None:
            layer = layers[last[name]]
            if parse_rep(layer.out.rep, group) != parse_rep(item.rep, group):
                message = f"layer '{layer.name}' writes {layer.out.rep}, and the output '{name}' is {item.rep}"
                hint = "make the layer and the interface agree"
                yield OutputFault(name, last[name], Fault("rep", message, hint, "output-mismatch"))
