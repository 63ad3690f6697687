"""An output on padding that is not zero.

What it does
------------
Reports outputs on the elements of sets that are written by another layer than `mask-elements`.
The fix writes the kind, or the variable, that design writes where it was edited
(`--unsafe-fixes`).

Why it matters
--------------
Sets are filled up to one size. What a head says about padding depends on its biases; in sums,
losses and metrics it counts as if there were more elements.

Example
-------
```yaml
layers:
  - {name: prediction_head, kind: mlp-head, writes: prediction}
```

Use instead
-----------
```yaml
layers:
  - {name: prediction_head, kind: mlp-head, writes: prediction}
  - {name: prediction_mask, kind: mask-elements, writes: prediction}
```

References
----------
Lee et al., Set transformer, ICML 2019, section 3; Zaheer et al., Deep sets, NeurIPS 2017
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.lint.diagnosis import culprit
from equidesign.lint.finding import Severity
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.lint.repairs import restored
from equidesign.spec.field import Space
from equidesign.spec.yamlio import KeyPath

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    if context.spec is None:
        return
    layers = context.spec.layers
    last = {layer.writes: index for index, layer in enumerate(layers)}
    for name, item in context.spec.interface.outputs.items():
        index = last.get(name)
        if index is None or item.space != Space.elements.value or name == "latent":
            continue
        if layers[index].kind != "mask-elements":
            path: KeyPath = ("layers", index, "kind")
            others: list[KeyPath] = [("layers", i, "writes") for i, _ in enumerate(layers)]
            message = (
                f"'{layers[index].name}' writes the output '{name}', also where no element exists"
            )
            yield restored(
                context,
                culprit(context, path, others),
                message,
                "add a layer of kind mask-elements",
            )


RULE = Rule(
    code="EQ329",
    name="unmasked-output",
    severity=Severity.error,
    needs=Needs.sound,
    check=_check,
)
