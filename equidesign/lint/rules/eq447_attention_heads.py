"""Attention heads that do not divide the width.

What it does
------------
Reports a number of heads that is no divisor of the channels. The fix writes the number of
heads, or the width, that design writes where it was edited (`--unsafe-fixes`).

Why it matters
--------------
Every head attends with its own share of the channels; a share has to be a whole number of
them.

Example
-------
```yaml
kind: set-attention-block
in: {space: elements, rep: 64xtrivial}
options: {heads: 5}
```

Use instead
-----------
```yaml
kind: set-attention-block
in: {space: elements, rep: 64xtrivial}
options: {heads: 4}
```

References
----------
Vaswani et al., Attention is all you need, NeurIPS 2017, section 3.2.2; Lee et al., Set
transformer, ICML 2019
"""

from __future__ import annotations

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Needs, Rule

RULE = Rule(
    code="EQ447",
    name="attention-heads",
    severity=Severity.error,
    needs=Needs.specification,
    faults=("attention-heads",),
)
