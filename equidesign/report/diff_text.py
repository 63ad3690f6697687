"""The comparison of two specifications for a terminal: what differs, what it means, what it costs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from equidesign.comparison.change import ABSENT
from equidesign.comparison.compare import Comparison
from equidesign.comparison.family import FamilyChange
from equidesign.comparison.interface import TensorChange
from equidesign.comparison.measured import Measured
from equidesign.comparison.symmetry import Relation
from equidesign.report.diff_layers import figure_lines, layer_lines, layer_summary
from equidesign.report.diff_settings import (
    alternative_lines,
    caveat_lines,
    decision_lines,
    request_lines,
    setting_lines,
)
from equidesign.report.layout import Line, heading, signed
from equidesign.report.spoken import counted, listed, spoken_rep, value
from equidesign.report.symmetry_words import Setting, symmetry_words
from equidesign.spec.layer import Level
from equidesign.spec.specification import TensorSpec

RELATIONS = {
    Relation.smaller: "a smaller group: fewer symmetries are built in",
    Relation.larger: "a larger group: more symmetries are built in",
    Relation.different: "neither group contains the other",
    Relation.same: "the same symmetries in effect",
    Relation.unknown: "how the two relate is not known",
}


def diff_lines(comparison: Comparison, names: tuple[str, str]) -> list[Line]:
    """Return the comparison as lines; what is the same is not shown.

    Args:
        names: what the two are called, such as their paths.
    """
    lines = [Line(f"{names[0]} → {names[1]}", style="bold")]
    for part in (
        _symmetry(comparison),
        _ledger(comparison),
        request_lines(comparison.request),
        _family(comparison.family),
        setting_lines(comparison.settings, ("library", "dependencies")),
        _interface(comparison.interface),
        layer_lines(comparison),
        setting_lines(comparison.settings, ("interface", "cost", "topology")),
        figure_lines(comparison),
        setting_lines(comparison.settings, ("training", "deployment", "verification")),
        decision_lines(comparison.decisions),
        alternative_lines(comparison.alternatives),
        caveat_lines(comparison.caveats),
    ):
        lines += part
    lines.append(Line())
    lines += _words(comparison)
    for name, side in zip(names, (comparison.before, comparison.after), strict=True):
        lines += _notes(name, side)
    lines.append(Line(summary(comparison), style="bold"))
    return lines


def summary(comparison: Comparison) -> str:
    """Return one line that says how much the two differ."""
    if comparison.same:
        return "the same in meaning" if not comparison.empty else "no difference"
    said = []
    if any(change.path == ("symmetry", "canonical") for change in comparison.basics):
        said.append(
            {
                Relation.smaller: "a smaller symmetry",
                Relation.larger: "a larger symmetry",
                Relation.different: "another symmetry",
                Relation.same: "the same symmetry by another name",
                Relation.unknown: "another symmetry",
            }[comparison.symmetry.relation]
        )
    if comparison.ledger.changed and comparison.ledger.after:
        said.append(f"now {comparison.ledger.after[1].level.value}")
    if comparison.family:
        said.append("another family")
    if any(change.matters for change in comparison.interface):
        said.append("another interface")
    said += layer_summary(comparison)
    parameters = comparison.figures[0]
    if parameters.changed and parameters.ratio:
        said.append(f"×{parameters.ratio:.3g} parameters")
    sections = [str(change.path[0]) for change in comparison.settings]
    said += [f"other {name}" for name in ("training", "deployment") if name in sections]
    return f"they differ: {listed(said)}" if said else "they differ in settings"


def _symmetry(comparison: Comparison) -> Iterator[Line]:
    basics = {change.path: change for change in comparison.basics}
    before, after = comparison.before.spec, comparison.after.spec
    group = basics.get(("symmetry", "canonical"))
    if group:
        yield from heading(f"Symmetry: {group.before} → {group.after}")
        yield Line(RELATIONS[comparison.symmetry.relation], indent=2)
        if before.domain != after.domain:
            yield Line(f"on other data: {_said(before.domain)} → {_said(after.domain)}", indent=2)
        settings = Setting.of(before), Setting.of(after)
        for sign, text in symmetry_words(comparison.symmetry, *settings):
            yield signed(sign, text)
    features = basics.get(("symmetry", "acts_on_features"))
    kind = basics.get(("symmetry", "type"))
    named = None if group else basics.get(("symmetry", "group"))
    if not group and (features or kind or named):
        yield from heading("Symmetry")
    if named:
        yield signed(
            "~",
            f"declared as {named.after}, not as {named.before}: the same {after.symmetry.canonical}",
        )
    if features:
        yield signed(
            "~", f"features carry representations of {features.after}, not of {features.before}"
        )
    if kind:
        moves = kind.after == "equivariant"
        text = (
            "outputs move with the input: a turned input gives the turned answer"
            if moves
            else "outputs no longer move with the input: they stay the same whatever the symmetry does to it"
        )
        yield signed("~", f"{kind.before} → {kind.after}: {text}")
    for name in ("domain", "task"):
        if change := basics.get((name,)):
            yield from heading(
                f"{name.capitalize()}: {_said(change.before)} → {_said(change.after)}"
            )


def _said(item: object) -> str:
    return str(item).replace("_", " ")


def _ledger(comparison: Comparison) -> Iterator[Line]:
    ledger = comparison.ledger
    if not ledger.changed or ledger.after is None:
        return
    was = ledger.before[1].level.value if ledger.before else "nothing"
    layer, line = ledger.after
    yield from heading(f"Exactness: {was} → {line.level.value}")
    if line.level is Level.broken:
        yield signed("!", f"BROKEN by layer {layer}: {line.why}")
    elif line.level is Level.approximate:
        sign = "~" if ledger.before and ledger.before[1].level is Level.broken else "!"
        yield signed(sign, f"approximate from layer {layer} on: {line.why}")
    else:
        yield signed("+", "every layer keeps the symmetry exactly")


def _family(change: FamilyChange | None) -> Iterator[Line]:
    if change is None:
        return
    yield from heading(f"Family: {change.before} → {change.after}")
    if change.ideas[1]:
        yield Line(change.ideas[1], indent=2)
    marks = [f"{name} {a} → {b}" for name, (a, b) in change.marks.items() if a != b]
    kept = [name for name, (a, b) in change.marks.items() if a == b]
    if marks:
        rest = f" ({listed(kept)} as before)" if kept else ""
        yield signed("~", f"marks from 1 to 5: {', '.join(marks)}{rest}")
    if change.against[0]:
        yield signed("~", f"it was not taken before because: {change.against[0]}")


def _interface(changes: Sequence[TensorChange]) -> Iterator[Line]:
    shown = [change for change in changes if change.matters]
    if not shown:
        return
    yield from heading("Interface")
    for change in shown:
        what = f"{change.role[:-1]} {change.name}"
        if change.before is None and change.after is not None:
            yield signed("+", f"{what}: {_tensor(change.after, change, 1)}")
        elif change.after is None and change.before is not None:
            yield signed("-", f"{what}: {_tensor(change.before, change, 0)}")
        else:
            yield signed("~", f"{what}: {'; '.join(_tensor_words(change))}")


def _tensor(item: TensorSpec, change: TensorChange, side: int) -> str:
    rep = change.reps[side]
    shape = f"({', '.join(map(str, item.shape))})"
    words = [shape, item.dtype, f"on {item.space}" if item.space != "global" else ""]
    words += [spoken_rep(rep) if rep else "", item.unit or "", item.description]
    return ", ".join(filter(None, words))


def _tensor_words(change: TensorChange) -> Iterator[str]:
    if change.rep and not change.rep.relabelled:
        one, other = (spoken_rep(rep) if rep else None for rep in change.reps)
        texts = f"{change.rep.before} → {change.rep.after}"
        if one and other and one != other:
            yield f"{one} became {other} ({texts})"
        else:
            yield texts
    for part in change.changes:
        key = str(part.path[0])
        if key == "translates":
            moves = part.after is True
            yield f"{'moves' if moves else 'no longer moves'} along when the input is shifted"
        elif part.before is ABSENT:
            yield f"{key} {value(part.after)} (it had none)"
        elif part.after is ABSENT:
            yield f"{key} {value(part.before)} is gone"
        else:
            yield f"{key} {value(part.before)} → {value(part.after)}"


def _words(comparison: Comparison) -> Iterator[Line]:
    if comparison.words:
        told: dict[str, int] = {}
        for path in comparison.words:
            named = path[0] if path[0] in ("layers", "decisions", "alternatives") else path[-1]
            told[str(named)] = told.get(str(named), 0) + 1
        texts = [f"{name} ({count})" if count > 1 else name for name, count in told.items()]
        yield Line(f"only the wording differs: {', '.join(texts)}", style="dim")


def _notes(name: str, side: Measured) -> Iterator[Line]:
    if side.group is None or side.fiber is None:
        yield signed("!", f"{name}: the group cannot be read: run `equidesign lint {name}`", 0)
    elif side.faults:
        first = side.faults[0]
        text = counted(len(side.faults), "fault")
        yield signed(
            "!",
            f"{name} does not type-check ({text}; the first: {first.where}: {first.message}): "
            f"run `equidesign lint {name}`",
            0,
        )
    stale = list(side.stale())
    if stale:
        where, recorded, derived = stale[0]
        more = f", and {len(stale) - 1} more" if len(stale) > 1 else ""
        said = "is not recorded" if recorded is None else f"is recorded as {value(recorded)}"
        yield signed(
            "!",
            f"{name}: {where} {said}, what follows is {value(derived)}{more}: "
            f"run `equidesign lint {name}`",
            0,
        )
