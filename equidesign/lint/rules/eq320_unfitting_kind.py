"""A kind of layer that does not fit its place.

What it does
------------
Reports a `kind` that exists and contradicts everything else that the layer says: other options,
other spaces, another group or library. One finding stands for all that would follow from it.
The fix writes the kind that design gives the layer (`--unsafe-fixes`).

Why it matters
--------------
The kind decides what the options mean. Where they all contradict it, the kind is what was
changed.

Example
-------
```yaml
name: logits_pooling
kind: pool-elements
in: {space: atoms, rep: 32x0e}
out: {space: global, rep: 32x0e}
pooling: mean
```

Use instead
-----------
```yaml
name: logits_pooling
kind: pool-points
in: {space: atoms, rep: 32x0e}
out: {space: global, rep: 32x0e}
pooling: mean
```

References
----------
equidesign documentation: `equidesign schema architecture`
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.backends.registry import all_backends
from equidesign.lint.finding import Fix, SetValue, Severity
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.spec.yamlio import KeyPath

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    """Report kinds without code in the library in which most layers, and the family, have theirs."""
    from equidesign.lint.context import ABSENT

    spec, typed = context.spec, context.typed or ()
    library = all_backends().get(spec.library.name) if spec is not None else None
    if library is None:
        return
    without = [index for index, (kind, _) in enumerate(typed) if library.name not in kind.backends]
    if 2 * len(without) > len(typed):
        return  # the library's own fault
    for index in without:
        kind = typed[index][0]
        path: KeyPath = ("layers", index, "kind")
        made = context.reference.value(path)
        message = f"'{kind.id}' has no code in {library.title}"
        if made is ABSENT or not context.reference.edited(path):
            if without == [index]:
                yield Issue(path, message, f"it is written for {', '.join(kind.backends)}")
            continue
        yield Issue(
            path, message, f"write {made}", Fix(f"write {made}", False, (SetValue(path, made),))
        )


RULE = Rule(
    code="EQ320",
    name="unfitting-kind",
    severity=Severity.error,
    needs=Needs.pipeline,
    check=_check,
    faults=("unfitting-kind",),
)
