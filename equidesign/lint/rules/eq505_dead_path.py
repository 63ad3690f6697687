"""An irrep that nothing in its layer can produce.

What it does
------------
Reports irreps in the output of a layer that no tensor product of its input with the edges'
harmonics, no kernel and no linear map reaches.

Why it matters
--------------
Schur's lemma leaves only zero for such an irrep. Libraries build it without a word: its channels
are zeros for ever, cost time, and starve what reads them.

Example
-------
```yaml
layers:
  - name: interaction_1
    kind: nequip-interaction
    in: {space: atoms, rep: 16x0e}
    out: {space: atoms, rep: 16x0e + 16x1e}
    options: {edge_irreps: 1x0e + 1x1o}
```

Use instead
-----------
```yaml
layers:
  - name: interaction_1
    kind: nequip-interaction
    in: {space: atoms, rep: 16x0e}
    out: {space: atoms, rep: 16x0e + 16x1o}
    options: {edge_irreps: 1x0e + 1x1o}
```

References
----------
Thomas et al., Tensor field networks, 2018, arXiv:1802.08219, section 4; Geiger & Smidt, e3nn:
Euclidean neural networks, 2022, arXiv:2207.09453, section 4
"""

from __future__ import annotations

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Needs, Rule

RULE = Rule(
    code="EQ505",
    name="dead-path",
    severity=Severity.error,
    needs=Needs.specification,
    faults=("dead-path",),
)
