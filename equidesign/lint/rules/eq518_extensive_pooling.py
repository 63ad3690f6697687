"""A mean where quantities add up, or a sum where they do not.

What it does
------------
Compares the pooling of outputs that are known physical quantities with what they are: extensive
ones, such as energies and dipole moments, are sums over the points of a sample; intensive ones
are means. The fix writes the other pooling (`--unsafe-fixes`).

Why it matters
--------------
The mean of atomic energies does not grow with the molecule: the model cannot be right for
molecules of two sizes. Permutations do not tell the difference, so no test of symmetry would.

Example
-------
```yaml
layers:
  - name: energy_pooling
    kind: pool-points
    writes: energy
    pooling: mean
```

Use instead
-----------
```yaml
layers:
  - name: energy_pooling
    kind: pool-points
    writes: energy
    pooling: sum
```

References
----------
Behler & Parrinello, PRL 98, 146401 (2007), eq. 1; Schütt et al., SchNet, JCP 148, 241722 (2018),
section II
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.errors import EquidesignError
from equidesign.layers.registry import layer_kind
from equidesign.lint.finding import Severity
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.lint.stated import issue

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    if context.problem is None or context.spec is None:
        return
    grows = {
        target.name: target.extensive
        for target in context.problem.targets
        if target.quantity is not None and target.per_sample
    }
    if context.problem.task == "force_prediction":
        grows["energy"] = True
    for index, layer in enumerate(context.spec.layers):
        if layer.writes not in grows or layer.pooling not in ("sum", "mean"):
            continue
        pooling = "sum" if grows[layer.writes] else "mean"
        if layer.pooling != pooling and _has(layer.kind, pooling):
            kind = "grows" if grows[layer.writes] else "does not grow"
            message = f"what '{layer.writes}' stands for {kind} with the sample, a {layer.pooling} "
            message += "does not" if layer.pooling == "mean" else "does"
            yield issue(context, ("layers", index, "pooling"), message, pooling, safe=False)


def _has(kind: str, pooling: str) -> bool:
    """Tell whether a kind of layer can pool so: images have a size, and are not summed."""
    try:
        return pooling in layer_kind(kind).poolings
    except EquidesignError:
        return False


RULE = Rule(
    code="EQ518",
    name="extensive-pooling",
    severity=Severity.warning,
    needs=Needs.specification,
    check=_check,
)
