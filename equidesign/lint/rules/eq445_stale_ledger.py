"""A line of the exactness ledger that does not follow from the layer.

What it does
------------
Derives for every layer how well it keeps the symmetry, and for which subgroup, and compares it
with what is written. The fix writes the derived line (`--fix`).

Why it matters
--------------
The ledger is what a reader trusts and what verify holds its measurements against. It is
derived, never declared.

Example
-------
```yaml
kind: steerable-conv
options: {kernel: 5, size: [28, 28], layout: regular}
exactness: {level: exact, subgroup: C8, why: a 5x5 kernel has its symmetry}
```

Use instead
-----------
```yaml
kind: steerable-conv
options: {kernel: 5, size: [28, 28], layout: regular}
exactness: {level: approximate, subgroup: C4, why: other elements of C8 are interpolated}
```

References
----------
Weiler & Cesa, General E(2)-equivariant steerable CNNs, NeurIPS 2019, section 2.7
(discretisation)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.lint.finding import AddKey, Edit, Fix, SetValue, Severity
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.spec.yamlio import KeyPath

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    spec, measured = context.spec, context.measured
    if spec is None or measured is None or context.request_suspects:
        return
    for index, (layer, derived) in enumerate(zip(spec.layers, measured.layers, strict=True)):
        written, right = layer.exactness, derived.exactness
        if (written.level, written.subgroup) == (right.level, right.subgroup):
            continue
        key = "level" if written.level is not right.level else "subgroup"
        root: KeyPath = ("layers", index, "exactness")
        message = (
            f"'{layer.name}' is {right.level.value} for {right.subgroup}, not "
            f"{written.level.value} for {written.subgroup or 'nothing'}"
        )
        yield Issue(
            (*root, key), message, right.why, _fix(context, root, right.model_dump(mode="json"))
        )


def _fix(context: Context, root: KeyPath, right: dict[str, str]) -> Fix | None:
    written = context.value(root)
    if not isinstance(written, dict):
        return None
    edits: list[Edit] = [
        SetValue((*root, key), value) if key in written else AddKey(root, key, value)
        for key, value in right.items()
        if written.get(key) != value
    ]
    return Fix(f"write {right['level']} for {right['subgroup']}", True, tuple(edits))


RULE = Rule(
    code="EQ445",
    name="stale-ledger",
    severity=Severity.error,
    needs=Needs.sound,
    check=_check,
    yields_to=(
        "symmetry",
        "family",
        "layers",
    ),
)
