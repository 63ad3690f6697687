"""A skip connection to a layer that does not exist.

What it does
------------
Reports an option `skip` that names no earlier layer, with the nearest. The fix writes that name
if design names no other (`--fix`), else the layer that design skips from (`--unsafe-fixes`).

Why it matters
--------------
A skip brings back what an earlier layer wrote; a later one has not written anything yet.

Example
-------
```yaml
kind: upsample-join
options: {size: [7, 7], size_out: [14, 14], skip: encode_9}
```

Use instead
-----------
```yaml
kind: upsample-join
options: {size: [7, 7], size_out: [14, 14], skip: encode_2_2}
```

References
----------
Ronneberger et al., U-Net, MICCAI 2015, section 2
"""

from __future__ import annotations

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Needs, Rule

RULE = Rule(
    code="EQ310",
    name="unknown-skip",
    severity=Severity.error,
    needs=Needs.specification,
    faults=("unknown-skip",),
)
