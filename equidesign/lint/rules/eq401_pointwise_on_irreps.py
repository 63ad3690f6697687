"""A pointwise nonlinearity on components that the group mixes.

What it does
------------
Reports functions of single components, such as ReLU, SiLU or tanh, on fields that hold irreps
of dimension above one or with a sign: vectors, tensors, pseudoscalars. The fix writes the
nonlinearity that design gives the layer (`--unsafe-fixes`).

Why it matters
--------------
A rotation mixes the components of a vector. max(0, x) of each of them does not commute with
it: the layer is not equivariant, by an error of the size of its output.

Example
-------
```yaml
out: {space: atoms, rep: 32x0e + 16x1o}
nonlinearity: relu
```

Use instead
-----------
```yaml
out: {space: atoms, rep: 32x0e + 16x1o}
nonlinearity: gate
```

References
----------
Weiler et al., 3D steerable CNNs, NeurIPS 2018, section 4.3; Weiler & Cesa, General
E(2)-equivariant steerable CNNs, NeurIPS 2019, section 2.4
"""

from __future__ import annotations

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Needs, Rule

RULE = Rule(
    code="EQ401",
    name="pointwise-on-irreps",
    severity=Severity.error,
    needs=Needs.specification,
    faults=("pointwise-on-irreps",),
)
