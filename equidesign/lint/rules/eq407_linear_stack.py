"""Two linear maps with nothing nonlinear between them.

What it does
------------
Reports convolutions without a nonlinearity whose result goes into another convolution or linear
readout, directly or through poolings, which are linear too; a code that is itself an output is
not reported. The fix writes the nonlinearity that design gives the layer (`--unsafe-fixes`).

Why it matters
--------------
The product of two linear maps is one linear map: the second adds cost and depth on paper, not
functions that the network can represent.

Example
-------
```yaml
layers:
  - {name: encode_1, kind: steerable-conv, nonlinearity: none}
  - {name: encode_2, kind: steerable-conv, nonlinearity: elu}
```

Use instead
-----------
```yaml
layers:
  - {name: encode_1, kind: steerable-conv, nonlinearity: elu}
  - {name: encode_2, kind: steerable-conv, nonlinearity: elu}
```

References
----------
Goodfellow, Bengio & Courville, Deep learning (2016), section 6.1
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.lint.dataflow import flow_of
from equidesign.lint.finding import Severity
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.lint.repairs import restored

if TYPE_CHECKING:
    from equidesign.lint.context import Context

CONVOLUTIONS = frozenset({"lifting-conv", "steerable-conv"})
LINEAR = frozenset({"blur-pool", "upsample", "upsample-join"})
OUTPUTS = frozenset({"field-values"})


def _check(context: Context) -> Iterator[Issue]:
    flow = flow_of(context)
    if flow is None:
        return
    readers: dict[int, list[int]] = {}
    for index, step in enumerate(flow.steps):
        for source in (step.source, step.skip):
            if source is not None:
                readers.setdefault(source, []).append(index)

    def reached(index: int) -> set[str]:
        """Return the kinds that read a layer, through linear ones."""
        kinds: set[str] = set()
        for reader in readers.get(index, []):
            kind = flow.steps[reader].layer.kind
            kinds |= reached(reader) if kind in LINEAR else {kind}
        return kinds

    for index, step in enumerate(flow.steps):
        layer = step.layer
        if layer.kind not in CONVOLUTIONS or layer.nonlinearity != "none":
            continue
        kinds = reached(index)
        if kinds & CONVOLUTIONS and not kinds & OUTPUTS:
            message = (
                f"nothing nonlinear stands between '{layer.name}' and the convolution that reads it"
            )
            yield restored(
                context, ("layers", index, "nonlinearity"), message, "choose a nonlinearity"
            )


RULE = Rule(
    code="EQ407",
    name="linear-stack",
    severity=Severity.warning,
    needs=Needs.sound,
    check=_check,
)
