"""An output that a layer of this kind can not make.

What it does
------------
Reports output representations that contradict what the kind computes: more statistics than a
pooling has, an edge embedding that is not the harmonics of a vector, a gate that does not write
its scalars first. The fix writes the representation that design lets the layer write
(`--unsafe-fixes`).

Why it matters
--------------
The representation of the output follows from the input and the kind. Any other one mislabels
components, and the next layer treats them wrongly.

Example
-------
```yaml
kind: pool-elements
pooling: sum-mean-max
in: {space: elements, rep: 64xtrivial}
out: {space: global, rep: 64xtrivial}
```

Use instead
-----------
```yaml
kind: pool-elements
pooling: sum-mean-max
in: {space: elements, rep: 64xtrivial}
out: {space: global, rep: 192xtrivial}
```

References
----------
Geiger & Smidt, e3nn: Euclidean neural networks (2022), arXiv:2207.09453, section 3; Zaheer et
al., Deep sets, NeurIPS 2017, theorem 2
"""

from __future__ import annotations

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Needs, Rule

RULE = Rule(
    code="EQ312",
    name="layer-output",
    severity=Severity.error,
    needs=Needs.specification,
    faults=("layer-output",),
)
