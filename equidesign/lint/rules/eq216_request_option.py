"""A layer whose option is not what the request says.

What it does
------------
Compares options that repeat the request, `cutoff`, `neighbours`, `species`, `num_species` and
`bandwidth`, with it. The fix writes what the request implies (`--unsafe-fixes`).

Why it matters
--------------
A cutoff that differs from the one asked for gives a model of other physics; a species missing
from an embedding gives wrong results for its atoms, or an index error.

Example
-------
```yaml
request:
  data: {domain: molecules, cutoff: 5.0}
layers:
  - name: edge_embedding
    options: {cutoff: 4.0}
```

Use instead
-----------
```yaml
request:
  data: {domain: molecules, cutoff: 5.0}
layers:
  - name: edge_embedding
    options: {cutoff: 5.0}
```

References
----------
Batzner et al., NequIP, Nature Communications 13, 2453 (2022), Methods
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.lint.stated import contradictions, issue, shown

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    for found in contradictions(context, "layers", "*", "options"):
        if found.path[-1] == "axis":
            continue
        message = (
            f"'{found.path[-1]}' is {shown(found.written)} here, and the request implies "
            f"{shown(found.implied)}"
        )
        yield issue(context, found.path, message, found.implied, safe=False)


RULE = Rule(
    code="EQ216",
    name="request-option",
    severity=Severity.error,
    needs=Needs.specification,
    check=_check,
)
