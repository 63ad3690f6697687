"""A request that is not the one the specification was made for.

What it does
------------
Reports the field of the request that disagrees with everything made of it: with shapes,
representations, options of layers, sizes. It is found by trying: with one other value there the
request implies what the file holds. The fix puts that value back (`--unsafe-fixes`).

Why it matters
--------------
The request is what people read to learn what the network was asked to do, and what the next
design starts from.

Example
-------
```yaml
request:
  task: {type: classification, classes: 12}
interface:
  outputs:
    logits: {shape: [samples, 10], space: global, rep: 10xtrivial}
```

Use instead
-----------
```yaml
request:
  task: {type: classification, classes: 10}
interface:
  outputs:
    logits: {shape: [samples, 10], space: global, rep: 10xtrivial}
```

References
----------
equidesign documentation: `equidesign schema request`
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.lint.stated import suspicion_issue

if TYPE_CHECKING:
    from equidesign.lint.context import Context


_ELSEWHERE = {
    ("symmetry", "group"),
    ("task", "type"),
    ("task", "conservative"),
    ("data", "domain"),
    ("data", "preferred_axis"),
    ("constraints", "family"),
}


def _check(context: Context) -> Iterator[Issue]:
    found = context.suspicion
    if found is None or found.change is None or found.refusal or found.change[0] in _ELSEWHERE:
        return
    said = suspicion_issue(context)
    if said is not None:
        yield said


RULE = Rule(
    code="EQ214",
    name="stale-request",
    severity=Severity.error,
    needs=Needs.specification,
    check=_check,
)
