"""An output of the interface that no layer writes.

What it does
------------
Reports outputs whose name is in no layer's `writes`. The fix writes the `writes` that design
gives the layer whose own was edited (`--unsafe-fixes`).

Why it matters
--------------
The model would have nothing to return under this name; rendering stops here.

Example
-------
```yaml
interface:
  outputs:
    energy: {shape: [samples, 1], rep: 1x0e}
layers:
  - name: energy_pooling
    writes: enrgy
```

Use instead
-----------
```yaml
interface:
  outputs:
    energy: {shape: [samples, 1], rep: 1x0e}
layers:
  - name: energy_pooling
    writes: energy
```

References
----------
equidesign documentation: `equidesign schema architecture`
"""

from __future__ import annotations

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Needs, Rule

RULE = Rule(
    code="EQ501",
    name="unwritten-output",
    severity=Severity.error,
    needs=Needs.specification,
    faults=("unwritten-output",),
)
