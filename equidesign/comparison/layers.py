"""Layers compared: which is which, and what of each has changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from equidesign.backends.registry import all_backends
from equidesign.comparison.align import Pair, align
from equidesign.comparison.change import Change, differences
from equidesign.comparison.measured import Measured, MeasuredLayer
from equidesign.comparison.types import TypeChange, compare_fields, read_rep, same_components
from equidesign.groups.group import Group
from equidesign.spec.layer import Exactness, Layer

Number = int | float | None


@dataclass(frozen=True)
class Figure:
    """A number before and after, None where it is not known.

    Attributes:
        name: ``parameters``, ``flops``, ``activations`` or ``memory_mb``.
    """

    name: str
    before: Number
    after: Number

    @property
    def ratio(self) -> float | None:
        """After divided by before, None if one is not known or before is 0."""
        if self.before is None or self.after is None or not self.before:
            return None
        return self.after / self.before

    @property
    def changed(self) -> bool:
        """Whether the two differ."""
        return self.before != self.after

    def swapped(self) -> Figure:
        """Return the figure seen from the other side."""
        return Figure(self.name, self.after, self.before)


@dataclass(frozen=True)
class LayerChange:
    """One layer of both pipelines, or of one of them.

    Attributes:
        before, after: the layer in each specification, None where it is not.
        kinds: titles of the kinds; the id where the kind is not known.
        moved: whether it stands in another place among the layers that both have.
        changes: name, kind, source, writes, nonlinearity, normalization, pooling and options that differ.
        types: ``in`` and ``out`` where they differ.
        exactness: the ledger's lines where level or subgroup differ, and of a layer that one side alone has.
        figures: parameters, flops and activations.
    """

    before: Layer | None
    after: Layer | None
    kinds: tuple[str, str]
    moved: bool
    changes: tuple[Change, ...]
    types: tuple[TypeChange, ...]
    exactness: tuple[Exactness | None, Exactness | None] | None
    figures: tuple[Figure, ...]

    @property
    def paired(self) -> bool:
        """Whether both pipelines have it."""
        return self.before is not None and self.after is not None

    @property
    def matters(self) -> bool:
        """Whether anything but the names of irreps, and numbers that follow, differs."""
        return bool(
            not self.paired
            or self.moved
            or self.changes
            or self.exactness
            or any(not change.relabelled for change in self.types)
        )

    def swapped(self) -> LayerChange:
        """Return the change seen from the other side."""
        return LayerChange(
            before=self.after,
            after=self.before,
            kinds=(self.kinds[1], self.kinds[0]),
            moved=self.moved,
            changes=tuple(change.swapped() for change in self.changes),
            types=tuple(change.swapped() for change in self.types),
            exactness=self.exactness and (self.exactness[1], self.exactness[0]),
            figures=tuple(figure.swapped() for figure in self.figures),
        )


def compare_layers(before: Measured, after: Measured) -> tuple[LayerChange, ...]:
    """Pair the layers and compare each pair; pairs that are the same are left out."""
    pairs = align(before.spec.layers, after.spec.layers)
    sides = (_Side(before, [p.before for p in pairs]), _Side(after, [p.after for p in pairs]))
    found = [_compare(pair, number, sides) for number, pair in enumerate(pairs)]
    found = [
        _with_follows(change, pairs, number, found, sides) for number, change in enumerate(found)
    ]
    return tuple(change for change in found if change.matters or _noted(change))


def _noted(change: LayerChange) -> bool:
    return bool(change.types) or any(figure.changed for figure in change.figures)


class _Side:
    """One pipeline, with what its layers read in terms of the pairs: a rename is no change."""

    def __init__(self, measured: Measured, indices: Sequence[int | None]) -> None:
        self.measured = measured
        self.layers = measured.spec.layers
        self.numbers = {index: number for number, index in enumerate(indices) if index is not None}
        self.indices = indices

    def layer(self, number: int) -> MeasuredLayer | None:
        index = self.indices[number]
        return None if index is None else self.measured.layers[index]

    def place(self, index: int, name: str | None) -> int | str | None:
        """Return the number of the pair that a layer reads, or the name of the input; None if it reads nothing."""
        if name is None:
            return self.numbers[index - 1] if index else None
        earlier = (i for i in range(index - 1, -1, -1) if self.layers[i].name == name)
        found = next(earlier, None)
        return name if found is None else self.numbers[found]

    def reads(self, number: int) -> int | str | None:
        """Return the number of the pair, or the name of the input, that the layer of a pair reads."""
        index = self.indices[number]
        return None if index is None else self.place(index, self.layers[index].source)

    def said(self, place: int | str | None) -> str | None:
        """Return the name of what is read."""
        if not isinstance(place, int):
            return place
        index = self.indices[place]
        return None if index is None else self.layers[index].name


def _compare(pair: Pair, number: int, sides: tuple[_Side, _Side]) -> LayerChange:
    one, other = sides[0].layer(number), sides[1].layer(number)
    kinds = tuple(_title(side) for side in (one, other))
    ledger = tuple(side.exactness if side else None for side in (one, other))
    figures = tuple(_figures(one, other))
    changes: tuple[Change, ...] = ()
    types: tuple[TypeChange, ...] = ()
    if one is not None and other is not None:
        changes = tuple(_changes(number, one, other, sides))
        groups = (sides[0].measured.fiber, sides[1].measured.fiber)
        types = tuple(_types(one.layer, other.layer, groups))
    alike = ledger[0] and ledger[1] and _keeps(ledger[0]) == _keeps(ledger[1])
    # The subgroup of an exact layer is the group itself, which is compared once.
    calm = alike or all(line and line.level.value == "exact" for line in ledger)
    return LayerChange(
        before=one.layer if one else None,
        after=other.layer if other else None,
        kinds=(kinds[0], kinds[1]),
        moved=pair.moved,
        changes=changes,
        types=types,
        exactness=None if calm else (ledger[0], ledger[1]),
        figures=figures,
    )


def _title(side: MeasuredLayer | None) -> str:
    if side is None:
        return ""
    return side.kind.title if side.kind else side.layer.kind


def _keeps(line: Exactness) -> tuple[str, str]:
    return line.level.value, line.subgroup


def _figures(one: MeasuredLayer | None, other: MeasuredLayer | None) -> Iterator[Figure]:
    def values(side: MeasuredLayer | None) -> tuple[Number, Number, Number]:
        if side is None:
            return 0, 0, 0
        return side.parameters, side.flops, side.activations

    names = ("parameters", "flops", "activations")
    for name, before, after in zip(names, values(one), values(other), strict=True):
        yield Figure(name, before, after)


def _changes(
    number: int, one: MeasuredLayer, other: MeasuredLayer, sides: tuple[_Side, _Side]
) -> Iterator[Change]:
    a, b = one.layer, other.layer
    for key in ("name", "kind"):
        if getattr(a, key) != getattr(b, key):
            yield Change((key,), getattr(a, key), getattr(b, key))
    reads = [side.reads(number) for side in sides]
    if reads[0] != reads[1]:
        yield Change(("source",), sides[0].said(reads[0]), sides[1].said(reads[1]))
    for key in ("writes", "nonlinearity", "normalization", "pooling"):
        if getattr(a, key) != getattr(b, key):
            yield Change((key,), getattr(a, key), getattr(b, key))
    options = (_options(number, a, sides[0]), _options(number, b, sides[1]))
    fibers = (sides[0].measured.fiber, sides[1].measured.fiber)
    found = [c for c in differences(*options, ("options",)) if not _relabelled(c, fibers)]
    if found and not _spelled_out(found, one, other):
        yield from (_said(change, sides) for change in found)


@dataclass(frozen=True)
class _Reference:
    """An option that names a layer, by the number of its pair."""

    place: int | str | None


def _options(number: int, layer: Layer, side: _Side) -> Mapping[str, Any]:
    """Return the options with representations in normal form, and layers by the number of their pair."""
    options: dict[str, Any] = {}
    for key, value in layer.options.items():
        if isinstance(value, str):
            rep = read_rep(value, side.measured.fiber)
            value = value if rep is None else str(rep)
        options[key] = value
    if isinstance(layer.options.get("skip"), str):
        index = side.indices[number] or 0
        options["skip"] = _Reference(side.place(index, layer.options["skip"]))
    return options


def _relabelled(change: Change, fibers: tuple[Group | None, Group | None]) -> bool:
    """Tell whether an option is a representation of the same components under another group."""
    if not isinstance(change.before, str) or not isinstance(change.after, str):
        return False
    one, other = read_rep(change.before, fibers[0]), read_rep(change.after, fibers[1])
    return one is not None and other is not None and same_components(one, other)


def _said(change: Change, sides: tuple[_Side, _Side]) -> Change:
    values = [
        side.said(value.place) if isinstance(value, _Reference) else value
        for side, value in zip(sides, (change.before, change.after), strict=True)
    ]
    return replace(change, before=values[0], after=values[1])


def _spelled_out(found: list[Change], one: MeasuredLayer, other: MeasuredLayer) -> bool:
    """Tell whether the differing options are defaults that one side writes out: nothing derived from them differs."""
    if any(change.sort == "changed" for change in found) or not (one.typed and other.typed):
        return False
    derived = (one.parameters, one.cost, one.exactness) == (
        other.parameters,
        other.cost,
        other.exactness,
    )
    if not derived or one.kind is None or one.kind is not other.kind:
        return False
    backend = all_backends()[one.kind.backends[0]]
    return one.kind.code(one.typed, backend) == one.kind.code(other.typed, backend)


def _types(
    one: Layer, other: Layer, groups: tuple[Group | None, Group | None]
) -> Iterator[TypeChange]:
    for key, fields in (("in", (one.in_, other.in_)), ("out", (one.out, other.out))):
        change = compare_fields(key, fields, groups)
        if change is not None:
            yield change


def _with_follows(
    change: LayerChange,
    pairs: Sequence[Pair],
    number: int,
    found: Sequence[LayerChange],
    sides: tuple[_Side, _Side],
) -> LayerChange:
    """Mark an input type that has changed as the output of the layer that is read has."""
    place, again = (side.reads(number) for side in sides)
    if place != again or not isinstance(place, int):
        return change
    outs = [(t.before, t.after) for t in found[place].types if t.key == "out"]
    types = tuple(
        replace(t, follows=True) if t.key == "in" and (t.before, t.after) in outs else t
        for t in change.types
    )
    return replace(change, types=types)
