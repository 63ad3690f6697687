"""A nonlinearity that a layer of this kind does not have.

What it does
------------
Reports values of `nonlinearity` that do not exist or that the kind has no code for, with those
it has. The fix writes the nearest name if it is the one of the design (`--fix`), else the
nonlinearity that design gives the layer (`--unsafe-fixes`).

Why it matters
--------------
What is not compiled does not act; a name that is near another one may be taken for it.

Example
-------
```yaml
kind: nequip-interaction
nonlinearity: gates
```

Use instead
-----------
```yaml
kind: nequip-interaction
nonlinearity: gate
```

References
----------
equidesign documentation: `equidesign schema architecture`
"""

from __future__ import annotations

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Needs, Rule

RULE = Rule(
    code="EQ402",
    name="illegal-nonlinearity",
    severity=Severity.error,
    needs=Needs.specification,
    faults=("illegal-nonlinearity",),
)
