"""Dropout of single components.

What it does
------------
Reports options for dropout on layers that carry representations other than invariant scalars.
The fix removes the option, since design writes none (`--unsafe-fixes`).

Why it matters
--------------
Zeroing the x component of a vector while y and z stay is a projection along an axis of space.
Whole irreps or whole points can be dropped.

Example
-------
```yaml
kind: nequip-interaction
out: {space: atoms, rep: 32x0e + 16x1o}
options: {dropout: 0.1}
```

Use instead
-----------
```yaml
kind: nequip-interaction
out: {space: atoms, rep: 32x0e + 16x1o}
options: {}
```

References
----------
e3nn documentation, nn.Dropout, docs.e3nn.org; escnn documentation, nn.FieldDropout
"""

from __future__ import annotations

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Needs, Rule

RULE = Rule(
    code="EQ448",
    name="component-dropout",
    severity=Severity.error,
    needs=Needs.specification,
    faults=("component-dropout",),
)
