"""A variable name that the layer does not write.

What it does
------------
Reports `writes` of layers whose code has fixed names: interactions on points always write `h`.
The fix writes the name or the kind of the design, or removes `writes` (`--unsafe-fixes`).

Why it matters
--------------
What reads the name finds nothing, or what another layer left there.

Example
-------
```yaml
name: interaction_1
kind: nequip-interaction
writes: features
```

Use instead
-----------
```yaml
name: interaction_1
kind: nequip-interaction
```

References
----------
equidesign documentation: `equidesign schema architecture`
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

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
        if step.ignores_name:
            names = " and ".join(f"`{name}`" for name in step.writes)
            message = f"'{step.layer.kind}' always writes {names}, not `{step.layer.writes}`"
            path: KeyPath = ("layers", index, "writes")
            blamed = culprit(context, path, [("layers", index, "kind")])
            yield restored(context, blamed, message, "leave writes out" if blamed == path else "")


RULE = Rule(
    code="EQ324",
    name="ignored-name",
    severity=Severity.error,
    needs=Needs.pipeline,
    check=_check,
)
