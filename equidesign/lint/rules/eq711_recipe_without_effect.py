"""An optimiser or schedule that train.py does not have.

What it does
------------
Reports a `training.optimizer` other than AdamW, and a `training.schedule` that is not the one
which train.py follows: warm-up over the first 5 % of the steps, then a cosine to zero. The
words of the schedule may be others. The fix writes the optimiser or schedule of train.py
(`--fix`).

Why it matters
--------------
The text is shown in SPECIFICATION.md, but it changes nothing in the training: whoever repeats the
experiment is misled.

Example
-------
```yaml
training:
  optimizer: sgd
  schedule: constant
```

Use instead
-----------
```yaml
training:
  optimizer: adamw
  schedule: linear warm-up over 5 % of the steps, then cosine to zero
```

References
----------
Loshchilov & Hutter, Decoupled weight decay regularization, ICLR 2019, arXiv:1711.05101;
Loshchilov & Hutter, SGDR, ICLR 2017, arXiv:1608.03983 (cosine)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.lint.finding import Fix, SetValue, Severity
from equidesign.lint.recipe import default
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.spec.yamlio import KeyPath

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    spec = context.spec
    if spec is None:
        return
    optimizer, schedule = spec.training.get("optimizer"), spec.training.get("schedule")
    path: KeyPath = ("training", "optimizer")
    if isinstance(optimizer, str) and optimizer.strip() and optimizer.lower() != OPTIMIZER:
        message = f"train.py trains with AdamW, not with '{optimizer[:80]}'"
        fix = Fix(f"write {OPTIMIZER}", True, (SetValue(path, OPTIMIZER),))
        yield Issue(path, message, f"write {OPTIMIZER}, and change train.py yourself", fix)
    path = ("training", "schedule")
    if isinstance(schedule, str) and schedule.strip() and not _is_followed(schedule):
        usual = default(context, path)
        fix = Fix("write the schedule of train.py", True, (SetValue(path, usual),))
        message = "train.py follows another schedule"
        yield Issue(path, message, f"write {usual}", fix if usual is not None else None)


def _is_followed(text: str) -> bool:
    """Tell whether a text speaks of warm-up and cosine, and of no other number than 5 %."""
    words = text[:1000].lower()
    warms = "warm" in words and "cosin" in words and not _OTHERS.search(words)
    numbers = [number for number in _NUMBER.findall(words) if float(number) != 0]
    return warms and all(float(number) in (5, 0.05) for number in numbers)


OPTIMIZER = "adamw"
_NUMBER = re.compile(r"\d{1,9}(?:\.\d{1,9})?")
_OTHERS = re.compile(
    r"constant|exponential|plateau|one.?cycle|restart|polynom|inverse|\bno\b|without|never"
)


RULE = Rule(
    code="EQ711",
    name="recipe-without-effect",
    severity=Severity.warning,
    needs=Needs.specification,
    check=_check,
)
