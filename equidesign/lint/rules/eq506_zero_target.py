"""A target that Schur's lemma or parity forces to zero.

What it does
------------
Reports readouts to an irrep that their input does not hold.

Why it matters
--------------
The prediction would be exactly zero for every sample, and stay so in training, whatever the data.

Example
-------
```yaml
layers:
  - name: prediction_readout
    kind: irreps-readout
    in: {space: atoms, rep: 32x0e}
    out: {space: atoms, rep: 1x1o}
```

Use instead
-----------
```yaml
layers:
  - name: prediction_readout
    kind: irreps-readout
    in: {space: atoms, rep: 32x0e + 16x1o}
    out: {space: atoms, rep: 1x1o}
```

References
----------
Serre, Linear representations of finite groups, 1977, section 2.2 (Schur's lemma); Smidt, Geiger &
Miller, Physical Review Research 3, L012002 (2021)
"""

from __future__ import annotations

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Needs, Rule

RULE = Rule(
    code="EQ506",
    name="zero-target",
    severity=Severity.error,
    needs=Needs.specification,
    faults=("zero-target",),
)
