"""Different groups at the places that name the symmetry.

What it does
------------
Compares the group of the request with `symmetry.group`, `symmetry.canonical` and
`interface.group`. The one that disagrees with the others is reported; if that is the request,
it is reported there. The fix writes the request's group at the other places (`--fix`), or puts
the request's back (`--unsafe-fixes`).

Why it matters
--------------
The layers are typed under one group and verify tests another: a network that is right can fail,
and a wrong one can pass.

Example
-------
```yaml
request:
  symmetry: {group: E(3) x S_n}
symmetry:
  group: E(3) x S_n
  canonical: SE(3) x S_n
```

Use instead
-----------
```yaml
request:
  symmetry: {group: E(3) x S_n}
symmetry:
  group: E(3) x S_n
  canonical: E(3) x S_n
```

References
----------
Hall, Lie groups, Lie algebras, and representations, 2nd ed., 2015, chapter 1; Bronstein et al.,
Geometric deep learning, 2021, arXiv:2104.13478, section 3
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.lint.agreement import readable_group
from equidesign.lint.finding import Severity
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.lint.stated import issue, suspected
from equidesign.spec.request import UNKNOWN

if TYPE_CHECKING:
    from equidesign.lint.context import Context


_PATHS = (("symmetry", "group"), ("symmetry", "canonical"), ("interface", "group"))


def _check(context: Context) -> Iterator[Issue]:
    yield from suspected(context, ("symmetry", "group"))
    for path in _PATHS:
        found = context.contradictions.get(path)
        if found is None or (readable_group(found.written) is None and found.written != UNKNOWN):
            continue
        message = f"the group here is {found.written}, and the request declares {found.implied}"
        yield issue(context, path, message, found.implied)


RULE = Rule(
    code="EQ202",
    name="group-mismatch",
    severity=Severity.error,
    needs=Needs.specification,
    check=_check,
)
