"""An acceleration that bears on no layer.

What it does
------------
Reports a `deployment.acceleration` that has kernels for none of the layers. The fix removes it
(`--fix`).

Why it matters
--------------
The code would be the same as without it, and whoever reads the specification would believe that it
is faster. `equidesign render` refuses such a specification.

Example
-------
```yaml
layers:
- {name: message_1, kind: painn-message}
deployment:
  acceleration: cuequivariance
```

Use instead
-----------
```yaml
layers:
- {name: interaction_1, kind: nequip-interaction}
deployment:
  acceleration: cuequivariance
```

References
----------
NVIDIA, cuEquivariance, docs.nvidia.com/cuda/cuequivariance; equidesign documentation:
docs/acceleration.md
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, get_args

from equidesign.layers.measure import accelerations_of
from equidesign.lint.finding import Fix, RemoveKey, Severity
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.spec.request import UNACCELERATED, Acceleration

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    spec = context.spec
    name = spec.deployment.get("acceleration", UNACCELERATED) if spec else UNACCELERATED
    if spec is None or name == UNACCELERATED or name not in get_args(Acceleration):
        return
    if name not in accelerations_of(spec.layers):
        path = ("deployment", "acceleration")
        fix = Fix("remove it", True, (RemoveKey(path),))
        yield Issue(path, f"{name} has kernels for none of the layers", "leave it out", fix)


RULE = Rule(
    code="EQ610",
    name="idle-acceleration",
    severity=Severity.error,
    needs=Needs.pipeline,
    check=_check,
)
