"""Two layers of one name.

What it does
------------
Reports the second layer of a name.

Why it matters
--------------
Sources, skips and the table of parameters go by name; in the generated model the second layer
replaces the first.

Example
-------
```yaml
layers:
  - name: interaction_1
  - name: interaction_1
```

Use instead
-----------
```yaml
layers:
  - name: interaction_1
  - name: interaction_2
```

References
----------
equidesign documentation: `equidesign schema architecture`
"""

from __future__ import annotations

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Needs, Rule

RULE = Rule(
    code="EQ306",
    name="duplicate-layer",
    severity=Severity.error,
    needs=Needs.specification,
    faults=("duplicate-layer",),
)
