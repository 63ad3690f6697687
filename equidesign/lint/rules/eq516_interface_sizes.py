"""Typical sizes of a sample that are not those of the request.

What it does
------------
Compares `interface.sizes`, the numbers of points, edges, elements or nodes of a typical sample,
with those that the request implies. The fix writes, adds, renames or removes the size
(`--fix`).

Why it matters
--------------
Example inputs are drawn with these sizes, so tests run on samples that are not like the data;
costs are given for them.

Example
-------
```yaml
request:
  data: {domain: sets, size: 100}
interface:
  sizes: {elements: 10}
```

Use instead
-----------
```yaml
request:
  data: {domain: sets, size: 100}
interface:
  sizes: {elements: 100}
```

References
----------
equidesign documentation: `equidesign list domains`
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.lint.finding import Severity
from equidesign.lint.names import misnamed, rightly_named
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.lint.stated import contradictions, issue, shown

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    contradicted = tuple(contradictions(context, "interface", "sizes"))
    yield from misnamed(contradicted, "size")
    for found in rightly_named(contradicted):
        name, size = str(found.path[-1])[:80], shown(found.implied)
        message = f"the typical number of {name} is {shown(found.written)} here, and {size} by the request"
        yield issue(context, found.path, message, found.implied)


RULE = Rule(
    code="EQ516",
    name="interface-sizes",
    severity=Severity.warning,
    needs=Needs.specification,
    check=_check,
)
