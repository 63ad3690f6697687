"""More parameters than the request allows.

What it does
------------
Compares the number of parameters that the types say with `request.constraints.max_parameters`. If
the layers are exactly what design makes for a budget of their size, the budget was lowered
afterwards and is reported; else the total is.

Why it matters
--------------
The budget is a promise to whoever has to store, send or run the model.

Example
-------
```yaml
request:
  constraints: {max_parameters: 40000}
parameters:
  total: 52110   # after widths were raised
```

Use instead
-----------
```yaml
request:
  constraints: {max_parameters: 60000}
parameters:
  total: 52110
```

References
----------
equidesign documentation: `equidesign explain largest-that-fits`; Howard et al., MobileNets, 2017,
arXiv:1704.04861 (width as the knob that meets a budget)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.lint.budget import is_designed_for
from equidesign.lint.counts import counts
from equidesign.lint.finding import Severity
from equidesign.lint.registry import Issue, Needs, Rule

if TYPE_CHECKING:
    from equidesign.lint.context import Context
    from equidesign.spec.yamlio import KeyPath


def _check(context: Context) -> Iterator[Issue]:
    found = counts(context)
    request = context.request
    budget = request.constraints.max_parameters if request else None
    if found is None or request is None or budget is None or found.total <= budget:
        return
    message = f"the layers have {found.total:,} parameters, and the budget is {budget:,}"
    if is_designed_for(context, max_parameters=found.total):
        path: KeyPath = ("request", "constraints", "max_parameters")
        hint = f"raise it to {found.total}, or design again: `equidesign design` fits the widths"
        yield Issue(path, message, hint)
    else:
        hint = "lower the widths of the layers, or raise request.constraints.max_parameters"
        yield Issue(("parameters", "total"), message, hint)


RULE = Rule(
    code="EQ704",
    name="parameter-budget",
    severity=Severity.error,
    needs=Needs.sound,
    check=_check,
    yields_to=("symmetry", "family", "interface", "layers"),
)
