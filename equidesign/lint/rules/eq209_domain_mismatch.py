"""Different domains in the request and in what was made of it.

What it does
------------
Compares `domain` with `request.data.domain`, and both with what the inputs are made for. The
one that disagrees with the rest is reported. The fix writes the request's domain (`--fix`), or
puts the request's back (`--unsafe-fixes`).

Why it matters
--------------
Inputs, data loading and documentation follow the domain.

Example
-------
```yaml
domain: point_clouds
request:
  data: {domain: molecules}
```

Use instead
-----------
```yaml
domain: molecules
request:
  data: {domain: molecules}
```

References
----------
equidesign documentation: `equidesign list domains`
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
    yield from suspected(context, ("data", "domain"))
    found = context.contradictions.get(("domain",))
    if found is not None:
        message = f"the domain here is {found.written[:80]}, and the request says {found.implied}"
        yield issue(context, found.path, message, found.implied)


RULE = Rule(
    code="EQ209",
    name="domain-mismatch",
    severity=Severity.error,
    needs=Needs.request,
    check=_check,
)
