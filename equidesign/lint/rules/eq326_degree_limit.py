"""A degree beyond the tables of the library.

What it does
------------
Reports edge harmonics of degrees above 11. The fix writes the harmonics that design chooses
(`--unsafe-fixes`).

Why it matters
--------------
e3nn has spherical harmonics up to degree 11; the model stops when it is built.

Example
-------
```yaml
name: edge_embedding
out: {space: edges, rep: 1x0e + 1x1o + 1x12e}
```

Use instead
-----------
```yaml
name: edge_embedding
out: {space: edges, rep: 1x0e + 1x1o + 1x2e}
```

References
----------
e3nn documentation, o3.SphericalHarmonics, docs.e3nn.org
"""

from __future__ import annotations

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Needs, Rule

RULE = Rule(
    code="EQ326",
    name="degree-limit",
    severity=Severity.error,
    needs=Needs.specification,
    faults=("degree-limit",),
)
