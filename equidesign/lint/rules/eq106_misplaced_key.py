"""A key that belongs to another part of the file.

What it does
------------
Reports keys that exist elsewhere: `cutoff` in `task` instead of `data`, `classes` in `data`
instead of `task`.

Why it matters
--------------
The setting is meant, and would not be made where it stands.

Example
-------
```yaml
data:
  domain: images
  classes: 10
```

Use instead
-----------
```yaml
task:
  type: classification
  classes: 10
```

References
----------
equidesign documentation: `equidesign list domains`, `equidesign list tasks`
"""

from __future__ import annotations

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Needs, Rule

RULE = Rule(
    code="EQ106",
    name="misplaced-key",
    severity=Severity.error,
    needs=Needs.data,
    faults=("misplaced-key",),
)
