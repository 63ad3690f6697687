"""A norm nonlinearity on fields that are no single irreps.

What it does
------------
Reports `norm-relu` on regular fields and on the layouts `regular` and `spectral`. The fix
writes what design writes at the nonlinearity, layout or representation that was edited
(`--unsafe-fixes`).

Why it matters
--------------
The norm of a whole regular field is one number for all poses: what the layer should keep
apart, it averages.

Example
-------
```yaml
out: {space: pixels, rep: 8xregular}
nonlinearity: norm-relu
```

Use instead
-----------
```yaml
out: {space: pixels, rep: 8xregular}
nonlinearity: elu
```

References
----------
Worrall et al., Harmonic networks, CVPR 2017, equation 10; Weiler & Cesa, General
E(2)-equivariant steerable CNNs, NeurIPS 2019, table 1
"""

from __future__ import annotations

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Needs, Rule

RULE = Rule(
    code="EQ406",
    name="norm-nonlinearity",
    severity=Severity.error,
    needs=Needs.specification,
    faults=("norm-nonlinearity",),
)
