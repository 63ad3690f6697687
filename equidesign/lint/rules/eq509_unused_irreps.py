"""Irreps that nothing reads.

What it does
------------
Reports irreps in the output of a layer that none of its readers uses, and harmonics of edges
along which no tensor product goes: degrees beyond use.

Why it matters
--------------
They cost parameters, time and memory, most of all at high degree, and no output depends on them.

Example
-------
```yaml
layers:
  - name: interaction_3
    out: {space: atoms, rep: 32x0e + 32x2e}
  - name: energy_readout
    kind: irreps-readout
    in: {space: atoms, rep: 32x0e + 32x2e}
    out: {space: atoms, rep: 1x0e}
```

Use instead
-----------
```yaml
layers:
  - name: interaction_3
    out: {space: atoms, rep: 32x0e}
  - name: energy_readout
    kind: irreps-readout
    in: {space: atoms, rep: 32x0e}
    out: {space: atoms, rep: 1x0e}
```

References
----------
Geiger & Smidt, e3nn: Euclidean neural networks, 2022, arXiv:2207.09453, section 3; Batzner et
al., NequIP, Nature Communications 13, 2453 (2022), Methods (scalars only in the last layer)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.lint.finding import Severity
from equidesign.lint.readers import unused_harmonics, unused_irreps
from equidesign.lint.registry import Issue, Needs, Rule

if TYPE_CHECKING:
    from equidesign.lint.context import Context
    from equidesign.spec.specification import Specification
    from equidesign.spec.yamlio import KeyPath


def _check(context: Context) -> Iterator[Issue]:
    spec, typed = context.spec, context.typed
    if spec is None or typed is None:
        return
    for index, irreps in unused_irreps(spec, typed):
        names = ", ".join(map(str, irreps))
        message = f"nothing that reads '{spec.layers[index].name}' uses {names}"
        yield Issue(("layers", index, "out", "rep"), message, f"leave {names} out")
    for index, irreps in unused_harmonics(typed):
        names = ", ".join(map(str, irreps))
        message = f"no layer couples to the harmonics {names} of '{spec.layers[index].name}'"
        lowered = _lowered(context, spec)
        if lowered and not context.reference.edited(("layers", index, "out", "rep")):
            yield Issue(lowered[0], message, "couple to all harmonics, or leave them out there too")
            continue
        yield Issue(("layers", index, "out", "rep"), message, f"leave {names} out")


def _lowered(context: Context, spec: Specification) -> list[KeyPath]:
    """Return the couplings to harmonics that were changed since design wrote them."""
    paths: list[KeyPath] = [
        ("layers", index, "options", "edge_irreps")
        for index, layer in enumerate(spec.layers)
        if "edge_irreps" in layer.options
    ]
    return [path for path in paths if context.reference.edited(path)]


RULE = Rule(
    code="EQ509",
    name="unused-irreps",
    severity=Severity.warning,
    needs=Needs.sound,
    check=_check,
)
