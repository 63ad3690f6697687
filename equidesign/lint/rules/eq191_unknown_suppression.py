"""A suppression comment that names no lint code.

What it does
------------
Reports `# equidesign: ignore` comments without codes, and codes that no rule has, with the
nearest one.

Why it matters
--------------
A comment that hides everything hides what nobody has seen yet; one with a misspelt code hides
nothing.

Example
-------
```yaml
nonlinearity: relu  # equidesign: ignore[EQ4O1]
```

Use instead
-----------
```yaml
nonlinearity: relu  # equidesign: ignore[EQ401] ablation without equivariance
```

References
----------
ruff documentation, blanket-noqa (PGH004), docs.astral.sh/ruff/rules/blanket-noqa
"""

from __future__ import annotations

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Needs, Rule

RULE = Rule(
    code="EQ191",
    name="unknown-suppression",
    severity=Severity.warning,
    needs=Needs.data,
)
