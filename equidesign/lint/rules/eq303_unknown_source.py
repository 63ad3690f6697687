"""A layer that reads from nowhere.

What it does
------------
Reports a `source` that is neither an earlier layer nor an input of the model, an input that is
no field (`batch`, `mask`, `edge_index`), and a first layer without source. The fix writes the
nearest name if design names no other (`--fix`), else the source that design gives the layer
(`--unsafe-fixes`).

Why it matters
--------------
The pipeline is read from top to bottom: what stands below does not exist yet. Indices and
masks have no representation, so no linear map of them is equivariant.

Example
-------
```yaml
layers:
  - name: species_embedding
    source: z
  - name: interaction_1
    source: species_embeding
```

Use instead
-----------
```yaml
layers:
  - name: species_embedding
    source: z
  - name: interaction_1
    source: species_embedding
```

References
----------
equidesign documentation: `equidesign schema architecture`
"""

from __future__ import annotations

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Needs, Rule

RULE = Rule(
    code="EQ303",
    name="unknown-source",
    severity=Severity.error,
    needs=Needs.specification,
    faults=("unknown-source",),
)
