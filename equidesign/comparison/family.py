"""Families and libraries compared: what the other one brings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from equidesign.design.family import all_families
from equidesign.design.rules.engine import rules_table
from equidesign.spec.decision import Step
from equidesign.spec.specification import Specification

MARKS = ("expressiveness", "speed", "memory")


@dataclass(frozen=True)
class FamilyChange:
    """Another family.

    Attributes:
        marks: expressiveness, speed and memory from 1 to 5, before and after, of the rules that chose them.
        ideas: what makes each family what it is; empty if it is not known.
        against: why the specification that has the other family did not take this one, where it says so: against the
            family after, and against the family before.
    """

    before: str
    after: str
    marks: Mapping[str, tuple[int, int]]
    ideas: tuple[str, str]
    against: tuple[str, str]

    def swapped(self) -> FamilyChange:
        """Return the change seen from the other side."""
        return FamilyChange(
            self.after,
            self.before,
            {name: (b, a) for name, (a, b) in self.marks.items()},
            (self.ideas[1], self.ideas[0]),
            (self.against[1], self.against[0]),
        )


def compare_families(before: Specification, after: Specification) -> FamilyChange | None:
    """Compare the families; None if they are the same."""
    if before.family == after.family:
        return None
    one, other = family_marks(before), family_marks(after)
    known = all_families()
    ideas = [known[s.family].idea if s.family in known else "" for s in (before, after)]
    return FamilyChange(
        before.family,
        after.family,
        {name: (one[name], other[name]) for name in MARKS if name in one and name in other},
        (ideas[0], ideas[1]),
        (_against(before, after.family), _against(after, before.family)),
    )


def family_marks(spec: Specification) -> Mapping[str, int]:
    """Return the marks of the rule that chose the family; the family's own where that rule is not known."""
    chosen = next((d.rule for d in spec.decisions if d.step is Step.family), "")
    for rule in rules_table():
        if rule.id == chosen and rule.family == spec.family:
            return {name: getattr(rule, name) for name in MARKS}
    family = all_families().get(spec.family)
    return {name: getattr(family, name) for name in MARKS} if family else {}


def _against(spec: Specification, family: str) -> str:
    """Return why a specification did not take a family, as it says itself."""
    for other in spec.alternatives:
        if other.family == family:
            return other.why_not
    for decision in spec.decisions:
        for rejected in decision.rejected:
            if decision.step is Step.family and rejected.option == family:
                return rejected.why
    return ""
