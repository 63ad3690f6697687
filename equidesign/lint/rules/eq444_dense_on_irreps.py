"""A dense map of components that the group moves.

What it does
------------
Reports perceptrons, plain convolutions and invariant networks that read or write
representations other than invariant scalars. The fix writes the representation that design
writes where it was edited (`--unsafe-fixes`).

Why it matters
--------------
By Schur's lemma an equivariant linear map never mixes different irreps, and mixes the
components of one only in few ways. A dense matrix mixes all of them and keeps no symmetry.

Example
-------
```yaml
kind: mlp-head
in: {space: global, rep: 16x0e + 8x1o}
out: {space: global, rep: 10x0e}
```

Use instead
-----------
```yaml
kind: mlp-head
in: {space: global, rep: 16x0e}
out: {space: global, rep: 10x0e}
```

References
----------
Serre, Linear Representations of Finite Groups (1977), section 2.2 (Schur's lemma)
"""

from __future__ import annotations

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Needs, Rule

RULE = Rule(
    code="EQ444",
    name="dense-on-irreps",
    severity=Severity.error,
    needs=Needs.specification,
    faults=("dense-on-irreps",),
)
