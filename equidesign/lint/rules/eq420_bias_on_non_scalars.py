"""A constant that is added to what the group moves.

What it does
------------
Reports shifts, biases and learned constants on representations other than invariant scalars.
The fix removes an option that design does not write, and else writes the representation of the
design (`--unsafe-fixes`).

Why it matters
--------------
A fixed vector points in a fixed direction of space. Added to a feature that turns, it does not
turn with it.

Example
-------
```yaml
kind: scale-shift
in: {space: atoms, rep: 1x1o}
out: {space: atoms, rep: 1x1o}
```

Use instead
-----------
```yaml
kind: scale-shift
in: {space: atoms, rep: 1x0e}
out: {space: atoms, rep: 1x0e}
```

References
----------
Geiger & Smidt, e3nn: Euclidean neural networks (2022), arXiv:2207.09453, section 3; Weiler &
Cesa, General E(2)-equivariant steerable CNNs, NeurIPS 2019, section 2.4
"""

from __future__ import annotations

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Needs, Rule

RULE = Rule(
    code="EQ420",
    name="bias-on-non-scalars",
    severity=Severity.error,
    needs=Needs.specification,
    faults=("bias-on-non-scalars",),
)
