"""Something design would say about a request.

What it does
------------
Repeats, for a request that stands alone, the warnings that `equidesign design` prints: traps
known from the words of the request, an axis that the group turns away, targets that contradict
their representation, wishes that cost something. Requests in a bundle, and those in a
specification, have been designed already and are left alone.

Why it matters
--------------
These are the mistakes that people regret after training. An info never fails a run.

Example
-------
```yaml
symmetry: {group: D4}
data: {domain: images, notes: digits 6 and 9}
task: {type: classification, classes: 10}
```

Use instead
-----------
```yaml
symmetry: {group: T(2)}
data: {domain: images, notes: digits 6 and 9}
task: {type: classification, classes: 10}
```

References
----------
equidesign documentation: `equidesign design --help`
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.lint.finding import Severity
from equidesign.lint.refusals import chosen_family
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.lint.witness import written_path

if TYPE_CHECKING:
    from equidesign.lint.context import Context


_FIELDS = {
    "axis": ("data", "preferred_axis"),
    "acceleration": ("constraints", "acceleration"),
    "framework-jax": ("constraints", "framework"),
    "family-not-the-best": ("constraints", "family"),
    "many-samples": ("data", "samples"),
}


def _check(context: Context) -> Iterator[Issue]:
    if context.is_architecture or context.bundle is not None or context.problem is None:
        return
    choice = chosen_family(context.problem)
    for said in (*context.problem.warnings, *(choice.warnings if choice else ())):
        if said.code in ("quantity-corrected", "parity-dropped"):
            continue  # wrong representations are found by polar-axial
        field = _FIELDS.get(said.code) or _FIELDS.get(
            said.code.split("-")[0], ("symmetry", "group")
        )
        yield Issue(written_path(context, field), f"{said.message} ({said.code})", said.hint)


RULE = Rule(
    code="EQ215",
    name="request-advice",
    severity=Severity.info,
    needs=Needs.request,
    check=_check,
)
