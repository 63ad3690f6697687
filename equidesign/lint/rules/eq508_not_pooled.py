"""An output for a whole sample that is not pooled over its points.

What it does
------------
Reports outputs that the interface declares as one value a sample (`space: global`), and whose
last layer writes one for every point, pixel, node or element. The fix writes the space that
design writes at the one of interface and layer that was edited (`--unsafe-fixes`).

Why it matters
--------------
The values would come in the order and number of the points: not invariant to permutations, and of
the wrong shape.

Example
-------
```yaml
interface:
  outputs:
    energy: {shape: [samples, 1], space: global, rep: 1x0e}
layers:
  - name: energy_readout
    out: {space: atoms, rep: 1x0e}
    writes: energy
```

Use instead
-----------
```yaml
interface:
  outputs:
    energy: {shape: [samples, 1], space: global, rep: 1x0e}
layers:
  - name: energy_pooling
    out: {space: global, rep: 1x0e}
    writes: energy
```

References
----------
Zaheer et al., Deep sets, NeurIPS 2017, theorem 2
"""

from __future__ import annotations

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Needs, Rule

RULE = Rule(
    code="EQ508",
    name="not-pooled",
    severity=Severity.error,
    needs=Needs.specification,
    faults=("not-pooled",),
)
