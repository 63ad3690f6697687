"""Two layers that disagree about the representation between them.

What it does
------------
Compares the representation that a layer reads with the one that its source writes, as values:
`2x1o` and `1x1o + 1x1o` are equal in size and still different. Which of the two is wrong is
told by what design makes of the request and by the parameter counts. The fix writes what design
writes at the one of the two that was edited (`--unsafe-fixes`).

Why it matters
--------------
A linear map between two representations is equivariant only if both sides mean the same
components. With other multiplicities the network does not run; with another parity or order it
runs and is not equivariant.

Example
-------
```yaml
layers:
  - name: interaction_1
    out: {space: atoms, rep: 32x0e + 32x1o}
  - name: interaction_2
    in: {space: atoms, rep: 32x0e + 32x1e}
```

Use instead
-----------
```yaml
layers:
  - name: interaction_1
    out: {space: atoms, rep: 32x0e + 32x1o}
  - name: interaction_2
    in: {space: atoms, rep: 32x0e + 32x1o}
```

References
----------
Serre, Linear Representations of Finite Groups (1977), section 2.2 (Schur's lemma); Geiger &
Smidt, e3nn: Euclidean neural networks (2022), arXiv:2207.09453, section 3
"""

from __future__ import annotations

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Needs, Rule

RULE = Rule(
    code="EQ301",
    name="field-mismatch",
    severity=Severity.error,
    needs=Needs.specification,
    faults=("field-mismatch",),
)
