"""An acceleration that bears on no layer.

What it does
------------
Reports a `deployment.acceleration` that makes none of the layers faster: kernels for tensor
products where there are none, torch.compile for layers that it was not found to help, or where
forces are a gradient, for it has no second derivatives. The fix removes it (`--fix`).

Why it matters
--------------
The code would be no faster, whatever a reader of the specification believes; training forces with
torch.compile fails. `equidesign render` refuses such a specification.

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
        yield Issue(path, f"{name} makes none of the layers faster", "leave it out", fix)


RULE = Rule(
    code="EQ610",
    name="idle-acceleration",
    severity=Severity.error,
    needs=Needs.pipeline,
    check=_check,
)
