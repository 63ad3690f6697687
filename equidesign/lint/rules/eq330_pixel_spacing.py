"""Positions that are measured with another spacing than the features have.

What it does
------------
Compares the option `spacing` of a layer that turns features into a position with the sizes of the
image and of the features: so many pixels of the image lie between two features. The fix writes the
spacing that design writes; it is unsafe, because positions change.

Why it matters
--------------
With another spacing all positions are scaled about the centre. The network still has its symmetry
under rotations, and verify sees nothing but translations that are too long or too short.

Example
-------
```yaml
interface: {inputs: {x: {shape: [samples, 1, 12, 12]}}}
layers:
  - name: centre
    kind: pixel-centroid
    options: {size: [6, 6], spacing: 5}
```

Use instead
-----------
```yaml
interface: {inputs: {x: {shape: [samples, 1, 12, 12]}}}
layers:
  - name: centre
    kind: pixel-centroid
    options: {size: [6, 6], spacing: 2}
```

References
----------
Levine et al., End-to-end training of deep visuomotor policies, JMLR 17 (2016), equation 1
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.lint.repairs import restored
from equidesign.spec.field import Space

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    image = _image(context)
    if image is None or context.spec is None:
        return
    for index, layer in enumerate(context.spec.layers):
        spacing, size = layer.options.get("spacing"), layer.options.get("size")
        if not isinstance(spacing, int) or size is None:
            continue
        if [-(-side // spacing) for side in image] != list(size):
            path = ("layers", index, "options", "spacing")
            rows, columns = image
            message = (
                f"features {spacing} pixels apart are not {size[0]} by {size[1]} on an image of "
                f"{rows} by {columns}"
            )
            yield restored(context, path, message)


def _image(context: Context) -> tuple[int, int] | None:
    """Return the size of the image that the model reads, None if it reads none."""
    for item in context.problem.interface.inputs.values() if context.problem else ():
        if item.space == Space.pixels:
            rows, columns = item.shape[-2:]
            return (rows, columns) if isinstance(rows, int) and isinstance(columns, int) else None
    return None


RULE = Rule(
    code="EQ330",
    name="pixel-spacing",
    severity=Severity.error,
    needs=Needs.sound,
    check=_check,
)
