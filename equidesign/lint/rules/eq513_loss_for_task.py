"""A loss that is not for the task.

What it does
------------
Compares `training.loss` with the loss of the task: cross_entropy for classes, mse for
regressions, energy_force_mse for forces, frame_mse for poses, flow_matching or
reconstruction_mse for generation. The fix writes the loss of the task (`--fix`).

Why it matters
--------------
The training script is written for the outputs of the task: another loss does not fit their shapes
or their meaning.

Example
-------
```yaml
task: force_prediction
training: {loss: cross_entropy}
```

Use instead
-----------
```yaml
task: force_prediction
training: {loss: energy_force_mse}
```

References
----------
Batzner et al., NequIP, Nature Communications 13, 2453 (2022), eq. 12; Lipman et al., Flow
matching for generative modeling, ICLR 2023
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.lint.finding import Severity
from equidesign.lint.reading import ABSENT
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.lint.stated import issue, shown

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    from equidesign.design.recipe import loss_for

    if context.spec is None or context.problem is None:
        return
    loss = loss_for(context.problem)
    written = context.spec.training.get("loss", ABSENT)
    if written is not ABSENT and written != loss:
        task = context.problem.task.replace("_", " ")
        yield issue(context, ("training", "loss"), f"{shown(written)} is no loss for {task}", loss)


RULE = Rule(
    code="EQ513",
    name="loss-for-task",
    severity=Severity.error,
    needs=Needs.specification,
    check=_check,
)
