"""A command that does not check the symmetry.

What it does
------------
Reports a `verification.command` that does not call `equidesign verify`, and a
`verification.test` that does not run test_equivariance.py. The fix writes the command that
design writes (`--fix`).

Why it matters
--------------
These two lines are the evidence for everything else in the file. They stand in SPECIFICATION.md
for others to run.

Example
-------
```yaml
verification:
  command: python model.py
  test: pytest
```

Use instead
-----------
```yaml
verification:
  command: equidesign verify .
  test: pytest test_equivariance.py
```

References
----------
equidesign documentation: `equidesign verify --help`; pytest documentation, docs.pytest.org
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.lint.finding import Fix, SetValue, Severity
from equidesign.lint.recipe import default
from equidesign.lint.registry import Issue, Needs, Rule

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    spec = context.spec
    if spec is None:
        return
    for key, words in NEEDED.items():
        text = spec.verification.get(key)
        if not isinstance(text, str) or not text.strip() or words.search(text[:1000]):
            continue  # of another type, or empty: said where settings are checked
        path = ("verification", key)
        usual = default(context, path)
        fix = Fix(f"write {usual}", True, (SetValue(path, usual),)) if usual else None
        what = "verifies nothing" if key == "command" else "does not run test_equivariance.py"
        yield Issue(path, f"'{text[:80]}' {what}", f"write {usual}" if usual else "", fix)


NEEDED = {
    "command": re.compile(r"\bequidesign(\.exe)?\s+verify\s+\S"),
    "test": re.compile(r"\b(pytest|py\.test)\b.*\b(test_equivariance\.py\b|-k\s*equivariance)"),
}


RULE = Rule(
    code="EQ810",
    name="verification-command",
    severity=Severity.warning,
    needs=Needs.specification,
    check=_check,
)
