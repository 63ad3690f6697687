"""A setting of training, deployment or verification that is impossible.

What it does
------------
Reports values of the wrong type, out of range (a learning rate of zero, an averaging factor
above 1, half an epoch), or not one of the choices. The fix writes the nearest choice: (`--fix`)
if design would write it, else (`--unsafe-fixes`).

Why it matters
--------------
train.py is rendered with these numbers as its defaults: it would stop at once, or go nowhere.

Example
-------
```yaml
training:
  learning_rate: -0.002
  ema_decay: 99
```

Use instead
-----------
```yaml
training:
  learning_rate: 0.002
  ema_decay: 0.99
```

References
----------
Loshchilov & Hutter, Decoupled weight decay regularization, ICLR 2019, arXiv:1711.05101; PyTorch
documentation, torch.optim.AdamW, docs.pytorch.org
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.lint.finding import Fix, SetValue, Severity
from equidesign.lint.recipe import (
    ERRORS,
    Setting,
    default,
    expected_errors,
    written_settings,
)
from equidesign.lint.registry import Issue, Needs, Rule

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    spec = context.spec
    if spec is None:
        return
    for path, setting, value in written_settings(spec):
        objection = setting.objection(value)
        if objection is None:
            continue
        close = setting.close(value)
        usual = default(context, path)
        hint = f"did you mean '{close}'?" if close else setting.doc
        fix = None
        if close is not None:
            fix = Fix(f"write {close}", close == usual, (SetValue(path, close),))
        elif usual is not None:
            hint = f"{setting.doc}, for example {usual}"
        yield Issue(path, f"{path[1]}: {objection}", hint, fix)
    for name, value in expected_errors(spec).items():
        objection = ERROR.objection(value)
        if objection is not None:
            yield Issue((*ERRORS, name), f"{str(name)[:80]}: {objection}", ERROR.doc)


ERROR = Setting("number", "a relative error such as 1.0e-05", above=0)


RULE = Rule(
    code="EQ707",
    name="setting-value",
    severity=Severity.error,
    needs=Needs.specification,
    check=_check,
)
