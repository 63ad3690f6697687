"""A request for which no design could be right.

What it does
------------
Reports what `equidesign design` would refuse: a group that does not act on the domain, a task
that means nothing there, targets that the group forces to zero, a family or library that cannot
serve, budgets below the smallest network. The hint is the nearest request that can be designed;
it has been tried. The fix makes that request: where a name is misspelt (`--fix`), else
(`--unsafe-fixes`).

Why it matters
--------------
Design would stop at this value. In a specification it means that the layers were not made for
this request.

Example
-------
```yaml
symmetry: {group: SO(3)}
data: {domain: images}
task: {type: classification, classes: 10}
```

Use instead
-----------
```yaml
symmetry: {group: SO(2)}
data: {domain: images}
task: {type: classification, classes: 10}
```

References
----------
equidesign documentation: `equidesign list domains`; Bronstein et al., Geometric deep learning,
2021, arXiv:2104.13478, section 4
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.lint.finding import Severity
from equidesign.lint.refusals import refusal_issue, unexplained_refusal
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.lint.stated import suspicion_issue
from equidesign.lint.witness import against_echo

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    found = context.suspicion
    if found is not None and found.refusal is not None and found.change is not None:
        said = suspicion_issue(context)
        if said is not None:
            yield said
        return
    error = unexplained_refusal(context)
    if error is not None:
        changed = against_echo(context, error)
        said = suspicion_issue(context, changed) if changed is not None else None
        yield said or refusal_issue(context, error)


RULE = Rule(
    code="EQ205",
    name="illegal-request",
    severity=Severity.error,
    needs=Needs.request,
    check=_check,
)
