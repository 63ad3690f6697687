"""Gates that nothing can make.

What it does
------------
Reports gated layers whose input has no path to an invariant scalar.

Why it matters
--------------
A gate multiplies each vector by a function of an invariant scalar of its own. Where none can
be made, the gates are constant and the layer is linear.

Example
-------
```yaml
in: {space: atoms, rep: 8x0o}
out: {space: atoms, rep: 8x1e}
nonlinearity: gate
```

Use instead
-----------
```yaml
in: {space: atoms, rep: 8x0e + 8x0o}
out: {space: atoms, rep: 8x1e}
nonlinearity: gate
```

References
----------
Weiler et al., 3D steerable CNNs, NeurIPS 2018, equation 6
"""

from __future__ import annotations

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Needs, Rule

RULE = Rule(
    code="EQ403",
    name="gate-without-scalars",
    severity=Severity.error,
    needs=Needs.specification,
    faults=("gate-without-scalars",),
)
