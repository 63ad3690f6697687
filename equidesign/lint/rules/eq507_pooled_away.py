"""An output for every point that was pooled to one a sample.

What it does
------------
Reports outputs that the interface declares on points, pixels, nodes or elements, and whose last
layer writes one value a sample. The fix writes the space that design writes at the one of
interface and layer that was edited (`--unsafe-fixes`).

Why it matters
--------------
Pooling forgets which point had which value: forces, velocities and segmentations cannot be told
apart afterwards.

Example
-------
```yaml
interface:
  outputs:
    velocity: {shape: [points, 3], space: points, rep: 1x1o}
layers:
  - name: velocity_pooling
    out: {space: global, rep: 1x1o}
    writes: velocity
```

Use instead
-----------
```yaml
interface:
  outputs:
    velocity: {shape: [points, 3], space: points, rep: 1x1o}
layers:
  - name: velocity_readout
    out: {space: points, rep: 1x1o}
    writes: velocity
```

References
----------
Bronstein et al., Geometric deep learning, 2021, arXiv:2104.13478, section 3.5
"""

from __future__ import annotations

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Needs, Rule

RULE = Rule(
    code="EQ507",
    name="pooled-away",
    severity=Severity.error,
    needs=Needs.specification,
    faults=("pooled-away",),
)
