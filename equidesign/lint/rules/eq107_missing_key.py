"""A key that has to be there is missing.

What it does
------------
Reports required keys that are absent, at the mapping that lacks them, and says what the value
should be.

Why it matters
--------------
Without it the architecture is not determined, or its reader cannot tell what was decided.

Example
-------
```yaml
layers:
  - name: pooling
    in: {space: points, rep: 8x0e}
    out: {space: global, rep: 8x0e}
```

Use instead
-----------
```yaml
layers:
  - name: pooling
    kind: pool-points
    in: {space: points, rep: 8x0e}
    out: {space: global, rep: 8x0e}
```

References
----------
JSON Schema, required, json-schema.org; equidesign documentation: `equidesign schema architecture`
"""

from __future__ import annotations

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Needs, Rule

RULE = Rule(
    code="EQ107",
    name="missing-key",
    severity=Severity.error,
    needs=Needs.data,
    faults=("missing-key",),
)
