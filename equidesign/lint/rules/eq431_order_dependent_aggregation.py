"""An aggregation that depends on the order of the elements.

What it does
------------
Reports poolings such as `first`, `last`, `concat` or `lstm` on points, atoms, elements or
nodes. The fix writes the pooling that design gives the layer (`--unsafe-fixes`).

Why it matters
--------------
The order in which a set is listed means nothing; a model that reads it gives another answer
for the same set, and no permutation symmetry is left.

Example
-------
```yaml
kind: pool-elements
pooling: lstm
```

Use instead
-----------
```yaml
kind: pool-elements
pooling: sum-mean-max
```

References
----------
Zaheer et al., Deep sets, NeurIPS 2017, theorem 2; Vinyals et al., Order matters, ICLR 2016,
section 4
"""

from __future__ import annotations

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Needs, Rule

RULE = Rule(
    code="EQ431",
    name="order-dependent-aggregation",
    severity=Severity.error,
    needs=Needs.specification,
    faults=("order-dependent",),
)
