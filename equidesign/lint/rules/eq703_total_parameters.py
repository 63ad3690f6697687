"""A total that is not the sum of the layers' parameters.

What it does
------------
Reports `parameters.total` where it is neither what the types say nor the sum of written counts
that are reported themselves. The fix writes the sum of what the types say (`--fix`).

Why it matters
--------------
The total is what budgets are held against and what README.md and SPECIFICATION.md show.

Example
-------
```yaml
parameters:
  total: 33000
  per_layer: {embedding: 72, interaction_1: 33440}
```

Use instead
-----------
```yaml
parameters:
  total: 33512
  per_layer: {embedding: 72, interaction_1: 33440}
```

References
----------
PyTorch documentation, torch.nn.Module.parameters, docs.pytorch.org (the number that has to come
out)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.lint.counts import counts
from equidesign.lint.finding import Fix, SetValue, Severity
from equidesign.lint.registry import Issue, Needs, Rule

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    found = counts(context)
    if found is None:
        return
    written = found.spec.parameters.total
    explained = {found.total}
    if found.changed:
        explained.add(sum(layer.parameters for layer in found.spec.layers))
        explained.add(sum(found.spec.parameters.per_layer.values()))
    if written in explained:
        return
    path = ("parameters", "total")
    message = f"{written:,} parameters are written, and the layers have {found.total:,} together"
    fix = Fix(f"write {found.total}", True, (SetValue(path, found.total),))
    yield Issue(path, message, f"write {found.total}", fix)


RULE = Rule(
    code="EQ703",
    name="total-parameters",
    severity=Severity.warning,
    needs=Needs.sound,
    check=_check,
    yields_to=("request", "symmetry", "family", "interface", "layers"),
)
