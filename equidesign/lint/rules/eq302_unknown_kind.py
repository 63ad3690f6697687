"""A kind of layer that does not exist.

What it does
------------
Reports a `kind` that no registered layer has, with the nearest that exists. The fix writes it.

Why it matters
--------------
Nothing is known about an unknown kind: its type, its parameters and its code are missing, and
everything that reads it is unchecked.

Example
-------
```yaml
layers:
  - name: interaction_1
    kind: nequip-interacton
```

Use instead
-----------
```yaml
layers:
  - name: interaction_1
    kind: nequip-interaction
```

References
----------
equidesign documentation: `equidesign list layers`; equidesign documentation: `equidesign
schema architecture`
"""

from __future__ import annotations

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Needs, Rule

RULE = Rule(
    code="EQ302",
    name="unknown-kind",
    severity=Severity.error,
    needs=Needs.specification,
    faults=("unknown-kind",),
)
