"""A value of the wrong type, outside its range, or not one of the choices.

What it does
------------
Reports values that the schema refuses: text where a number is expected, a negative count, a
domain or task that does not exist. It names the nearest choice.

Why it matters
--------------
A value that is read as something else changes the network, or the program stops later at a place
that says less.

Example
-------
```yaml
task:
  type: classification
  classes: ten
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
JSON Schema, type, enum, minimum, json-schema.org; equidesign documentation: `equidesign schema
request`
"""

from __future__ import annotations

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Needs, Rule

RULE = Rule(
    code="EQ108",
    name="wrong-value",
    severity=Severity.error,
    needs=Needs.data,
    faults=("wrong-value",),
)
