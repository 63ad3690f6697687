"""A layer's parameter count that is not what its types say.

What it does
------------
Derives the number of trainable parameters of every layer from its representations and options,
and reports written counts that differ. The fix writes the counts; where the types were edited, it
brings table, total and cost up to date, too.

Why it matters
--------------
The count is exact: it equals the number of weights that the compiled layer has. A count that
differs is out of date, or the layer is not the one that was meant.

Example
-------
```yaml
- name: readout
  kind: irreps-readout
  in: {space: atoms, rep: 24x0e}
  out: {space: atoms, rep: 1x0e}
  options: {bias: false}
  parameters: 25
```

Use instead
-----------
```yaml
- name: readout
  kind: irreps-readout
  in: {space: atoms, rep: 24x0e}
  out: {space: atoms, rep: 1x0e}
  options: {bias: false}
  parameters: 24
```

References
----------
Geiger & Smidt, e3nn: Euclidean neural networks, 2022, arXiv:2207.09453 (weights of linear maps
and tensor products, path by path); Weiler & Cesa, General E(2)-equivariant steerable CNNs,
NeurIPS 2019
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.lint.counts import Counts, cost_edits, counts, deciding_value
from equidesign.lint.finding import Edit, Fix, SetValue, Severity
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.spec.yamlio import KeyPath

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    found = counts(context)
    if found is None:
        return
    for index in found.stale:
        edits = found.layer_edits(index)
        if found.changed and index == found.changed[0]:
            edits = (*edits, *_totals(context, found))
        yield _issue(context, found, index, Fix(f"write {found.now[index]}", True, edits))


def _issue(context: Context, found: Counts, index: int, fix: Fix) -> Issue:
    layer, now = found.spec.layers[index], found.now[index]
    path: KeyPath = ("layers", index, "parameters")
    if "parameters" not in layer.model_fields_set:
        message = f"no number of parameters is written, and the layer has {now:,}"
        return Issue(path, message, f"add `parameters: {now}`", fix)
    if index not in found.changed:
        message = f"{layer.parameters:,} parameters are written, and the layer has {now:,}"
        return Issue(path, message, f"write {now}", fix)
    decides = deciding_value(context, index)
    message = f"the layer has {now:,} parameters now, and {layer.parameters:,} are written"
    hint = f"write parameters {now}; `equidesign render` counts everything anew"
    return Issue(path if decides is None else decides, message, hint, fix)


def _totals(context: Context, found: Counts) -> Iterator[Edit]:
    """Yield what brings total and cost up to date with edited types."""
    if found.spec.parameters.total != found.total:
        yield SetValue(("parameters", "total"), found.total)
    if context.measured is not None:
        yield from cost_edits(found.spec.cost, context.measured.cost)


RULE = Rule(
    code="EQ701",
    name="layer-parameters",
    severity=Severity.warning,
    needs=Needs.sound,
    check=_check,
    yields_to=("request", "symmetry", "family", "interface", "layers"),
)
