"""An input that a layer of this kind can not read.

What it does
------------
Reports input representations that the kind has no rule for: a PaiNN layer that reads tensors of
degree 2, a frame that is made of too few vectors, a centre without a weight. The fix writes the
representation that design lets the layer read (`--unsafe-fixes`).

Why it matters
--------------
The kind says what each component means. Others would be read as something that they are not.

Example
-------
```yaml
kind: orthonormal-frame
in: {space: global, rep: 1x1o}
out: {space: global, rep: 3x1o}
```

Use instead
-----------
```yaml
kind: orthonormal-frame
in: {space: global, rep: 3x1o}
out: {space: global, rep: 3x1o}
```

References
----------
Zhou et al., On the continuity of rotation representations, CVPR 2019, equation 14; Schuett et
al., PaiNN, ICML 2021, section 3
"""

from __future__ import annotations

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Needs, Rule

RULE = Rule(
    code="EQ313",
    name="layer-input",
    severity=Severity.error,
    needs=Needs.specification,
    faults=("layer-input",),
)
