"""A topology that is not that of the family and the task.

What it does
------------
Compares `topology.pattern` with the arrangement that the family builds for the task:
encoder-pooling, encoder-decoder, message-passing or equivariant-head. The fix writes that
pattern (`--fix`).

Why it matters
--------------
The pattern says how the layers are to be read: an encoder with pooling has one answer a sample, a
decoder one for every place.

Example
-------
```yaml
family: nequip
topology: {pattern: encoder-decoder}
```

Use instead
-----------
```yaml
family: nequip
topology: {pattern: message-passing}
```

References
----------
Ronneberger et al., U-Net, MICCAI 2015; Gilmer et al., Neural message passing for quantum
chemistry, ICML 2017
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.lint.stated import issue

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    from equidesign.design.family import all_families

    family = all_families().get(context.believed_family or "")
    if family is None or context.problem is None or context.spec is None:
        return
    written, pattern = context.spec.topology.pattern, family.topology(context.problem).pattern
    if written != pattern:
        message = f"{family.title} for this task takes the pattern {pattern}, not {written}"
        yield issue(context, ("topology", "pattern"), message, pattern)


RULE = Rule(
    code="EQ210",
    name="topology-mismatch",
    severity=Severity.warning,
    needs=Needs.specification,
    check=_check,
    yields_to=("layers", "request"),
)
