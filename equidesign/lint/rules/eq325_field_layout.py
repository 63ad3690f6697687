"""Components that are bundled into other fields than the layer says.

What it does
------------
Compares the `layout` of a layer with its representation and with the layout of its source:
regular fields, Fourier coefficients of functions on the group, or single irreps; and fields
with plain tensors. The fix writes what design writes at the kind, layout or representation that
was edited (`--unsafe-fixes`).

Why it matters
--------------
escnn treats components field by field. The same irreps bundled otherwise have another basis
and another order, and the library refuses them or mixes what does not belong together.

Example
-------
```yaml
out: {space: pixels, rep: 8xregular}
options: {kernel: 5, size: [28, 28], layout: irreps}
```

Use instead
-----------
```yaml
out: {space: pixels, rep: 8xregular}
options: {kernel: 5, size: [28, 28], layout: regular}
```

References
----------
Weiler & Cesa, General E(2)-equivariant steerable CNNs, NeurIPS 2019, section 2.1
"""

from __future__ import annotations

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Needs, Rule

RULE = Rule(
    code="EQ325",
    name="field-layout",
    severity=Severity.error,
    needs=Needs.specification,
    faults=("field-layout",),
)
