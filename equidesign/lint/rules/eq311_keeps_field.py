"""A layer that has to keep its field and changes it.

What it does
------------
Reports residual blocks, normalisations, poolings and masks whose output has another
representation than their input. The fix writes what design writes at the end that was edited
(`--unsafe-fixes`).

Why it matters
--------------
A residual adds its input to its output, and a mean or a norm works component by component:
there is nothing that could turn one representation into another.

Example
-------
```yaml
kind: residual-conv-block
in: {space: pixels, rep: 48xtrivial}
out: {space: pixels, rep: 64xtrivial}
```

Use instead
-----------
```yaml
kind: residual-conv-block
in: {space: pixels, rep: 48xtrivial}
out: {space: pixels, rep: 48xtrivial}
```

References
----------
He et al., Deep residual learning for image recognition, CVPR 2016, equation 1
"""

from __future__ import annotations

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Needs, Rule

RULE = Rule(
    code="EQ311",
    name="keeps-field",
    severity=Severity.error,
    needs=Needs.specification,
    faults=("kept-field",),
)
