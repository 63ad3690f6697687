"""A border that the space does not have, or that breaks shifts.

What it does
------------
Reports zero padding under T(2), where images wrap around; the border of the sphere on a flat
image and the reverse; and circular axes that are none. The fix writes the border that design
gives the layer (`--unsafe-fixes`).

Why it matters
--------------
Zeros beyond the border tell every feature how far it is from there, and circular shifts are
broken. On the sphere columns wrap around, and rows go on beyond the poles.

Example
-------
```yaml
request:
  symmetry: {group: T(2)}
layers:
  - {name: stem, kind: conv-block, options: {border: zeros, kernel: 3, size: [28, 28]}}
```

Use instead
-----------
```yaml
request:
  symmetry: {group: T(2)}
layers:
  - {name: stem, kind: conv-block, options: {border: circular, kernel: 3, size: [28, 28]}}
```

References
----------
Islam et al., How much position information do convolutional neural networks encode?, ICLR
2020; Kayhan & van Gemert, CVPR 2020
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.lint.repairs import restored

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    group = context.problem.group if context.problem is not None else context.group
    if group is None or not group.translations:
        return
    for index, (_, layer) in enumerate(context.typed or ()):
        if layer.option("border") == "zeros":
            message = (
                f"zeros beyond the border tell features where they are: {group.name} is broken"
            )
            yield restored(
                context, ("layers", index, "options", "border"), message, "write circular"
            )


RULE = Rule(
    code="EQ442",
    name="illegal-border",
    severity=Severity.error,
    needs=Needs.pipeline,
    check=_check,
    faults=("illegal-border",),
)
