"""Counts: numbers of parameters and costs as the types say them, against what is written.

A count stands at three places (the layer, the table, and in the total), so it can be told what was edited: a count
that its types and the table agree against, or the types, which then all three are out of date with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from equidesign.errors import EquidesignError
from equidesign.groups.group import Group
from equidesign.layers.measure import batch_size_of, cost_of
from equidesign.layers.pipeline import count_parameters
from equidesign.lint.diagnosis import typing_values
from equidesign.lint.finding import AddKey, Edit, Fix, RemoveKey, SetValue
from equidesign.lint.reading import ABSENT, value_at
from equidesign.lint.registry import Issue
from equidesign.spec.layer import Layer
from equidesign.spec.specification import CostModel, Specification
from equidesign.spec.yamlio import KeyPath, dotted

if TYPE_CHECKING:
    from equidesign.lint.context import Context

COUNTS = ("flops", "activations", "memory_mb")
SIZES: KeyPath = ("cost", "sizes")


@dataclass(frozen=True, eq=False)
class Counts:
    """Written and derived counts of a specification whose types fit.

    Attributes:
        spec: as written.
        now: the counts of the layers, in order, as their types say.
    """

    spec: Specification
    now: tuple[int, ...]

    @cached_property
    def total(self) -> int:
        """The number of parameters that the types say."""
        return sum(self.now)

    @cached_property
    def stale(self) -> tuple[int, ...]:
        """Indices of layers whose written count is not what their types say."""
        pairs = zip(self.spec.layers, self.now, strict=True)
        return tuple(i for i, (layer, now) in enumerate(pairs) if layer.parameters != now)

    @cached_property
    def changed(self) -> tuple[int, ...]:
        """Indices of layers whose types were edited: the table, too, has the old count."""
        table, layers = self.spec.parameters.per_layer, self.spec.layers
        return tuple(i for i in self.stale if table.get(layers[i].name, self.now[i]) != self.now[i])

    def layer_edits(self, index: int) -> tuple[Edit, ...]:
        """Return what writes the right count of a layer, in the layer and in the table."""
        layer, now = self.spec.layers[index], self.now[index]
        edits: list[Edit] = [SetValue(("layers", index, "parameters"), now)]
        if "parameters" not in layer.model_fields_set:
            edits = [AddKey(("layers", index), "parameters", now)]
        if self.spec.parameters.per_layer.get(layer.name, now) != now:
            edits.append(SetValue(("parameters", "per_layer", layer.name), now))
        return tuple(edits)


def counts(context: Context) -> Counts | None:
    """Return the counts, None where the layers do not fit together."""
    measured = context.measured
    if context.spec is None or measured is None:
        return None
    return Counts(context.spec, tuple(layer.parameters for layer in measured.layers))


def deciding_value(context: Context, index: int) -> KeyPath | None:
    """Return the value of a layer to whose edit it is owed that the written count is out of date, None if none is.

    Written as design writes it, the layer has the written count.
    """
    if context.spec is None or context.fiber is None:
        return None
    layer = context.spec.layers[index]
    for path in typing_values(context, index):
        if context.reference.edited(path):
            before = _with_value(layer, path[2:], context.reference.value(path))
            if before is not None and _counted(before, context.fiber) == layer.parameters:
                return path
    return None


def _with_value(layer: Layer, path: KeyPath, value: Any) -> Layer | None:
    """Return a layer with another value, None if it is none then; `ABSENT` takes the value away."""
    data = layer.model_dump(mode="json", by_alias=True)
    *parents, last = path
    place = value_at(data, tuple(parents))
    if not isinstance(place, dict):
        return None
    place.pop(last, None)
    if value is not ABSENT:
        place[last] = value
    try:
        return Layer.model_validate(data)
    except ValidationError:
        return None


def _counted(layer: Layer, group: Group) -> int | None:
    try:
        return count_parameters([layer], group)
    except (EquidesignError, ArithmeticError, LookupError, TypeError, ValueError):
        return None


def cost_for(
    context: Context, sizes: dict[str, int], spec: Specification | None = None
) -> CostModel | None:
    """Return what a sample of other sizes would cost, None if these sizes have no cost.

    Args:
        spec: another specification than the derived one, such as one with another batch size.
    """
    spec = spec or context.measured
    if spec is None or context.fiber is None:
        return None
    try:
        return cost_of(spec.layers, context.fiber, sizes, batch_size_of(spec.training))
    except (EquidesignError, ArithmeticError, LookupError, TypeError, ValueError):
        return None


def cost_edits(written: CostModel, now: CostModel) -> Iterator[Edit]:
    """Yield what makes the written cost the derived one."""
    for key in COUNTS:
        if getattr(written, key) != getattr(now, key):
            yield SetValue(("cost", key), getattr(now, key))
    parent: KeyPath = ("cost", "formulas")
    for name in written.formulas.keys() | now.formulas.keys():
        if name not in now.formulas:
            yield RemoveKey((*parent, name))
        elif name not in written.formulas:
            yield AddKey(parent, name, now.formulas[name])
        elif written.formulas[name] != now.formulas[name]:
            yield SetValue((*parent, name), now.formulas[name])


def renamed_layers(context: Context) -> dict[str, int]:
    """Return layers that were renamed since the tables were written: the table's name to the layer's index.

    The tables of parameters and costs both have the old name, or design calls the layer so.
    """
    spec, measured = context.spec, context.measured
    if spec is None or measured is None:
        return {}
    names = [layer.name for layer in spec.layers]
    table = spec.parameters.per_layer
    spare = [name for name in table if name not in names]
    found: dict[str, int] = {}
    for index, name in enumerate(names):
        if name in table or not spare or len(spare) > len(names):
            continue
        old = list(table)[index] if len(table) == len(names) else spare[0]
        if old not in spare or old in found:
            continue
        formulas = spec.cost.formulas
        both = old in formulas and name not in formulas and name in measured.cost.formulas
        if both or (
            name not in formulas and context.reference.value(("layers", index, "name")) == old
        ):
            found[old] = index
    return found


def missing_entries(path: KeyPath, entries: Mapping[str, Any]) -> Issue:
    """Return the issue of a mapping that lacks entries whose values are certain."""
    names = ", ".join(list(entries)[:4]) + (", ..." if len(entries) > 4 else "")
    edits = tuple(AddKey(path, name, value) for name, value in entries.items())
    name, value = next(iter(entries.items()))
    hint = f"add `{name}: {value}`" if len(entries) == 1 else f"add {names}"
    fix = Fix(f"add {names}", True, edits)
    return Issue(path, f"'{dotted(path)}' lacks {names}", hint, fix, on_key=True)
