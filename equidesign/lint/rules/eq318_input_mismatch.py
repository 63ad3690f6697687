"""A first layer that does not fit the input it reads.

What it does
------------
Compares representation, space and grid of a layer that reads an input with those of the
interface. The fix writes what design writes at the one of layer and interface that was edited
(`--unsafe-fixes`).

Why it matters
--------------
What enters the network transforms as the data do. A vector that is read as three scalars is
mixed component by component, and the symmetry is lost in the first layer.

Example
-------
```yaml
interface:
  inputs:
    x: {shape: [samples, 2, 28, 28], space: pixels, rep: "1xirrep(1,1)"}
layers:
  - name: encode_1
    in: {space: pixels, rep: 2xtrivial}
    source: x
```

Use instead
-----------
```yaml
interface:
  inputs:
    x: {shape: [samples, 2, 28, 28], space: pixels, rep: "1xirrep(1,1)"}
layers:
  - name: encode_1
    in: {space: pixels, rep: "1xirrep(1,1)"}
    source: x
```

References
----------
Weiler & Cesa, General E(2)-equivariant steerable CNNs, NeurIPS 2019, section 2
"""

from __future__ import annotations

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Needs, Rule

RULE = Rule(
    code="EQ318",
    name="input-mismatch",
    severity=Severity.error,
    needs=Needs.specification,
    faults=("input-mismatch",),
)
