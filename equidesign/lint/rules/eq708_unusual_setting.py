"""A training setting far outside of what trains such networks.

What it does
------------
Reports possible values that nobody trains with: learning rates above 0.1 or below 1e-6, weight
decay above 1, a batch larger than the data set, and the like.

Why it matters
--------------
Most such values are a slip of the decimal point. Training diverges, or runs for hours without
learning.

Example
-------
```yaml
training:
  learning_rate: 2   # meant: 0.002
```

Use instead
-----------
```yaml
training:
  learning_rate: 0.002
```

References
----------
Loshchilov & Hutter, Decoupled weight decay regularization, ICLR 2019, arXiv:1711.05101; Batzner
et al., NequIP, Nature Communications 13, 2453 (2022), methods (learning rates of 0.002 to 0.01)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.lint.finding import Severity
from equidesign.lint.recipe import SETTINGS, default, written_settings
from equidesign.lint.registry import Issue, Needs, Rule

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    spec = context.spec
    if spec is None:
        return
    for path, setting, value in written_settings(spec):
        if not setting.is_unusual(value) or setting.usual is None:
            continue
        least, largest = setting.usual
        usual = default(context, path)
        hint = f"design would write {usual}" if usual is not None else setting.doc
        message = f"{path[1]} {value:g} is outside of {least:g} to {largest:g}"
        yield Issue(path, message, hint)
    samples = spec.request.data.samples
    batch = spec.training.get("batch_size")
    path = ("training", "batch_size")
    if not isinstance(batch, int) or samples is None:
        return
    if batch > samples and SETTINGS["training"]["batch_size"].objection(batch) is None:
        message = f"a batch of {batch:,} is larger than the {samples:,} samples that there are"
        yield Issue(path, message, f"at most {samples}")


RULE = Rule(
    code="EQ708",
    name="unusual-setting",
    severity=Severity.warning,
    needs=Needs.specification,
    check=_check,
)
