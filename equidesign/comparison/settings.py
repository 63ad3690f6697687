"""Everything of a specification that is neither type nor number: what was asked, settings, decisions, prose."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from equidesign.comparison.change import ABSENT, Change, differences, same
from equidesign.errors import EquidesignError
from equidesign.groups.names import parse_group
from equidesign.spec.decision import Decision, Step
from equidesign.spec.specification import Specification
from equidesign.spec.yamlio import KeyPath

SECTIONS = ("library", "dependencies", "training", "deployment", "verification")
"""Sections that are compared key by key."""

_REQUEST_PROSE: tuple[tuple[str, ...], ...] = (
    ("request", "name"),
    ("request", "description"),
    ("request", "data", "notes"),
    ("request", "task", "class_names"),
)


@dataclass(frozen=True)
class DecisionChange:
    """A step that was decided otherwise; None where a side does not have the step."""

    step: Step
    before: Decision | None
    after: Decision | None
    rejected: tuple[tuple[str, ...], tuple[str, ...]]
    """Options that only the first, and only the second, looked at and rejected."""

    def swapped(self) -> DecisionChange:
        """Return the change seen from the other side."""
        return replace(
            self,
            before=self.after,
            after=self.before,
            rejected=(self.rejected[1], self.rejected[0]),
        )


def asked(spec: Specification) -> dict[str, Any]:
    """Return the request with every default written out, the group by its canonical name, and without prose."""
    data = spec.request.model_dump(mode="json")
    data["symmetry"]["group"] = canonical(data["symmetry"]["group"])
    for path in _REQUEST_PROSE:
        part = data if len(path) == 2 else data[path[1]]
        part.pop(path[-1], None)
    return data


def canonical(group: str) -> str:
    """Return the canonical name of a group; the text itself where it is none."""
    try:
        return parse_group(group).name
    except EquidesignError:
        return group


def compare_requests(before: Specification, after: Specification) -> tuple[Change, ...]:
    """Compare what was asked, value by value."""
    found = differences(asked(before), asked(after), ("request",))
    # The whole specification says domain and task too, and there they are compared.
    told = {("request", "data", "domain"), ("request", "task", "type")}
    return tuple(change for change in found if change.path not in told)


def compare_settings(before: Specification, after: Specification) -> tuple[Change, ...]:
    """Compare library, dependencies, training, deployment, verification, sizes and topology, value by value."""
    one, other = before.model_dump(mode="json"), after.model_dump(mode="json")
    found: list[Change] = []
    for name in SECTIONS:
        found += differences(one[name], other[name], (name,))
    found += differences(before.interface.sizes, after.interface.sizes, ("interface", "sizes"))
    found += differences(before.cost.sizes, after.cost.sizes, ("cost", "sizes"))
    found += differences(_other_group(before), _other_group(after), ("interface", "group"))
    found += differences(before.topology.pattern, after.topology.pattern, ("topology", "pattern"))
    return tuple(found)


def _other_group(spec: Specification) -> str | None:
    """Return the group of the interface where it is not that of the specification, which is compared anyway."""
    name = canonical(spec.interface.group)
    return None if name == canonical(spec.symmetry.canonical) else name


def compare_decisions(before: Specification, after: Specification) -> tuple[DecisionChange, ...]:
    """Compare the decisions, step by step: choice, rule, and what was rejected; reasons are prose."""
    return tuple(_decisions(before, after))


def _decisions(before: Specification, after: Specification) -> Iterator[DecisionChange]:
    for step in Step:
        ones = [decision for decision in before.decisions if decision.step is step]
        others = [decision for decision in after.decisions if decision.step is step]
        for index in range(max(len(ones), len(others))):
            one = ones[index] if index < len(ones) else None
            other = others[index] if index < len(others) else None
            options = [[r.option for r in d.rejected] if d else [] for d in (one, other)]
            rejected = (
                tuple(option for option in options[0] if option not in options[1]),
                tuple(option for option in options[1] if option not in options[0]),
            )
            if one is None or other is None or any(rejected) or _core(one) != _core(other):
                yield DecisionChange(step, one, other, rejected)


def _core(decision: Decision) -> tuple[str, str]:
    return decision.choice, decision.rule


def compare_alternatives(before: Specification, after: Specification) -> tuple[Change, ...]:
    """Compare which other families were legal, their order, libraries and marks."""
    one, other = ({a.family: a for a in spec.alternatives} for spec in (before, after))
    found: list[Change] = []
    for name in sorted({*one, *other}):
        if name in one and name in other:
            marks = [side[name].model_dump(exclude={"why_not"}) for side in (one, other)]
            found += differences(marks[0], marks[1], ("alternatives", name))
        else:
            values = (name if name in side else ABSENT for side in (one, other))
            found.append(Change(("alternatives", name), *values))
    orders = ([a.family for a in spec.alternatives] for spec in (before, after))
    ranks = [[name for name in order if name in one and name in other] for order in orders]
    if ranks[0] != ranks[1]:
        found.append(Change(("alternatives",), *ranks))
    return tuple(found)


def changed_words(before: Specification, after: Specification) -> tuple[KeyPath, ...]:
    """Return where nothing but prose differs: names, descriptions, reasons, citations; caveats apart.

    Reasons of what was decided otherwise, and spellings of another group, are not prose alone.
    """
    one, other = dict(_words(before)), dict(_words(after))
    found = (key for key in one if key in other and not same(one[key], other[key]))
    return tuple(sorted((path for path, _ in found), key=lambda path: list(map(str, path))))


Words = Iterator[tuple[tuple[KeyPath, str], Any]]


def _words(spec: Specification) -> Words:
    """Yield every piece of prose with its place, and what it is about."""
    data = spec.request.model_dump(mode="json")
    yield (("name",), ""), spec.name
    for path in _REQUEST_PROSE:
        part = data if len(path) == 2 else data[path[1]]
        yield (path, ""), part.get(path[-1])
    for root, group in (
        (("request", "symmetry", "group"), spec.request.symmetry.group),
        (("symmetry", "group"), spec.symmetry.group),
    ):
        yield (root, canonical(group)), group
    yield (("topology", "why"), spec.topology.pattern), spec.topology.why
    for role in ("inputs", "outputs"):
        for name, item in getattr(spec.interface, role).items():
            yield (("interface", role, name, "description"), ""), item.description
    for layer in spec.layers:
        yield (("layers", layer.name, "why"), layer.kind), layer.why
    for other in spec.alternatives:
        yield (("alternatives", other.family, "why_not"), spec.family), other.why_not
    yield from _reasons(spec)


def _reasons(spec: Specification) -> Words:
    for decision in spec.decisions:
        about = f"{decision.choice} {decision.rule}"
        root: KeyPath = ("decisions", decision.step.value)
        yield ((*root, "why"), about), decision.why
        yield ((*root, "cite"), about), decision.cite
        for rejected in decision.rejected:
            yield ((*root, "rejected", rejected.option), about), rejected.why


def compare_caveats(
    before: Specification, after: Specification
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the caveats that are gone, and those that are new."""
    return (
        tuple(text for text in before.caveats if text not in after.caveats),
        tuple(text for text in after.caveats if text not in before.caveats),
    )
