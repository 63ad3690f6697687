"""An option that the kind of layer needs is missing.

What it does
------------
Reports required options that are absent, with what they mean. The fix adds the value that
design gives it.

Why it matters
--------------
Without it the layer is not determined: neither its parameters nor its code can be made.

Example
-------
```yaml
kind: steerable-conv
options: {size: [28, 28], layout: regular}
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
    code="EQ308",
    name="missing-option",
    severity=Severity.error,
    needs=Needs.specification,
    faults=("missing-option",),
)
