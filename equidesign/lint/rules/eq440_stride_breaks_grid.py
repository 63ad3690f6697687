"""A stride that breaks the symmetry of the pixel grid.

What it does
------------
Computes (n + 2p - k) mod s for height and width. Where it is not 0, the pixels that are kept do
not lie symmetrically, and quarter turns or reflections are broken; the message names sizes that
repair it. The fix writes the stride, kernel or size that design writes where one was edited
(`--unsafe-fixes`).

Why it matters
--------------
Every second pixel of an even side, counted from one end, are other pixels than counted from
the other end. The error is not small and does not fall with training.

Example
-------
```yaml
kind: steerable-conv
options: {kernel: 3, stride: 2, size: [16, 16], layout: regular}
```

Use instead
-----------
```yaml
kind: steerable-conv
options: {kernel: 3, stride: 2, size: [17, 17], layout: regular}
```

References
----------
Romero & Hoogendoorn, Co-attentive equivariant neural networks, ICLR 2020, appendix C; Zhang,
ICML 2019, section 3
"""

from __future__ import annotations

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Needs, Rule

RULE = Rule(
    code="EQ440",
    name="stride-breaks-grid",
    severity=Severity.error,
    needs=Needs.specification,
    faults=("stride-breaks-grid",),
)
