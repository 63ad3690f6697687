"""A field without components.

What it does
------------
Reports the representation `none` as the input or output of a layer. The fix writes the
representation that design writes there (`--unsafe-fixes`).

Why it matters
--------------
Nothing passes through a field of size zero: what comes after does not depend on the input.

Example
-------
```yaml
in: {space: atoms, rep: none}
```

Use instead
-----------
```yaml
in: {space: atoms, rep: 32x0e}
```

References
----------
Geiger & Smidt, e3nn: Euclidean neural networks (2022), arXiv:2207.09453, section 3
"""

from __future__ import annotations

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Needs, Rule

RULE = Rule(
    code="EQ321",
    name="empty-field",
    severity=Severity.error,
    needs=Needs.specification,
    faults=("empty-field",),
)
