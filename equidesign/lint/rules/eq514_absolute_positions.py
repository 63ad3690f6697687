"""A layer that reads absolute positions.

What it does
------------
Reports layers that read an input which moves along with translations (`translates: true`), and do
more with it than take differences.

Why it matters
--------------
What depends on absolute positions depends on where the origin of the coordinates is: the
translations are lost, and the network learns the origin.

Example
-------
```yaml
layers:
  - name: feature_embedding
    kind: feature-embedding
    source: pos
```

Use instead
-----------
```yaml
layers:
  - name: feature_embedding
    kind: feature-embedding
    source: x
```

References
----------
Thomas et al., Tensor field networks, 2018, arXiv:1802.08219, section 3; Satorras et al., E(n)
equivariant graph neural networks, ICML 2021, section 3
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.lint.diagnosis import culprit
from equidesign.lint.finding import Severity
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.spec.yamlio import KeyPath

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    if context.problem is None:
        return
    inputs = context.problem.interface.inputs
    for index, (kind, layer) in enumerate(context.typed or ()):
        source = layer.layer.source
        if source is None or source not in inputs or kind.relative:
            continue
        if inputs[source].translates:
            path: KeyPath = ("layers", index, "source")
            path = culprit(context, path, [("layers", index, "kind")])
            message = (
                f"a {kind.title.lower()} of '{source}' depends on the origin of the coordinates"
            )
            hint = "read x, or embed the differences of positions along edges"
            yield Issue(path, message, hint)


RULE = Rule(
    code="EQ514",
    name="absolute-positions",
    severity=Severity.error,
    needs=Needs.pipeline,
    check=_check,
)
