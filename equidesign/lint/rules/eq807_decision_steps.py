"""Decisions that are not the six steps in their order.

What it does
------------
Reports steps that are missing under `decisions`, that appear twice, and those at the wrong
place. The order is group, family, layers, topology, library, specification. The fix writes the
missing step where a wrong one stands in its place, and removes an exact copy (`--fix`).

Why it matters
--------------
Each step rests on those before it. A reader who follows them must find every one, once.

Example
-------
```yaml
decisions:
  - {step: family, choice: NequIP, rule: molecules-forces, why: forces}
  - {step: group, choice: E(3), rule: declared, why: declared in the request}
```

Use instead
-----------
```yaml
decisions:
  - {step: group, choice: E(3), rule: declared, why: declared in the request}
  - {step: family, choice: NequIP, rule: molecules-forces, why: forces}
```

References
----------
Nygard, Documenting architecture decisions, 2011,
cognitect.com/blog/2011/11/15/documenting-architecture-decisions; equidesign documentation:
`equidesign explain architecture.yaml`, `equidesign list rules`
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.lint.decided import STEPS
from equidesign.lint.finding import Fix, RemoveKey, SetValue, Severity
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.spec.yamlio import KeyPath

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    steps = [each.step for each in context.spec.decisions] if context.spec else list(STEPS)
    if tuple(steps) == STEPS:
        return
    order = f"the steps are {', '.join(STEPS)}"
    if len(steps) == len(STEPS):
        for index, (step, wanted) in enumerate(zip(steps, STEPS, strict=True)):
            if step is not wanted:
                path: KeyPath = ("decisions", index, "step")
                message = f"step {index + 1} is '{wanted}', not '{step}'"
                fix = Fix(f"write {wanted}", True, (SetValue(path, str(wanted)),))
                certain = sorted(steps) != sorted(STEPS)  # else two decisions changed places
                yield Issue(path, message, order, fix if certain else None)
        return
    for index, step in enumerate(steps):
        if step in steps[:index]:
            path = ("decisions", index, "step")
            made = context.data["decisions"]
            fix = Fix("remove it", True, (RemoveKey(("decisions", index)),))
            same = made[index] == made[steps.index(step)]
            yield Issue(path, f"the step '{step}' is there twice", order, fix if same else None)
    absent = [step for step in STEPS if step not in steps]
    if absent:
        message = f"the step{'s' if len(absent) > 1 else ''} {', '.join(absent)} is not there"
        message = message if len(absent) == 1 else message.replace(" is not", " are not")
        yield Issue(("decisions",), message, order, on_key=True)


RULE = Rule(
    code="EQ807",
    name="decision-steps",
    severity=Severity.warning,
    needs=Needs.specification,
    check=_check,
)
