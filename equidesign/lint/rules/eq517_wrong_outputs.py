"""Outputs that are missing, or that the request does not ask for.

What it does
------------
Compares the names of the outputs with those that the task has: logits, prediction, energy and
forces, rotation and translation, velocity, reconstruction and latent. A wrong name is reported
where it stands, with the right one. The fix renames it, or adds what is missing (`--fix`), or
removes what nobody asks for (`--unsafe-fixes`).

Why it matters
--------------
The model takes its inputs and gives its outputs by these names; data loaders, losses and verify
use them.

Example
-------
```yaml
task: force_prediction
interface:
  outputs:
    energy: {shape: [samples, 1], space: global, rep: 1x0e}
```

Use instead
-----------
```yaml
task: force_prediction
interface:
  outputs:
    energy: {shape: [samples, 1], space: global, rep: 1x0e}
    forces: {shape: [points, 3], space: atoms, rep: 1x1o}
```

References
----------
equidesign documentation: README, names of inputs and outputs
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.lint.finding import Severity
from equidesign.lint.names import name_issues
from equidesign.lint.registry import Issue, Needs, Rule

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    yield from name_issues(context, "outputs")


RULE = Rule(
    code="EQ517",
    name="wrong-outputs",
    severity=Severity.error,
    needs=Needs.specification,
    check=_check,
)
