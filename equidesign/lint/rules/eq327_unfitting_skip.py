"""A skip connection to a layer that does not fit.

What it does
------------
Compares what the layer that `skip` names writes with what is expected: a code of the given
width, a field on pixels, a field of the same type. The fix writes the width, or the layer, that
design gives the connection (`--unsafe-fixes`).

Why it matters
--------------
What is added, stacked or decoded has to mean the same on both sides; sizes that happen to
agree hide that it does not.

Example
-------
```yaml
kind: soft-rank-decoder
options: {skip: latent_head, code: 32, hidden: 128, frequencies: 5}   # latent_head writes 64xtrivial
```

Use instead
-----------
```yaml
kind: soft-rank-decoder
options: {skip: latent_head, code: 64, hidden: 128, frequencies: 5}
```

References
----------
Ronneberger et al., U-Net, MICCAI 2015, section 2; Winter et al., NeurIPS 2022, section 3
"""

from __future__ import annotations

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Needs, Rule

RULE = Rule(
    code="EQ327",
    name="unfitting-skip",
    severity=Severity.error,
    needs=Needs.specification,
    faults=("unfitting-skip",),
)
