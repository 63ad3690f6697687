"""A key that does not exist.

What it does
------------
Reports keys that no part of a specification or request has at that place, with the nearest one
that exists. The fix renames the key when one is near.

Why it matters
--------------
A misspelt key is a setting that is silently not made; here it is refused.

Example
-------
```yaml
layers:
  - name: interaction_1
    nonlinearty: gate
```

Use instead
-----------
```yaml
layers:
  - name: interaction_1
    nonlinearity: gate
```

References
----------
JSON Schema, additionalProperties, json-schema.org; equidesign documentation: `equidesign schema
architecture`
"""

from __future__ import annotations

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Needs, Rule

RULE = Rule(
    code="EQ105",
    name="unknown-key",
    severity=Severity.error,
    needs=Needs.data,
    faults=("unknown-key",),
)
