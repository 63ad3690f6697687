"""Does every one of the six decisions say what, by which rule, why, and what was rejected?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from equidesign.design.family import all_families
from equidesign.scoring.evidence import Evidence
from equidesign.scoring.measured import Defect, Measure, Measured, held, judged, missed, shown
from equidesign.scoring.words import argues, contains, covers
from equidesign.spec.decision import Decision, Step

DECISIONS = ("decisions",)


def steps_decided(evidence: Evidence) -> Measured:
    """The six steps are decided, each once, in their order."""
    steps = [
        each.get("step") if isinstance(each, dict) else None
        for each in evidence.entries(*DECISIONS)
    ]
    expected = [step.value for step in Step]
    if steps != expected:
        missing = [step for step in expected if step not in steps]
        what = f"{', '.join(missing)} missing" if missing else "not each step once, in order"
        text = f"{len(steps)} decisions: {what}"
        return missed(text, DECISIONS, f"decide {', '.join(expected)}, in this order")
    return held("the six steps, each once", DECISIONS)


def _pairs(
    evidence: Evidence, steps: tuple[str, ...] = tuple(Step)
) -> Iterator[tuple[int, Decision, dict[str, Any]]]:
    """Yield place, expected and written decision of each step."""
    assert evidence.designed is not None
    for index, (expected, written) in enumerate(
        zip(evidence.designed.decisions, evidence.entries(*DECISIONS), strict=False)
    ):
        if expected.step in steps:
            yield index, expected, written if isinstance(written, dict) else {}


def decisions_ruled(evidence: Evidence) -> Measured:
    """Every decision names the rule that makes it for this request."""
    defects = (
        Defect(
            f"{expected.step.value}: the rule is {shown(written.get('rule'))}",
            ("decisions", index, "rule"),
            f"{expected.step.value}: {expected.rule}",
        )
        for index, expected, written in _pairs(evidence)
        if written.get("rule") != expected.rule
    )
    return judged(defects, "every rule applies to the request", DECISIONS)


def decisions_consistent(evidence: Evidence) -> Measured:
    """What the decisions say was chosen is what the specification holds."""
    assert evidence.designed is not None
    layers = evidence.completed or ()
    same = [layer.model_copy(update={"why": ""}) for layer in layers] == [
        layer.model_copy(update={"why": ""}) for layer in evidence.designed.layers
    ]
    held_by = {
        "group": str(evidence.value("symmetry", "canonical")),
        "family": all_families()[str(evidence.value("family"))].title,
        "topology": str(evidence.value("topology", "pattern")),
        "library": str(evidence.value("library", "name")),
        "specification": f"{len(layers)} layers",
    }

    def defects() -> Iterator[Defect]:
        for index, expected, written in _pairs(evidence):
            right = held_by.get(expected.step.value, expected.choice if same else "width")
            if not contains(written.get("choice"), right):
                text = f"{expected.step.value}: the choice is {shown(written.get('choice'))}"
                path = ("decisions", index, "choice")
                yield Defect(text, path, f"{expected.step.value}: {right}")

    return judged(defects(), "every choice is what the specification holds", DECISIONS)


def decisions_argued(evidence: Evidence, steps: tuple[str, ...] | None = None) -> Measured:
    """Every decision gives the reason that its rule has.

    Args:
        steps: only these.
    """
    wanted = tuple(steps or Step)
    reasons = {expected.step: expected.why for _, expected, _ in _pairs(evidence)}
    defects = (
        Defect(
            f"{expected.step.value}: the reason is not that of its rule",
            ("decisions", index, "why"),
            f"{expected.step.value}: {expected.why}",
        )
        for index, expected, written in _pairs(evidence, wanted)
        if not argues(written.get("why"), expected.why, _others(reasons, expected.step))
    )
    return judged(defects, f"reasons for {', '.join(wanted)}", DECISIONS)


def _others(reasons: Mapping[Step, str], step: Step) -> Iterator[str]:
    return (reason for each, reason in reasons.items() if each != step)


def decisions_sourced(evidence: Evidence) -> Measured:
    """Decisions that rest on literature name it."""
    defects = (
        Defect(
            f"{expected.step.value}: no source that its rule knows",
            ("decisions", index, "cite"),
            f"{expected.step.value}: {expected.cite}",
        )
        for index, expected, written in _pairs(evidence)
        if expected.cite and not covers(written.get("cite"), expected.cite)
    )
    return judged(defects, "family and layers name their sources", DECISIONS)


def options_rejected(evidence: Evidence) -> Measured:
    """What was looked at and not taken is named, with the reason."""

    def defects() -> Iterator[Defect]:
        for index, expected, written in _pairs(evidence):
            entries = written.get("rejected")
            given = {
                str(each.get("option")): each.get("why")
                for each in (entries if isinstance(entries, list) else [])
                if isinstance(each, dict)
            }
            for option in expected.rejected:
                if not covers(given.get(option.option), option.why):
                    text = f"{expected.step.value}: not said why not {option.option}"
                    path = ("decisions", index, "rejected")
                    yield Defect(text, path, f"{option.option}: {option.why}")

    assert evidence.designed is not None
    count = sum(len(each.rejected) for each in evidence.designed.decisions)
    text = f"{count} rejected, each with its reason" if count else "the rules reject nothing"
    return judged(defects(), text, DECISIONS)


PREDICATES: Mapping[str, Measure] = {
    "steps-decided": steps_decided,
    "decisions-ruled": decisions_ruled,
    "decisions-consistent": decisions_consistent,
    "decisions-argued": decisions_argued,
    "decisions-sourced": decisions_sourced,
    "options-rejected": options_rejected,
}
