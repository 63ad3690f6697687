"""A key that appears twice in one mapping.

What it does
------------
Reports the second appearance and says where the first one is.

Why it matters
--------------
Most YAML readers keep the last value silently: the line that you read is not the one that counts.

Example
-------
```yaml
options:
  cutoff: 5.0
  cutoff: 6.0
```

Use instead
-----------
```yaml
options:
  cutoff: 5.0
```

References
----------
YAML 1.2.2, section 3.2.1.1 (keys of a mapping are unique), yaml.org/spec/1.2.2
"""

from __future__ import annotations

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Needs, Rule

RULE = Rule(
    code="EQ103",
    name="duplicate-key",
    severity=Severity.error,
    needs=Needs.data,
)
