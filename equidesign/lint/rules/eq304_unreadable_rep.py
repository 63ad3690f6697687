"""Text that is no representation of the group.

What it does
------------
Reports representations that can't be read under the group that acts on features: a missing
parity under O(3), a parity under SO(3), `regular` under a continuous group, an irrep that the
group does not have, a multiplicity of 0. The hint says what would be right. The fix writes the
representation that design writes there (`--unsafe-fixes`).

Why it matters
--------------
Without parity it is open how a feature behaves under reflections, and a layer can't be checked
against the next one.

Example
-------
```yaml
out: {space: atoms, rep: 32x0 + 16x1}
```

Use instead
-----------
```yaml
out: {space: atoms, rep: 32x0e + 16x1o}
```

References
----------
Geiger & Smidt, e3nn: Euclidean neural networks (2022), arXiv:2207.09453, section 3; Weiler &
Cesa, General E(2)-equivariant steerable CNNs, NeurIPS 2019, section 2
"""

from __future__ import annotations

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Needs, Rule

RULE = Rule(
    code="EQ304",
    name="unreadable-rep",
    severity=Severity.error,
    needs=Needs.specification,
    faults=("unreadable-rep",),
)
