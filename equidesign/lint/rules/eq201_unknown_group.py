"""A group expression that means no group.

What it does
------------
Reports values of `symmetry.group`, `symmetry.canonical`, `symmetry.acts_on_features` and
`interface.group` that cannot be read as a group, with the nearest expression that can. The fix
writes the group that the request declares.

Why it matters
--------------
Without the group no representation can be read, and verify would not know which transformations
to try.

Example
-------
```yaml
symmetry:
  group: E(3) x S_n
  canonical: EE(3) x S_n
```

Use instead
-----------
```yaml
symmetry:
  group: E(3) x S_n
  canonical: E(3) x S_n
```

References
----------
Hall, Lie groups, Lie algebras, and representations, 2nd ed., 2015, chapter 1; equidesign
documentation: `equidesign list groups`
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.errors import EquidesignError
from equidesign.groups.names import parse_group
from equidesign.lint.agreement import GROUP_PATHS
from equidesign.lint.finding import Severity
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.lint.stated import fix_to
from equidesign.spec.request import UNKNOWN

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    for path in GROUP_PATHS:
        text = context.value(path)
        if not isinstance(text, str) or (text == UNKNOWN and path == ("symmetry", "group")):
            continue
        try:
            parse_group(text)
        except EquidesignError as error:
            found = context.contradictions.get(path)
            hint = error.hint or error.expected or ""
            fix = fix_to(context, path, found.implied) if found else None
            yield Issue(path, error.what, hint, fix)


RULE = Rule(
    code="EQ201",
    name="unknown-group",
    severity=Severity.error,
    needs=Needs.specification,
    check=_check,
)
