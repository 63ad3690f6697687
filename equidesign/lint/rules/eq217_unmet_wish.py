"""A wish of the request that no architecture of this group or library meets.

What it does
------------
Reports a preferred axis that the declared group turns, and a framework that no code is written for,
in a specification whose caveats do not say so: it was not designed for this request. The fix leaves
the wish out; it is unsafe, because the wish may be what you need.

Why it matters
--------------
The request reads as if the network knew which way is up, or as if the code were JAX. It does not,
and it is not.

Example
-------
```yaml
symmetry: {group: E(3)}
data: {domain: point_clouds, preferred_axis: z}
```

Use instead
-----------
```yaml
symmetry: {group: O(2)}
data: {domain: point_clouds, preferred_axis: z}
```

References
----------
Smidt, Geiger & Miller, Finding symmetry breaking order parameters with Euclidean neural networks,
Physical Review Research 3, L012002 (2021)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.design.pipeline import UNMET
from equidesign.lint.finding import Fix, RemoveKey, Severity
from equidesign.lint.reading import ABSENT
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.lint.witness import written_path

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    problem, spec, choice = context.problem, context.spec, context.choice
    if problem is None or spec is None or choice is None:
        return
    for said in (*problem.warnings, *choice.warnings):
        if said.code not in UNMET or said.message in spec.caveats:
            continue
        path = written_path(context, UNMET[said.code])
        written = context.value((*context.request_path, *UNMET[said.code]))
        fix = Fix("leave it out", False, (RemoveKey(path),)) if written is not ABSENT else None
        yield Issue(path, said.message, said.hint, fix)


RULE = Rule(
    code="EQ217",
    name="unmet-wish",
    severity=Severity.warning,
    needs=Needs.specification,
    check=_check,
)
