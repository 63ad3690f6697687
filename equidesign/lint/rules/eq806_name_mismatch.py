"""A name that is not the one in the request.

What it does
------------
Compares `name` with `request.name`. In a bundle the request.yaml beside it says which of the
two was changed. The fix writes the other name there (`--fix`).

Why it matters
--------------
The name is the folder, the title and the default output of train.py. Two names for one network
end up as two folders.

Example
-------
```yaml
name: aspirin-forces
request:
  name: ethanol-forces
```

Use instead
-----------
```yaml
name: ethanol-forces
request:
  name: ethanol-forces
```

References
----------
equidesign documentation: `equidesign schema architecture`
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.lint.finding import Fix, SetValue, Severity
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.spec.yamlio import KeyPath

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    spec = context.spec
    if spec is None or spec.name == spec.request.name:
        return
    text = context.bundle.texts.get("request.yaml", "") if context.bundle else ""
    echo_edited = re.search(rf"^name:[ ]*{spec.name}[ ]*\r?$", text, re.MULTILINE) is not None
    path: KeyPath = ("request", "name") if echo_edited else ("name",)
    here, there = (spec.request.name, spec.name) if echo_edited else (spec.name, spec.request.name)
    where = "name" if echo_edited else "request.name"
    fix = Fix(f"write {there}", True, (SetValue(path, there),))
    yield Issue(path, f"'{here}' here, and '{there}' at `{where}`", f"write {there}", fix)


RULE = Rule(
    code="EQ806",
    name="name-mismatch",
    severity=Severity.warning,
    needs=Needs.specification,
    check=_check,
)
