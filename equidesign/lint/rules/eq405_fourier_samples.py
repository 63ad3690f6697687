"""Samples of a Fourier nonlinearity that break the symmetry, or alias.

What it does
------------
Reports a number of `samples` that is not the order of the rotations of a finite group, that is
no multiple of four where the grid has quarter turns, or that is too small for the frequencies
of the field. The fix writes the number of samples that design takes (`--unsafe-fixes`).

Why it matters
--------------
The nonlinearity commutes with the rotations that permute its samples. For others its error is
that of aliasing, which falls with the number of samples.

Example
-------
```yaml
out: {space: pixels, rep: "8xtrivial + 16xirrep(1) + 16xirrep(2)"}
nonlinearity: fourier-elu
options: {kernel: 5, size: [28, 28], layout: spectral, samples: 6}
```

Use instead
-----------
```yaml
out: {space: pixels, rep: "8xtrivial + 16xirrep(1) + 16xirrep(2)"}
nonlinearity: fourier-elu
options: {kernel: 5, size: [28, 28], layout: spectral, samples: 16}
```

References
----------
Cesa, Lang & Weiler, ICLR 2022, appendix F; de Haan et al., Gauge equivariant mesh CNNs, ICLR
2021, section 5
"""

from __future__ import annotations

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Needs, Rule

RULE = Rule(
    code="EQ405",
    name="fourier-samples",
    severity=Severity.error,
    needs=Needs.specification,
    faults=("fourier-samples",),
)
