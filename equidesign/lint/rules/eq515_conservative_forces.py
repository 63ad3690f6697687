"""Forces made the other way than the request says.

What it does
------------
Compares `task.conservative` with the layers: conservative forces are the gradient of the energy
(`gradient-forces`), others are read out directly. The fix puts `task.conservative` back where
the layers were made for the other value (`--unsafe-fixes`).

Why it matters
--------------
Only gradients conserve energy. Dynamics with forces that do not drift in energy, and an energy
that is not the integral of the forces is worth little.

Example
-------
```yaml
request:
  task: {type: force_prediction, conservative: false}
layers:
  - name: forces
    kind: gradient-forces
```

Use instead
-----------
```yaml
request:
  task: {type: force_prediction}
layers:
  - name: forces
    kind: gradient-forces
```

References
----------
Chmiela et al., Machine learning of accurate energy-conserving molecular force fields, Science
Advances 3, e1603015 (2017)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.lint.stated import contradictions, suspected

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    yield from suspected(context, ("task", "conservative"))
    for found in contradictions(context, "layers", "*", "kind"):
        kind = "are to be conservative" if found.implied == "gradient-forces" else "are not to be"
        message = f"the request says that forces {kind}, and this is a {found.written}"
        yield Issue(found.path, message, f"use {found.implied}")


RULE = Rule(
    code="EQ515",
    name="conservative-forces",
    severity=Severity.error,
    needs=Needs.specification,
    check=_check,
)
