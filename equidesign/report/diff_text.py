"""The comparison of two specifications for a terminal: what differs, what it means, what it costs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from equidesign.comparison.change import ABSENT, Change
from equidesign.comparison.compare import Comparison
from equidesign.comparison.family import FamilyChange
from equidesign.comparison.interface import TensorChange
from equidesign.comparison.measured import Measured
from equidesign.comparison.settings import DecisionChange
from equidesign.comparison.symmetry import Relation
from equidesign.report.diff_layers import figure_lines, layer_lines, layer_summary
from equidesign.report.layout import Line, heading
from equidesign.report.spoken import counted, listed, spoken_rep, value
from equidesign.report.symmetry_words import Setting, symmetry_words
from equidesign.spec.layer import Level
from equidesign.spec.specification import TensorSpec

STYLES = {"+": "green", "-": "red", "~": "yellow", "!": "bold red", "=": "dim", ">": "cyan"}
RELATIONS = {
    Relation.smaller: "a smaller group: fewer symmetries are built in",
    Relation.larger: "a larger group: more symmetries are built in",
    Relation.different: "neither group contains the other",
    Relation.same: "the same symmetries in effect",
    Relation.unknown: "how the two relate is not known",
}
TITLES = {
    "request": "Asked for",
    "library": "Library",
    "dependencies": "Dependencies",
    "interface": "Sizes",
    "cost": "Sizes",
    "topology": "Topology",
    "training": "Training",
    "deployment": "Deployment",
    "verification": "Verification",
}


def signed(sign: str, text: str, indent: int = 2) -> Line:
    """Return a line with a sign: + gained, - lost, ~ changed, ! alarming, = the same in effect."""
    style = STYLES.get(sign, "")
    return Line(
        text, head=f"{sign} ", indent=indent, head_style=style, style=style * (sign in "!=")
    )


def diff_lines(comparison: Comparison, names: tuple[str, str]) -> list[Line]:
    """Return the comparison as lines; what is the same is not shown.

    Args:
        names: what the two are called, such as their paths.
    """
    lines = [Line(f"{names[0]} → {names[1]}", style="bold")]
    for part in (
        _symmetry(comparison),
        _ledger(comparison),
        _changes(comparison.request, "request"),
        _family(comparison.family),
        _settings(comparison.settings, ("library", "dependencies")),
        _interface(comparison.interface),
        layer_lines(comparison),
        _settings(comparison.settings, ("interface", "cost", "topology")),
        figure_lines(comparison),
        _settings(comparison.settings, ("training", "deployment", "verification")),
        _decisions(comparison.decisions),
        _alternatives(comparison.alternatives),
        _caveats(comparison.caveats),
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
    others = comparison.request or comparison.settings or comparison.decisions
    return f"they differ: {listed(said)}" if said or not others else "they differ in settings"


def _symmetry(comparison: Comparison) -> Iterator[Line]:
    basics = {change.path: change for change in comparison.basics}
    before, after = comparison.before.spec, comparison.after.spec
    group = basics.get(("symmetry", "canonical"))
    if group:
        yield from heading(f"Symmetry: {group.before} → {group.after}")
        yield Line(RELATIONS[comparison.symmetry.relation], indent=2)
        settings = Setting.of(before), Setting.of(after)
        for sign, text in symmetry_words(comparison.symmetry, *settings):
            yield signed(sign, text)
    features = basics.get(("symmetry", "acts_on_features"))
    kind = basics.get(("symmetry", "type"))
    if kind or (features and not group):
        yield from [] if group else heading("Symmetry")
    if features:
        yield signed(
            "~", f"features carry representations of {features.after}, not of {features.before}"
        )
    if kind:
        moves = kind.after == "equivariant"
        text = (
            "outputs move with the input: a turned input gives the turned answer"
            if moves
            else "outputs stay the same whatever the symmetry does to the input: no longer move with it"
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


def _changes(changes: Sequence[Change], section: str) -> Iterator[Line]:
    # The group is said with what it means.
    told = ("request", "symmetry", "group")
    chosen = [c for c in changes if c.path[0] == section and c.path != told]
    if chosen:
        yield from heading(TITLES[section])
        yield from map(_change, chosen)


def _settings(changes: Sequence[Change], sections: Sequence[str]) -> Iterator[Line]:
    for title in dict.fromkeys(TITLES[section] for section in sections):
        chosen = [c for c in changes if c.path[0] in sections and TITLES[str(c.path[0])] == title]
        told = {c.path[1:]: c for c in chosen if c.path[0] != "interface" or c.path[1] != "sizes"}
        # Sizes stand in the interface and in the cost: once is enough when they agree.
        shown = [
            c for c in chosen
            if c.path[:2] != ("interface", "sizes") or not _twice(c, told)
        ]  # fmt: skip
        if shown:
            yield from heading(title)
            yield from map(_change, shown)


def _twice(change: Change, told: dict[tuple[str | int, ...], Change]) -> bool:
    other = told.get(change.path[1:])
    return other is not None and (other.before, other.after) == (change.before, change.after)


def _change(change: Change) -> Line:
    name = ".".join(map(str, change.path[1:])) or str(change.path[0])
    if change.before is ABSENT:
        return signed("+", f"{name} {value(change.after)}")
    if change.after is ABSENT:
        return signed("-", f"{name} {value(change.before)}")
    return signed("~", f"{name} {value(change.before)} → {value(change.after)}")


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


def _decisions(changes: Sequence[DecisionChange]) -> Iterator[Line]:
    if not changes:
        return
    yield from heading("Decisions")
    for change in changes:
        one, other = change.before, change.after
        if other is None or one is None:
            decision = one or other
            assert decision is not None
            yield signed("-" if one else "+", f"{change.step}: {decision.choice} ({decision.rule})")
            continue
        if (one.choice, one.rule) != (other.choice, other.rule):
            rule = f"{one.rule} → {other.rule}" if one.rule != other.rule else one.rule
            choice = f"{one.choice} → {other.choice}" if one.choice != other.choice else one.choice
            why = f": {other.why}" if one.choice != other.choice and one.why != other.why else ""
            yield signed("~", f"{change.step}: {choice} (rule {rule}){why}")
        gone, new = (", ".join(options) for options in change.rejected)
        if gone:
            yield signed("-", f"{change.step}: no longer rejected: {gone}")
        if new:
            yield signed("+", f"{change.step}: rejected now: {new}")


def _alternatives(changes: Sequence[Change]) -> Iterator[Line]:
    if not changes:
        return
    yield from heading("Alternatives")
    for change in changes:
        if len(change.path) == 1:
            orders = [" > ".join(order) for order in (change.before, change.after)]
            yield signed("~", f"ranked otherwise: {orders[0]} → {orders[1]}")
        elif change.before is ABSENT:
            yield signed("+", f"{change.after} would be legal too")
        elif change.after is ABSENT:
            yield signed("-", f"{change.before} is no alternative any more")
        else:
            yield _change(change)


def _caveats(caveats: tuple[Iterable[str], Iterable[str]]) -> Iterator[Line]:
    lines = [signed("-", text) for text in caveats[0]] + [signed("+", text) for text in caveats[1]]
    if lines:
        yield from heading("Caveats")
        yield from lines


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
            f"{name} does not type-check ({text}; the first: layer {first.layer.name}, "
            f"{first.fault.key}: {first.fault.message}): run `equidesign lint {name}`",
            0,
        )
    stale = list(side.stale())
    if stale:
        where, recorded, derived = stale[0]
        more = f", and {len(stale) - 1} more" if len(stale) > 1 else ""
        yield signed(
            "!",
            f"{name} records {where} {value(recorded)}, its layers make {value(derived)}{more}: "
            f"run `equidesign lint {name}`",
            0,
        )
