"""A pooling that a layer of this kind does not have.

What it does
------------
Reports values of `pooling` that do not exist or that the kind has no code for, with those it
has. The fix writes the nearest name if it is the one of the design (`--fix`), else the pooling
that design gives the layer (`--unsafe-fixes`).

Why it matters
--------------
What is not compiled does not act, and the specification describes another network than the
code.

Example
-------
```yaml
kind: pool-pixels
pooling: average
```

Use instead
-----------
```yaml
kind: pool-pixels
pooling: mean
```

References
----------
equidesign documentation: `equidesign schema architecture`
"""

from __future__ import annotations

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Needs, Rule

RULE = Rule(
    code="EQ432",
    name="illegal-pooling",
    severity=Severity.error,
    needs=Needs.specification,
    faults=("illegal-pooling",),
)
