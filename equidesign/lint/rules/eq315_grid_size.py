"""Grids of pixels that do not follow from one another.

What it does
------------
Follows height and width from the input through strides, halvings and enlargements, and compares
the `size` of every layer with what its source writes; legal sizes are in the hint. The fix
writes the size that design gives the grid where it was edited (`--unsafe-fixes`).

Why it matters
--------------
Sizes decide costs, kernels and whether a stride keeps the symmetry of the grid. A halving is
undone exactly only about the same centre: 14 comes from 7, 13 from 7 too, 12 does not.

Example
-------
```yaml
kind: blur-pool
options: {size: [28, 28], size_out: [15, 15]}
```

Use instead
-----------
```yaml
kind: blur-pool
options: {size: [28, 28], size_out: [14, 14]}
```

References
----------
Zhang, Making convolutional networks shift-invariant again, ICML 2019, section 3.2; Romero &
Hoogendoorn, ICLR 2020, appendix C
"""

from __future__ import annotations

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Needs, Rule

RULE = Rule(
    code="EQ315",
    name="grid-size",
    severity=Severity.error,
    needs=Needs.specification,
    faults=("grid-size",),
)
