"""A rejected option that was chosen, or that does not exist.

What it does
------------
Reports options under `decisions[*].rejected` that are the choice itself, that appear twice, that
are no groups (at the step of the group) or no families (at that of the family).

Why it matters
--------------
A list of what was looked at and left is only worth reading if nothing in it was taken.

Example
-------
```yaml
- step: group
  choice: E(3)
  rejected:
    - {option: E(3), why: reflections were not declared}
```

Use instead
-----------
```yaml
- step: group
  choice: E(3)
  rejected:
    - {option: SE(3), why: mirror images were declared to behave alike}
```

References
----------
Nygard, Documenting architecture decisions, 2011,
cognitect.com/blog/2011/11/15/documenting-architecture-decisions
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.design.family import all_families
from equidesign.errors import nearest
from equidesign.lint.agreement import readable_group
from equidesign.lint.decided import Decided, steps_in_order
from equidesign.lint.finding import Severity
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.spec.decision import Decision, Step

if TYPE_CHECKING:
    from equidesign.lint.context import Context
    from equidesign.spec.yamlio import KeyPath


def _check(context: Context) -> Iterator[Issue]:
    found = context.decided
    if found is None:
        return
    alternatives = {each.family for each in found.choice.alternatives}
    for index, decision in steps_in_order(context):
        equal: dict[str, list[KeyPath]] = {}
        for place, each in enumerate(decision.rejected):
            equal.setdefault(each.option, []).append(
                ("decisions", index, "rejected", place, "option")
            )
        for option, (path, *again) in equal.items():
            why = _objection(decision, option, found, alternatives)
            if again:
                # Of two equal ones that was changed which design would write otherwise.
                changed = [each for each in (path, *again) if context.reference.edited(each)]
                path, why = (changed or again)[0], ("it is there twice", "")
            if why is not None:
                yield Issue(path, f"'{option[:80]}': {why[0]}", why[1])


def _objection(
    decision: Decision, option: str, found: Decided, alternatives: set[str]
) -> tuple[str, str] | None:
    """Say why something can't have been rejected, and what could."""
    chosen = "it is what was chosen", "name what was left instead"
    if decision.step is Step.group:
        group = readable_group(option)
        if group is None:
            return "it is no group", "`equidesign list groups` shows what there is"
        return chosen if group == found.problem.group else None
    if decision.step is Step.family:
        if option not in all_families():
            close = nearest(option[:100], all_families())
            return "it is no family", f"did you mean '{close}'?" if close else ""
        if option == found.family.id:
            return chosen
        if option in alternatives:
            return "it could have been chosen", "it belongs under `alternatives`"
        return None
    return chosen if option == decision.choice else None


RULE = Rule(
    code="EQ815",
    name="rejected-option",
    severity=Severity.warning,
    needs=Needs.specification,
    check=_check,
    yields_to=("request", "symmetry", "task", "domain", "family", "interface", "layers"),
)
