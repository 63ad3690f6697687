"""A group that is not written by its canonical name.

What it does
------------
Reports `symmetry.canonical`, `symmetry.acts_on_features` and `interface.group` written in
another spelling of the right group: `C_4` or `p4` for C4, `O3` for O(3). The fix writes the
canonical name (`--fix`).

Why it matters
--------------
These fields are compared as text by scripts, and by people in a diff: one group should have one
name there. `symmetry.group` may have any spelling.

Example
-------
```yaml
symmetry: {group: p4m, canonical: p4m}
```

Use instead
-----------
```yaml
symmetry: {group: p4m, canonical: D4}
```

References
----------
equidesign documentation: `equidesign list groups`
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.lint.agreement import GROUP_PATHS, readable_group
from equidesign.lint.finding import Severity
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.lint.stated import issue

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    for path in GROUP_PATHS[1:]:
        text = context.value(path)
        group = readable_group(text) if isinstance(text, str) else None
        if group is not None and group.name != text and path not in context.contradictions:
            yield issue(context, path, f"the canonical name is {group.name}", group.name)


RULE = Rule(
    code="EQ213",
    name="group-spelling",
    severity=Severity.warning,
    needs=Needs.specification,
    check=_check,
)
