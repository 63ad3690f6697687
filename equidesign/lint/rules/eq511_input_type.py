"""An input that is not what the request says it is.

What it does
------------
Compares shape, dtype, space, representation, role, layout and values of every input, and
whether it moves along with translations, with what the request implies. The fix writes what is
implied, or removes the field (`--fix`).

Why it matters
--------------
Verify draws and transforms inputs by these fields: with a wrong one it tests something else, and
a broken model may pass.

Example
-------
```yaml
interface:
  inputs:
    pos: {shape: [points, 3], space: atoms, rep: 1x1e, translates: true}
```

Use instead
-----------
```yaml
interface:
  inputs:
    pos: {shape: [points, 3], space: atoms, rep: 1x1o, translates: true}
```

References
----------
Geiger & Smidt, e3nn: Euclidean neural networks, 2022, arXiv:2207.09453, section 2; equidesign
documentation: `equidesign list domains`
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
    yield from tensor_issues(context, "inputs")


RULE = Rule(
    code="EQ511",
    name="input-type",
    severity=Severity.error,
    needs=Needs.specification,
    check=_check,
)
