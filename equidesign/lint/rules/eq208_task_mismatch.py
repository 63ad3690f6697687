"""Different tasks in the request and in what was made of it.

What it does
------------
Compares `task` with `request.task.type`, and both with what the outputs are made for. The one
that disagrees with the rest is reported. The fix writes the request's task (`--fix`), or puts
the request's back (`--unsafe-fixes`).

Why it matters
--------------
Loss, training script and documentation follow the task.

Example
-------
```yaml
task: classification
request:
  task: {type: force_prediction}
```

Use instead
-----------
```yaml
task: force_prediction
request:
  task: {type: force_prediction}
```

References
----------
equidesign documentation: `equidesign list tasks`
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.lint.stated import issue, suspected

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    yield from suspected(context, ("task", "type"))
    found = context.contradictions.get(("task",))
    if found is not None:
        message = f"the task here is {found.written[:80]}, and the request says {found.implied}"
        yield issue(context, found.path, message, found.implied)


RULE = Rule(
    code="EQ208",
    name="task-mismatch",
    severity=Severity.error,
    needs=Needs.request,
    check=_check,
)
