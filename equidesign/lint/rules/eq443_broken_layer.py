"""A layer that does not keep the declared symmetry.

What it does
------------
Reports layers whose settings leave a part of the group without effect on the output: shifts
along an axis that a decoder does not decode.

Why it matters
--------------
The specification promises equivariance under the whole group; verify measures a break.

Example
-------
```yaml
kind: canonical-decoder
options: {axes: [height], sizes: [[14, 14], [28, 28]], size: [28, 28], skip: latent_head, code: 64}
```

Use instead
-----------
```yaml
kind: canonical-decoder
options: {axes: [height, width], sizes: [[14, 14], [28, 28]], size: [28, 28], skip: latent_head, code: 64}
```

References
----------
Winter et al., Unsupervised learning of group invariant and equivariant representations,
NeurIPS 2022, section 3
"""

from __future__ import annotations

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Needs, Rule

RULE = Rule(
    code="EQ443",
    name="broken-layer",
    severity=Severity.error,
    needs=Needs.specification,
    faults=("broken-layer",),
)
