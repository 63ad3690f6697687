"""A layer whose result nothing reads.

What it does
------------
Follows the variables of the generated `forward`: reports layers of which neither a later layer
nor an output reads anything. The fix writes what design writes at the name, kind, source or
variable that was edited (`--unsafe-fixes`).

Why it matters
--------------
Its parameters are counted, stored and sent to the optimiser, but get no gradient; often
another layer reads the wrong source.

Example
-------
```yaml
layers:
  - name: interaction_1
    source: species_embedding
  - name: logits_readout
    source: species_embedding
```

Use instead
-----------
```yaml
layers:
  - name: interaction_1
    source: species_embedding
  - name: logits_readout
    source: interaction_1
```

References
----------
Aho et al., Compilers (2006), section 9.2.5 (live-variable analysis)
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
    if flow is None or context.spec is None or context.interface is None:
        return
    outputs = context.interface.outputs
    used = {read.owner for read in flow.reads if read.owner != read.reader}
    used |= {owner for name, owner in flow.owners.items() if name in outputs}
    for index, step in enumerate(flow.steps):
        if index in used or not step.writes or step.ignores_name:
            continue
        shown: KeyPath = ("layers", index, "name")
        others: list[KeyPath] = [("layers", index, "kind"), ("layers", index, "writes")]
        for later in range(index + 1, len(flow.steps)):
            place: KeyPath = ("layers", later)
            others += [(*place, "source"), (*place, "options", "skip")]
            others += [(*place, "writes"), (*place, "kind")]
        blamed = culprit(context, shown, others)
        message = f"nothing reads what '{step.layer.name}' writes, and it is no output"
        hint = "remove the layer, or name it as the source of the layer that should read it"
        yield restored(context, blamed, message, hint if blamed == shown else "")


RULE = Rule(
    code="EQ314",
    name="unread-layer",
    severity=Severity.warning,
    needs=Needs.sound,
    check=_check,
)
