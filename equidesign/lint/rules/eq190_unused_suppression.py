"""A suppression comment that hides nothing.

What it does
------------
Reports codes in `# equidesign: ignore[...]` comments for which there is no finding at that line.
The fix removes the comment.

Why it matters
--------------
A comment that outlives its reason will hide the next mistake at that line.

Example
-------
```yaml
name: ethanol-forces  # equidesign: ignore[EQ401] kept for a comparison
```

Use instead
-----------
```yaml
name: ethanol-forces
```

References
----------
ruff documentation, unused-noqa (RUF100), docs.astral.sh/ruff/rules/unused-noqa
"""

from __future__ import annotations

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Needs, Rule

RULE = Rule(
    code="EQ190",
    name="unused-suppression",
    severity=Severity.warning,
    needs=Needs.data,
)
