"""A field on another space than the one that is read.

What it does
------------
Compares the space that a layer reads with the one that its source writes, and both with the
spaces that the kind maps between: pooling over points ends on `global`, an interaction stays on
the atoms. The fix writes the space that design writes at the field that was edited
(`--unsafe-fixes`).

Why it matters
--------------
A space says which index of the tensor the group permutes. Read as another one, samples are
taken for points, or points for pixels.

Example
-------
```yaml
layers:
  - name: logits_pooling
    kind: pool-points
    out: {space: points, rep: 32x0e}
```

Use instead
-----------
```yaml
layers:
  - name: logits_pooling
    kind: pool-points
    out: {space: global, rep: 32x0e}
```

References
----------
Bronstein et al., Geometric deep learning (2021), arXiv:2104.13478, section 3.1
"""

from __future__ import annotations

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Needs, Rule

RULE = Rule(
    code="EQ305",
    name="space-mismatch",
    severity=Severity.error,
    needs=Needs.specification,
    faults=("space-mismatch",),
)
