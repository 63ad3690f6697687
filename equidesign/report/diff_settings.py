"""What was asked for, settings, decisions and caveats of a comparison, as lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from equidesign.comparison.change import ABSENT, Change
from equidesign.comparison.settings import DecisionChange
from equidesign.report.layout import Line, heading, signed
from equidesign.report.spoken import value

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


def request_lines(changes: Sequence[Change]) -> Iterator[Line]:
    """Yield what was asked otherwise; the group is said with what it means."""
    shown = [change for change in changes if change.path != ("request", "symmetry", "group")]
    if shown:
        yield from heading(TITLES["request"])
        yield from map(_change, shown)


def setting_lines(changes: Sequence[Change], sections: Sequence[str]) -> Iterator[Line]:
    """Yield the changes of some sections; what two of them say, such as sizes, is said once."""
    for title in dict.fromkeys(TITLES[section] for section in sections):
        names = [section for section in sections if TITLES[section] == title]
        chosen = [change for change in changes if change.path[0] in names]
        told = {(c.path[1:], str(c.before), str(c.after)): c for c in chosen}
        if told:
            yield from heading(title)
            yield from map(_change, told.values())


def _change(change: Change) -> Line:
    name = ".".join(map(str, change.path[1:])) or str(change.path[0])
    if change.before is ABSENT:
        return signed("+", f"{name} {value(change.after)}")
    if change.after is ABSENT:
        return signed("-", f"{name} {value(change.before)}")
    return signed("~", f"{name} {value(change.before)} → {value(change.after)}")


def decision_lines(changes: Sequence[DecisionChange]) -> Iterator[Line]:
    """Yield the steps that were decided otherwise."""
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


def alternative_lines(changes: Sequence[Change]) -> Iterator[Line]:
    """Yield the other families that are legal on one side only, or rank otherwise."""
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


def caveat_lines(caveats: tuple[Iterable[str], Iterable[str]]) -> Iterator[Line]:
    """Yield the caveats that are gone, and those that are new."""
    lines = [signed("-", text) for text in caveats[0]] + [signed("+", text) for text in caveats[1]]
    if lines:
        yield from heading("Caveats")
        yield from lines
