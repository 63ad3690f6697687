"""Forces that are not the gradient of the energy.

What it does
------------
Checks the layer that differentiates: it reads one invariant scalar called `energy`, writes
`forces`, and nothing reads them before the output. The fix writes the source or variable that
design writes where it was edited (`--unsafe-fixes`).

Why it matters
--------------
Forces conserve energy exactly when they are minus the gradient of one invariant energy. The
gradient of anything else is no force, and molecular dynamics with it drifts.

Example
-------
```yaml
kind: gradient-forces
in: {space: global, rep: 2x0e}
out: {space: atoms, rep: 1x1o}
```

Use instead
-----------
```yaml
kind: gradient-forces
in: {space: global, rep: 1x0e}
out: {space: atoms, rep: 1x1o}
```

References
----------
Chmiela et al., Machine learning of accurate energy-conserving molecular force fields, Science
Advances 3 (2017), equation 1
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.layers.measure import GRADIENT_KINDS
from equidesign.lint.dataflow import flow_of
from equidesign.lint.diagnosis import culprit
from equidesign.lint.finding import Severity
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.lint.repairs import restored
from equidesign.spec.yamlio import KeyPath

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    flow = flow_of(context)
    if flow is None:
        return
    for index, step in enumerate(flow.steps):
        if step.layer.kind not in GRADIENT_KINDS:
            continue
        path: KeyPath = ("layers", index)
        if step.variable != "energy":
            shown = (*path, "source")
            if step.source is not None and step.source >= 0:
                shown = ("layers", step.source, "writes")
            blamed = culprit(context, shown, [(*path, "source")])
            message = f"forces are the gradient of `energy`, and '{step.layer.name}' reads `{step.variable}`"
            yield restored(context, blamed, message, "write energy")
        if step.layer.writes != "forces":
            message = f"a gradient is returned as forces, not as {step.layer.writes}"
            yield Issue((*path, "writes"), message, "write forces")
        for read in flow.reads:
            if read.owner == index:
                reader = flow.steps[read.reader].layer.name
                message = f"'{reader}' reads forces that are known only after the last layer"
                yield restored(context, ("layers", read.reader, "source"), message)


RULE = Rule(
    code="EQ319",
    name="forces-from-energy",
    severity=Severity.error,
    needs=Needs.sound,
    check=_check,
    faults=("forces-from-energy",),
)
