"""A wish of the request that the specification does not follow.

What it does
------------
Reports a family, library, precision, device or acceleration that is another one than
`request.constraints` asks for. The fix writes the precision, device or acceleration that is asked
for (`--fix`).

Why it matters
--------------
The constraints are what the team agreed on. A specification that does otherwise is not the one
that was asked for.

Example
-------
```yaml
request:
  constraints: {precision: float64}
deployment:
  precision: float32
```

Use instead
-----------
```yaml
request:
  constraints: {precision: float64}
deployment:
  precision: float64
```

References
----------
equidesign documentation: `equidesign schema request`
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.lint.agreement import NOTHING
from equidesign.lint.finding import Fix, SetValue, Severity
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.spec.yamlio import KeyPath

if TYPE_CHECKING:
    from equidesign.lint.context import Context


WISHES: dict[KeyPath, str] = {
    ("family",): "family",
    ("library", "name"): "library",
    ("deployment", "precision"): "precision",
    ("deployment", "device"): "device",
    ("deployment", "acceleration"): "acceleration",
}


def _check(context: Context) -> Iterator[Issue]:
    request = context.believed_request
    if request is None:
        return
    for path, wish in WISHES.items():
        difference = context.contradictions.get(path)
        wanted = getattr(request.constraints, wish)
        if difference is None or wanted is None or difference.written is NOTHING:
            continue
        if path[0] == "deployment" and not isinstance(difference.written, str):
            continue  # said where settings are checked
        asked = f"the request asks for {wanted}"
        if wish not in request.constraints.model_fields_set:
            asked = f"{asked}, its default"
        fix = None
        if path[0] == "deployment":
            fix = Fix(f"write {wanted}", True, (SetValue(path, difference.implied),))
        hint = f"write {difference.implied}, or change request.constraints.{wish}"
        yield Issue(path, f"'{str(difference.written)[:80]}' is written, and {asked}", hint, fix)


RULE = Rule(
    code="EQ808",
    name="constraint-ignored",
    severity=Severity.warning,
    needs=Needs.specification,
    check=_check,
    yields_to=("request", "layers", "interface"),
)
