"""A kernel without a pixel at its centre.

What it does
------------
Reports kernels with an even side. The fix writes the kernel that design gives the layer
(`--unsafe-fixes`).

Why it matters
--------------
An even kernel has to be shifted by half a pixel to one side. Turned with the image, it is
shifted to another side: quarter turns and reflections are broken by half a pixel in every
layer.

Example
-------
```yaml
options: {kernel: 4, size: [28, 28], layout: regular}
```

Use instead
-----------
```yaml
options: {kernel: 5, size: [28, 28], layout: regular}
```

References
----------
Cohen & Welling, Group equivariant convolutional networks, ICML 2016, section 6.2; escnn
documentation, nn.R2Conv
"""

from __future__ import annotations

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Needs, Rule

RULE = Rule(
    code="EQ441",
    name="even-kernel",
    severity=Severity.error,
    needs=Needs.specification,
    faults=("even-kernel",),
)
