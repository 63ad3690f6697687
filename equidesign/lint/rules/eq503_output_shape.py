"""The shape of an output is not what the task asks for.

What it does
------------
Compares the shape of each output with the one that follows from the request: the number of
classes, targets or components, and the grid, or the name of what there is one of. The fix
writes the implied shape (`--fix`).

Why it matters
--------------
Losses and data loaders are written for these shapes.

Example
-------
```yaml
request:
  task: {type: classification, classes: 10}
interface:
  outputs:
    logits: {shape: [samples, 9], space: global, rep: 10xtrivial}
```

Use instead
-----------
```yaml
request:
  task: {type: classification, classes: 10}
interface:
  outputs:
    logits: {shape: [samples, 10], space: global, rep: 10xtrivial}
```

References
----------
equidesign documentation: `equidesign list tasks`
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.lint.agreement import NOTHING
from equidesign.lint.finding import Severity
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.lint.stated import contradictions, issue, shown

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    for found in contradictions(context, "interface", "outputs", "*", "shape"):
        if found.implied is not NOTHING:
            name, wanted = found.path[2], shown(found.implied)
            message = (
                f"'{name}' has the shape {shown(found.written)}, and the request implies {wanted}"
            )
            yield issue(context, found.path, message, found.implied)


RULE = Rule(
    code="EQ503",
    name="output-shape",
    severity=Severity.error,
    needs=Needs.specification,
    check=_check,
)
