"""An output that is not what the layer that writes it makes.

What it does
------------
Compares representation, space and grid of each output with those of the last layer that writes
it. Of the two the one that was edited is reported. The fix writes there what design writes
(`--unsafe-fixes`).

Why it matters
--------------
Users of the model read the interface: they would get another number of components, or components
that turn in another way.

Example
-------
```yaml
interface:
  outputs:
    prediction: {shape: [samples, 3], space: global, rep: 1x1o}
layers:
  - name: readout
    out: {space: global, rep: 1x2e}
    writes: prediction
```

Use instead
-----------
```yaml
interface:
  outputs:
    prediction: {shape: [samples, 3], space: global, rep: 1x1o}
layers:
  - name: readout
    out: {space: global, rep: 1x1o}
    writes: prediction
```

References
----------
Geiger & Smidt, e3nn: Euclidean neural networks, 2022, arXiv:2207.09453, section 2
"""

from __future__ import annotations

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Needs, Rule

RULE = Rule(
    code="EQ502",
    name="output-mismatch",
    severity=Severity.error,
    needs=Needs.specification,
    faults=("output-mismatch",),
)
