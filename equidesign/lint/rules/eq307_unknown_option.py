"""An option that the kind of layer does not have.

What it does
------------
Reports keys of `options` that the kind does not know, with the nearest that it knows. The fix
renames a misspelt one.

Why it matters
--------------
An unknown option is a setting that is not made; here it is refused instead of ignored.

Example
-------
```yaml
kind: steerable-conv
options: {kernal: 5, size: [28, 28], layout: regular}
```

Use instead
-----------
```yaml
kind: steerable-conv
options: {kernel: 5, size: [28, 28], layout: regular}
```

References
----------
equidesign documentation: `equidesign schema architecture`
"""

from __future__ import annotations

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Needs, Rule

RULE = Rule(
    code="EQ307",
    name="unknown-option",
    severity=Severity.error,
    needs=Needs.specification,
    faults=("unknown-option",),
)
