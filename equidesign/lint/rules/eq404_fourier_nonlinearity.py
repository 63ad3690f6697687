"""A Fourier nonlinearity on fields that are no Fourier coefficients.

What it does
------------
Reports `fourier-relu` or `fourier-elu` on representations that are not band-limited regular ones in the layout
`spectral`. The fix writes what design writes at the nonlinearity, layout or representation that
was edited (`--unsafe-fixes`).

Why it matters
--------------
The nonlinearity samples a function on the group from its coefficients. Other irreps are
coefficients of no such function.

Example
-------
```yaml
out: {space: pixels, rep: 8xregular}
nonlinearity: fourier-elu
options: {kernel: 5, size: [28, 28], layout: regular}
```

Use instead
-----------
```yaml
out: {space: pixels, rep: 8xregular}
nonlinearity: elu
options: {kernel: 5, size: [28, 28], layout: regular}
```

References
----------
Cesa, Lang & Weiler, A program to build E(N)-equivariant steerable CNNs, ICLR 2022, appendix F
"""

from __future__ import annotations

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Needs, Rule

RULE = Rule(
    code="EQ404",
    name="fourier-nonlinearity",
    severity=Severity.error,
    needs=Needs.specification,
    faults=("fourier-nonlinearity",),
)
