"""An output that is not what the request asks for.

What it does
------------
Compares dtype, space, representation, role and layout of every output, and whether it moves
along with translations, with what the task implies. The fix writes what is implied, or removes
the field (`--fix`).

Why it matters
--------------
Verify transforms outputs by these fields, and users read from them what the numbers are.

Example
-------
```yaml
interface:
  outputs:
    forces: {shape: [points, 3], space: atoms, rep: 1x1o, translates: true}
```

Use instead
-----------
```yaml
interface:
  outputs:
    forces: {shape: [points, 3], space: atoms, rep: 1x1o}
```

References
----------
Geiger & Smidt, e3nn: Euclidean neural networks, 2022, arXiv:2207.09453, section 2; equidesign
documentation: `equidesign list tasks`
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.lint.finding import Severity
from equidesign.lint.names import tensor_issues
from equidesign.lint.registry import Issue, Needs, Rule

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    yield from tensor_issues(context, "outputs")


RULE = Rule(
    code="EQ512",
    name="output-type",
    severity=Severity.error,
    needs=Needs.specification,
    check=_check,
)
