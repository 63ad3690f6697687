"""A specification measured anew, layer by layer, as far as its types can be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from equidesign.comparison.change import same
from equidesign.comparison.symmetry import Part
from equidesign.errors import EquidesignError
from equidesign.groups.group import Group
from equidesign.groups.names import parse_group
from equidesign.layers.base import Cost, LayerKind, TypedLayer
from equidesign.layers.common import common_faults
from equidesign.layers.measure import cost_of, has_gradient
from equidesign.layers.pipeline import memory_mb, output_faults, pipeline_faults, total_cost
from equidesign.layers.registry import layer_kind
from equidesign.spec.field import Space
from equidesign.spec.layer import Exactness, Layer, Level
from equidesign.spec.specification import Specification

_GRIDS = {Space.pixels, Space.voxels, Space.positions}
_POINTS = {Space.points, Space.atoms}

# What a layer kind may meet when options or sizes are not what it asks for.
_UNREADABLE = (EquidesignError, ArithmeticError, LookupError, TypeError, ValueError)


@dataclass(frozen=True)
class MeasuredLayer:
    """A layer, and what follows from its types; None where nothing does.

    Attributes:
        typed: the layer with its fields parsed; its kind is known.
        exactness: derived; as written where it cannot be derived.
    """

    layer: Layer
    kind: LayerKind | None
    typed: TypedLayer | None
    parameters: int | None
    cost: Cost | None
    exactness: Exactness

    @property
    def flops(self) -> int | None:
        """Multiplications and additions for one sample."""
        return None if self.cost is None else self.cost.flops

    @property
    def activations(self) -> int | None:
        """Numbers kept for the backward pass of one sample."""
        return None if self.cost is None else self.cost.activations


@dataclass(frozen=True)
class SpokenFault:
    """Why a specification does not type-check.

    Attributes:
        layer: name of the layer, empty for an output of the interface.
        key: the key that is at fault.
    """

    layer: str
    key: str
    message: str

    @property
    def where(self) -> str:
        """The layer and the key."""
        return f"layer {self.layer}, {self.key}" if self.layer else self.key


@dataclass(frozen=True)
class Measured:
    """A specification, and what follows from its types.

    Attributes:
        group, fiber: None where they cannot be read.
        faults: what does not type-check.
    """

    spec: Specification
    group: Group | None
    fiber: Group | None
    layers: tuple[MeasuredLayer, ...]
    faults: tuple[SpokenFault, ...]

    @property
    def parameters(self) -> int | None:
        """The number of trainable parameters; None if some layer cannot be counted."""
        return _total(layer.parameters for layer in self.layers)

    @property
    def cost(self) -> Cost | None:
        """The cost of one sample; None if that of some layer is not known."""
        costs = [layer.cost for layer in self.layers]
        known = [cost for cost in costs if cost is not None]
        if len(known) < len(costs):
            return None
        return total_cost(known, has_gradient(self.spec.layers))

    @property
    def flops(self) -> int | None:
        """Multiplications and additions for one sample."""
        return None if self.cost is None else self.cost.flops

    @property
    def activations(self) -> int | None:
        """Numbers kept for the backward pass of one sample."""
        return None if self.cost is None else self.cost.activations

    @property
    def batch_size(self) -> int:
        """Samples of one training step."""
        size = self.spec.training.get("batch_size", 1)
        return size if isinstance(size, int) and not isinstance(size, bool) else 1

    @property
    def memory_mb(self) -> float | None:
        """The memory of one training step."""
        parameters, cost = self.parameters, self.cost
        if parameters is None or cost is None:
            return None
        return memory_mb(parameters, cost.activations, self.batch_size)

    @property
    def worst(self) -> MeasuredLayer | None:
        """The first of the layers that keep the symmetry least."""
        order = [Level.exact, Level.approximate, Level.broken]
        return max(self.layers, key=lambda one: order.index(one.exactness.level), default=None)

    @property
    def built_in(self) -> frozenset[Part]:
        """Parts of the symmetry that the way of reading the input brings along, named by the group or not.

        Convolution over a grid has its shifts; relative positions do not see shifts, sums over neighbours not the
        order of points.
        """
        inputs = self.spec.interface.inputs.values()
        found = set()
        if any(item.space in _GRIDS for item in inputs) or any(item.translates for item in inputs):
            found.add(Part.shifts)
        if any(item.space in _POINTS for item in inputs):
            found.add(Part.orders)
        return frozenset(found)

    def stale(self) -> Iterator[tuple[str, Any, Any]]:
        """Yield what is recorded and is not what follows from groups and layers: where, recorded, derived."""
        written = dict(self._recorded())
        for where, derived in self._derived():
            recorded = written.get(where)
            if derived is not None and not same(recorded, derived):
                yield where, recorded, derived

    def _recorded(self) -> Iterator[tuple[str, Any]]:
        spec = self.spec
        for key, fact in spec.symmetry.facts.items():
            yield f"symmetry.facts.{key}", fact
        for layer in spec.layers:
            yield f"layers.{layer.name}.parameters", layer.parameters
            yield f"layers.{layer.name}.exactness", layer.exactness.model_dump(mode="json")
        yield "parameters.total", spec.parameters.total
        for name, count in spec.parameters.per_layer.items():
            yield f"parameters.per_layer.{name}", count
        yield "cost.flops", spec.cost.flops
        yield "cost.activations", spec.cost.activations
        yield "cost.memory_mb", spec.cost.memory_mb
        for name, formula in spec.cost.formulas.items():
            yield f"cost.formulas.{name}", formula

    def _derived(self) -> Iterator[tuple[str, Any]]:
        facts = self.group.facts() if self.group and self.spec.symmetry.facts else {}
        for key, fact in facts.items():
            yield f"symmetry.facts.{key}", fact
        yield "parameters.total", self.parameters
        for one in self.layers:
            name = one.layer.name
            yield f"layers.{name}.parameters", one.parameters
            yield f"layers.{name}.exactness", one.exactness.model_dump(mode="json")
            yield f"parameters.per_layer.{name}", one.parameters
        yield "cost.flops", self.flops
        yield "cost.activations", self.activations
        yield "cost.memory_mb", self.memory_mb
        if self.fiber is not None and self.cost is not None:
            spec = self.spec
            cost = cost_of(spec.layers, self.fiber, spec.cost.sizes, self.batch_size)
            for name, formula in cost.formulas.items():
                yield f"cost.formulas.{name}", formula


def measure(spec: Specification) -> Measured:
    """Measure a specification; nothing that is written in it raises."""
    group, fiber = _group(spec.symmetry.canonical), _group(spec.symmetry.acts_on_features)
    if fiber is None:
        return Measured(spec, group, None, tuple(map(_unmeasured, spec.layers)), ())
    # Two layers that disagree are sound each by itself: only faults of its own stop a layer's count.
    layers = tuple(
        _measured(layer, fiber, spec) if is_sound(layer, fiber) else _unmeasured(layer)
        for layer in spec.layers
    )
    return Measured(spec, group, fiber, layers, tuple(_faults(spec, fiber)))


def is_sound(layer: Layer, fiber: Group) -> bool:
    """Tell whether a layer type-checks by itself."""
    try:
        kind, typed = layer_kind(layer.kind), TypedLayer.of(layer, fiber)
        return not [*common_faults(kind, typed)] and not [*kind.faults(typed)]
    except EquidesignError:
        return False


def _faults(spec: Specification, fiber: Group) -> Iterator[SpokenFault]:
    try:
        for found in pipeline_faults(spec.layers, fiber, spec.interface.inputs):
            yield SpokenFault(found.layer.name, found.fault.key, found.fault.message)
        for item in output_faults(spec.layers, fiber, spec.interface.outputs):
            yield SpokenFault("", f"interface.outputs.{item.output}", item.fault.message)
    except _UNREADABLE:
        return  # a fault of the interface that lint names


def _group(text: str) -> Group | None:
    try:
        return parse_group(text)
    except EquidesignError:
        return None


def _unmeasured(layer: Layer) -> MeasuredLayer:
    try:
        kind = layer_kind(layer.kind)
    except EquidesignError:
        kind = None
    return MeasuredLayer(layer, kind, None, None, None, layer.exactness)


def _measured(layer: Layer, fiber: Group, spec: Specification) -> MeasuredLayer:
    try:
        kind, typed = layer_kind(layer.kind), TypedLayer.of(layer, fiber)
        parameters, exactness = kind.parameters(typed), kind.exactness(typed)
    except _UNREADABLE:
        return _unmeasured(layer)
    try:
        cost = kind.cost(typed, spec.cost.sizes)
    except _UNREADABLE:
        cost = None  # a size that the formula needs is not there
    return MeasuredLayer(layer, kind, typed, parameters, cost, exactness)


def _total(values: Iterable[int | None]) -> int | None:
    found = list(values)
    known = [value for value in found if value is not None]
    return sum(known) if len(known) == len(found) else None
