"""A decision by a rule that does not exist, or that did not decide it.

What it does
------------
Reports rules under `decisions` that `equidesign list rules` does not show, with the nearest
one, and rules that do not lead to the choice. The fix writes the rule that decided (`--fix`).

Why it matters
--------------
The rule is where the reason comes from: `equidesign explain RULE` prints it.

Example
-------
```yaml
- step: family
  choice: NequIP
  rule: molecule-force
```

Use instead
-----------
```yaml
- step: family
  choice: NequIP
  rule: molecules-forces
```

References
----------
equidesign documentation: `equidesign explain architecture.yaml`, `equidesign list rules`; Nygard,
Documenting architecture decisions, 2011,
cognitect.com/blog/2011/11/15/documenting-architecture-decisions
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.design.rules.table import rules_table
from equidesign.lint.decided import steps_in_order
from equidesign.lint.finding import Fix, SetValue, Severity
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.spec.decision import Step
from equidesign.spec.request import UNKNOWN

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    found = context.decided
    if found is None:
        return
    declared = found.problem.request.symmetry.group != UNKNOWN
    by_table = found.choice.rule
    right = {
        Step.group: "declared" if declared else "from-transformations",
        Step.family: by_table,
        Step.layers: "largest-that-fits",
        Step.topology: by_table,
        Step.library: by_table,
        Step.specification: "typed-layers",
    }
    for index, decision in steps_in_order(context):
        rule = right[decision.step]
        if decision.rule == rule:
            continue
        path = ("decisions", index, "rule")
        known = {*right.values(), *(row.id for row in rules_table())}
        what = "did not decide this" if decision.rule in known else "is no rule"
        fix = Fix(f"write {rule}", True, (SetValue(path, rule),))
        yield Issue(path, f"'{decision.rule[:80]}' {what}", f"write {rule}", fix)


RULE = Rule(
    code="EQ814",
    name="decision-rule",
    severity=Severity.warning,
    needs=Needs.specification,
    check=_check,
    yields_to=("request", "symmetry", "task", "domain", "family", "interface", "layers"),
)
