"""A constant that is added to what the group moves.

What it does
------------
Reports shifts, biases and learned constants on representations other than invariant scalars.
The fix removes an option that design does not write, and else writes the representation of the
design (`--unsafe-fixes`).

Why it matters
--------------
A fixed vector points in a fixed direction of space. Added to a feature that turns, it does not
turn with it.

Example
-------
```yaml
kind: scale-shift
in: {space: atoms, rep: 1x1o}
out: {space: atoms, rep: 1x1o}
```

Use instead
-----------
```yaml
kind: scale-shift
in: {space: atoms, rep: 1x0e}
out: {space: atoms, rep: 1x0e}
```

References
----------
Geiger & Smidt, e3nn: Euclidean neural networks (2022), arXiv:2207.09453, section 3; Weiler &
Cesa, General E(2)-equivariant steerable CNNs, NeurIPS 2019, section 2.4
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.layers.pipeline import count_parameters
from equidesign.lint.finding import Fix, SetValue, Severity
from equidesign.lint.registry import Issue, Needs, Rule

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    """Yield biases that are switched on where no scalar is written that could have one."""
    for index, (kind, typed) in enumerate(context.typed or ()):
        layer = typed.layer
        if layer.options.get("bias") is not True or "bias" not in kind.options:
            continue
        without = layer.model_copy(update={"options": {**layer.options, "bias": False}})
        if count_parameters([layer], typed.group) != count_parameters([without], typed.group):
            continue
        path = ("layers", index, "options", "bias")
        message = f"{typed.out.rep} has no scalars, and only they can have a bias"
        yield Issue(
            path, message, "write false", Fix("write false", True, (SetValue(path, False),))
        )


RULE = Rule(
    code="EQ420",
    name="bias-on-non-scalars",
    severity=Severity.error,
    needs=Needs.sound,
    check=_check,
    faults=("bias-on-non-scalars",),
)
