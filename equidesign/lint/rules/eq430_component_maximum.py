"""A maximum of components that the group mixes.

What it does
------------
Reports maxima, minima and medians of single components of vectors and tensors, and group
pooling of fields that are not regular. The fix writes what design writes at the pooling or
representation that was edited (`--unsafe-fixes`).

Why it matters
--------------
The largest x and the largest y come from different vectors: the result is none of them and
does not turn with them. Components that the group only permutes do have an invariant maximum.

Example
-------
```yaml
kind: pool-points
in: {space: points, rep: 8x0e + 8x1o}
pooling: max
```

Use instead
-----------
```yaml
kind: pool-points
in: {space: points, rep: 8x0e + 8x1o}
pooling: mean
```

References
----------
Cohen & Welling, Group equivariant convolutional networks, ICML 2016, section 6.3; Weiler &
Cesa, General E(2)-equivariant steerable CNNs, NeurIPS 2019, section 2.4
"""

from __future__ import annotations

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Needs, Rule

RULE = Rule(
    code="EQ430",
    name="component-maximum",
    severity=Severity.error,
    needs=Needs.specification,
    faults=("component-maximum",),
)
