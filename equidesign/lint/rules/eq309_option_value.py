"""An option of the wrong type or out of its range.

What it does
------------
Reports options whose value is of another type than the kind expects, below or above its bounds,
not one of its choices, or a list with wrong items. The fix writes the nearest choice if design
makes no other (`--fix`), else the value that design gives the option (`--unsafe-fixes`).

Why it matters
--------------
A width of 0, a negative cutoff or a kernel written as text do not compile; some compile and
compute nothing.

Example
-------
```yaml
kind: spherical-edge-embedding
options: {cutoff: -5.0, neighbours: 16, num_basis: 8}
```

Use instead
-----------
```yaml
kind: spherical-edge-embedding
options: {cutoff: 5.0, neighbours: 16, num_basis: 8}
```

References
----------
equidesign documentation: `equidesign schema architecture`
"""

from __future__ import annotations

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Needs, Rule

RULE = Rule(
    code="EQ309",
    name="option-value",
    severity=Severity.error,
    needs=Needs.specification,
    faults=("option-value",),
)
