"""More memory for training than the request allows.

What it does
------------
Compares the memory of one training step, as it follows from parameters, activations and batch
size, with `request.constraints.max_memory_mb`. The budget is reported if design makes exactly
these layers for what they need; else the batch size where it was raised, and the written memory
otherwise.

Why it matters
--------------
A step that does not fit stops with an out-of-memory error, usually after the data have been
loaded.

Example
-------
```yaml
request:
  constraints: {max_memory_mb: 50}
cost:
  memory_mb: 81.9
```

Use instead
-----------
```yaml
request:
  constraints: {max_memory_mb: 100}
cost:
  memory_mb: 81.9
```

References
----------
Rajbhandari et al., ZeRO: memory optimizations toward training trillion parameter models, SC 2020
(16 bytes for a parameter under Adam, section 3)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.design.sizing import batch_size
from equidesign.layers.measure import batch_size_of
from equidesign.layers.pipeline import memory_mb
from equidesign.lint.budget import is_designed_for
from equidesign.lint.finding import Severity
from equidesign.lint.registry import Issue, Needs, Rule

if TYPE_CHECKING:
    from equidesign.lint.context import Context
    from equidesign.spec.specification import Specification


def _check(context: Context) -> Iterator[Issue]:
    request, measured = context.request, context.measured
    budget = request.constraints.max_memory_mb if request else None
    if request is None or measured is None or budget is None:
        return
    needed = measured.cost.memory_mb
    if needed <= budget:
        return
    message = f"a training step needs {needed:,} MB, and the budget is {budget:,} MB"
    size = batch_size_of(measured.training)
    usual = batch_size(context.problem) if context.problem else size
    if size > usual and _memory(measured, usual) <= budget:
        hint = f"a batch size of {usual} fits"
        yield Issue(("training", "batch_size"), message, hint)
    elif is_designed_for(context, max_memory_mb=_memory(measured, usual)):
        path = ("request", "constraints", "max_memory_mb")
        hint = f"raise it to {needed}, or design again: `equidesign design` fits the widths"
        yield Issue(path, message, hint)
    else:
        hint = "lower widths or training.batch_size, or raise request.constraints.max_memory_mb"
        yield Issue(("cost", "memory_mb"), message, hint)


def _memory(spec: Specification, batch: int) -> float:
    return memory_mb(spec.parameters.total, spec.cost.activations, batch)


RULE = Rule(
    code="EQ705",
    name="memory-budget",
    severity=Severity.error,
    needs=Needs.sound,
    check=_check,
    yields_to=("symmetry", "family", "interface", "layers"),
)
