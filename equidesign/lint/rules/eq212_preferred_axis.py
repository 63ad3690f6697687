"""A preferred axis that is not the one of the request.

What it does
------------
Compares the option `axis` of axis embeddings with `data.preferred_axis` of the request (z if
none is named), and reports an axis embedding where the declared group turns every axis. The fix
writes the axis of the request, or puts the request's back (`--unsafe-fixes`).

Why it matters
--------------
The network is equivariant about the axis it is given: with another one it would be told that up
is sideways.

Example
-------
```yaml
request:
  data: {domain: point_clouds, preferred_axis: z}
layers:
  - name: axis_embedding
    options: {axis: x}
```

Use instead
-----------
```yaml
request:
  data: {domain: point_clouds, preferred_axis: z}
layers:
  - name: axis_embedding
    options: {axis: z}
```

References
----------
Smidt, Geiger & Miller, Finding symmetry breaking order parameters with Euclidean neural networks,
Physical Review Research 3, L012002 (2021)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.lint.stated import contradictions, issue, shown, suspected

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    yield from suspected(context, ("data", "preferred_axis"))
    for found in contradictions(context, "layers", "*", "options", "axis"):
        if found.implied is None:
            hint = "leave the layer out, or declare the subgroup that keeps the axis"
            yield Issue(found.path, "the declared group keeps no axis", hint)
            continue
        message = f"the axis is {shown(found.written)} here and {found.implied} in the request"
        yield issue(context, found.path, message, found.implied, safe=False)


RULE = Rule(
    code="EQ212",
    name="preferred-axis",
    severity=Severity.error,
    needs=Needs.specification,
    check=_check,
)
