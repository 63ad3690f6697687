"""Invariant and equivariant confused.

What it does
------------
Compares `symmetry.type` with the outputs: invariant if every output is one set of scalars a
sample, equivariant if some output turns or moves with the input. The fix writes the other type
(`--fix`).

Why it matters
--------------
It tells readers, and the rendered documentation, whether the output moves with the input.

Example
-------
```yaml
symmetry: {group: E(3) x S_n, type: invariant}
task: force_prediction
```

Use instead
-----------
```yaml
symmetry: {group: E(3) x S_n, type: equivariant}
task: force_prediction
```

References
----------
Cohen & Welling, Group equivariant convolutional networks, ICML 2016, section 2
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.lint.stated import issue

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    path = ("symmetry", "type")
    found = context.contradictions.get(path)
    if found is None or context.problem is None:
        return
    moving = [t.name for t in context.problem.targets if not (t.rep.is_scalar and t.per_sample)]
    why = f"'{moving[0]}' moves with the input" if moving else "no output moves with the input"
    yield issue(context, path, f"{why}, so this is not {found.written}", found.implied)


RULE = Rule(
    code="EQ207",
    name="symmetry-type",
    severity=Severity.error,
    needs=Needs.specification,
    check=_check,
)
