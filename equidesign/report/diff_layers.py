"""Layers and costs of a comparison, as lines."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from equidesign.comparison.change import ABSENT, Change
from equidesign.comparison.compare import Comparison
from equidesign.comparison.layers import Figure, LayerChange
from equidesign.comparison.types import TypeChange
from equidesign.layers.registry import layer_kinds
from equidesign.report.layout import SIGNS, Line, columns, heading, signed
from equidesign.report.spoken import counted, short_number, value
from equidesign.spec.layer import Layer, Level

NAMES = {"parameters": "parameters", "flops": "FLOPs", "activations": "activations"}
WORDS = {
    "parameters": "parameters",
    "flops": "FLOPs a sample",
    "activations": "activations a sample",
    "memory_mb": "MB in training",
}


def layer_lines(comparison: Comparison) -> Iterator[Line]:
    """Yield what differs, layer by layer; neighbours that differ in the same way share an entry."""
    changes = comparison.layers
    if not changes:
        return
    sizes = [len(side.layers) for side in (comparison.before, comparison.after)]
    yield from heading(f"Layers: {sizes[0]}" + (f" → {sizes[1]}" if sizes[0] != sizes[1] else ""))
    plain = [change for change in changes if not change.matters]
    shown = [change for change in changes if change.matters]
    told: set[str] = set()
    for _, run in itertools.groupby(shown, key=_signature):
        yield from _entry(list(run), told)
    renamed = [change for change in plain if change.types]
    if renamed:
        sample = max((t for change in renamed for t in change.types), key=lambda t: len(t.before))
        text = (
            f"{counted(len(renamed), 'layer')} with the same components under other names "
            f"({sample.before} → {sample.after})"
        )
        yield signed("=", "; ".join([text, *_figures(renamed)]))
    costly = [change for change in plain if not change.types]
    if costly:
        count = counted(len(costly), "layer")
        yield signed(
            "~", f"{count} of the same types at another cost: {'; '.join(_figures(costly))}"
        )


def layer_summary(comparison: Comparison) -> list[str]:
    """Return how many layers changed, in the words of the summary."""
    shown = [change for change in comparison.layers if change.matters]
    paired = [change for change in shown if change.paired]
    counts = {
        "changed": len([change for change in paired if not change.moved or change.changes]),
        "moved": len([change for change in paired if change.moved and not change.changes]),
        "inserted": len([change for change in shown if change.before is None]),
        "removed": len([change for change in shown if change.after is None]),
    }
    return [f"{counted(count, 'layer')} {what}" for what, count in counts.items() if count]


def figure_lines(comparison: Comparison) -> Iterator[Line]:
    """Yield the totals that differ, and the layers that make most of the difference in parameters."""
    changed = [figure for figure in comparison.figures if figure.changed]
    if not changed:
        return
    yield from heading("Cost")
    rows = [
        (WORDS[f.name], f"{_number(f, f.before)} → {_number(f, f.after)}", _by(f)) for f in changed
    ]
    for figure, row in zip(changed, columns(rows), strict=True):
        grows = (figure.after or 0) > (figure.before or 0)
        yield Line(row, head="~ ", indent=2, head_style=SIGNS["~" if grows else "+"], keep=True)
    yield from _most(comparison.layers)


def _most(changes: Sequence[LayerChange]) -> Iterator[Line]:
    deltas = []
    for change in changes:
        figure = change.figures[0]
        layer = change.after or change.before
        if layer and figure.before is not None and figure.after is not None and figure.changed:
            deltas.append((figure.after - figure.before, layer.name))
    deltas.sort(key=lambda item: (-abs(item[0]), item[1]))
    if len(deltas) > 1:
        told = (f"{name} {delta:+,}" for delta, name in deltas[:3])
        yield Line(f"parameters, most of it: {', '.join(told)}", indent=4, style="dim")


def _number(figure: Figure, number: float | None) -> str:
    if number is None:
        return "not known"
    if figure.name in ("parameters", "memory_mb"):
        return value(number)
    return short_number(number)


def _by(figure: Figure) -> str:
    if figure.ratio is None or figure.before is None or figure.after is None:
        return ""
    more = figure.after - figure.before
    delta = f"{more:+,}" if figure.name == "parameters" else ""
    return " ".join(filter(None, [f"×{figure.ratio:.3g}", delta and f"({delta})"]))


def _signature(change: LayerChange) -> object:
    """Return what neighbours must share to be shown together; a number of its own for what stands alone."""
    named = any(part.path == ("name",) for part in change.changes)
    if not change.paired or change.moved or named:
        return id(change)
    return tuple(_body(change)), change.kinds


def _entry(run: list[LayerChange], told: set[str]) -> Iterator[Line]:
    first, last = run[0], run[-1]
    sign = (
        "+" if first.before is None else "-" if first.after is None else ">" if first.moved else "~"
    )
    layer = first.after or first.before
    assert layer is not None
    end = last.after or last.before
    assert end is not None
    name = layer.name if len(run) == 1 else f"{layer.name} ... {end.name}"
    if first.before and first.after and first.before.name != first.after.name:
        name = f"{first.before.name} → {first.after.name}, renamed"
    kind = first.kinds[1] or first.kinds[0]
    more = f": {_whole(layer)}" if not first.paired else ", moved" if first.moved else ""
    kind += f", {len(run)} layers" if len(run) > 1 else ""
    yield signed(sign, f"{name} ({kind}){more}")
    for text in _body(first):
        loud = text.startswith("!")
        change, _, why = text.partition(": ")
        if loud and why in told:
            text = change  # the reason stands above
        told.add(why)
        yield Line(text.removeprefix("!"), indent=6, style=SIGNS["!"] if loud else "")
    if first.paired:
        if figures := "; ".join(_figures(run)):
            yield Line(figures, indent=6)
    else:
        figure = first.figures[0]
        count = figure.before if first.after is None else figure.after
        yield Line(f"{value(count)} parameters" if count is not None else "not countable", indent=6)


def _whole(layer: Layer) -> str:
    extras = [layer.nonlinearity, layer.normalization, layer.pooling]
    more = ", ".join(extra for extra in extras if extra != "none")
    types = f"{layer.in_.rep} @ {layer.in_.space.value} → {layer.out.rep} @ {layer.out.space.value}"
    return f"{types}, {more}" if more else types


def _body(change: LayerChange) -> list[str]:
    """Return what differs of a layer that both have; lines that begin with ! are loud."""
    lines = [line for part in change.types for line in _type(part)]
    lines += [_text(part, change) for part in change.changes if part.path != ("name",)]
    if change.exactness:
        lines += _exactness(change)
    return lines


def _type(change: TypeChange) -> Iterator[str]:
    if change.follows or change.relabelled:
        return
    yield f"{change.key:<4}{change.before} → {change.after}"
    details = []
    for irrep, (one, other) in change.counts.items():
        more = " new" if not one else " gone" if not other else ""
        details.append(f"{irrep} {one} → {other}{more}")
    if change.lmax:
        details.append(f"lmax {change.lmax[0]} → {change.lmax[1]}")
    if change.dim:
        details.append(f"dimension {change.dim[0]:,} → {change.dim[1]:,}")
    if details:
        yield "    " + ", ".join(details)
    elif " @ " in change.before and change.before.split(" @ ")[1] == change.after.split(" @ ")[-1]:
        yield "    the same irreps in another order or split"


def _text(part: Change, change: LayerChange) -> str:
    name = ".".join(map(str, part.path[1:] or part.path))
    before, after = ("none" if v is ABSENT else value(v) for v in (part.before, part.after))
    if part.path == ("source",):
        return f"reads {before} → {after}"
    if part.path[0] != "options":
        return f"{name} {before} → {after}"
    layer = change.after or change.before
    kind = layer_kinds().get(layer.kind) if layer else None
    option = kind.options.get(str(part.path[1])) if kind else None
    return f"{name} {before} → {after}" + (f" ({option.doc})" if option else "")


def _exactness(change: LayerChange) -> Iterator[str]:
    assert change.exactness is not None
    one, other = change.exactness
    if other is None:
        return
    if one is None:
        if other.level is not Level.exact:
            yield f"!{_level(other.level)}: {other.why}"
        return
    if one.level is other.level:
        yield f"{other.level.value}: exact for {one.subgroup or 'nothing'} → {other.subgroup or 'nothing'}"
        return
    order = [Level.exact, Level.approximate, Level.broken]
    loud = "!" if order.index(other.level) > order.index(one.level) else ""
    yield f"{loud}{one.level.value} → {_level(other.level)}: {other.why}"


def _level(level: Level) -> str:
    return "BROKEN" if level is Level.broken else level.value


def _figures(run: Sequence[LayerChange]) -> Iterator[str]:
    """Yield the numbers that differ, summed over the layers of an entry."""
    for index, name in enumerate(("parameters", "flops")):
        ones = [change.figures[index].before for change in run]
        others = [change.figures[index].after for change in run]
        if None in ones or None in others:
            yield f"{NAMES[name]} not known"
            continue
        total = Figure(name, sum(filter(None, ones)), sum(filter(None, others)))
        if total.changed:
            more = f" (×{total.ratio:.3g})" if total.ratio else ""
            together = " together" if len(run) > 1 and name == "parameters" else ""
            yield (
                f"{NAMES[name]}{together} {_number(total, total.before)} → "
                f"{_number(total, total.after)}{more}"
            )
