"""A normalisation by statistics of single components.

What it does
------------
Reports batch, instance, group and layer normalisation of fields that the group mixes, and
`inner-batch` on fields that are not regular. The fix writes the normalisation that design gives
the layer (`--unsafe-fixes`).

Why it matters
--------------
The mean of the x components is a direction that the data do not have. Subtracted, it breaks
the symmetry; batch statistics do so differently in training and in use.

Example
-------
```yaml
out: {space: pixels, rep: "16xirrep(1) + 16xirrep(2)"}
normalization: inner-batch
```

Use instead
-----------
```yaml
out: {space: pixels, rep: "16xirrep(1) + 16xirrep(2)"}
normalization: iid-batch
```

References
----------
Weiler & Cesa, General E(2)-equivariant steerable CNNs, NeurIPS 2019, section 2.4; Weiler et
al., 3D steerable CNNs, NeurIPS 2018, section 4.2
"""

from __future__ import annotations

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Needs, Rule

RULE = Rule(
    code="EQ410",
    name="component-statistics",
    severity=Severity.error,
    needs=Needs.specification,
    faults=("component-statistics",),
)
