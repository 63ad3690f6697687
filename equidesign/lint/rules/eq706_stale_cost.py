"""A cost that is not what the layers and sizes say.

What it does
------------
Derives operations, activations, memory and formulas from the layers, the sizes under
`cost.sizes` and the batch size, and reports what differs. Where everything agrees but one size,
or the batch size, that one is reported. The fix writes the derived cost, and the size that the
request implies (`--fix`).

Why it matters
--------------
The cost says whether a model fits on a device and how it grows with the data; SPECIFICATION.md
shows it.

Example
-------
```yaml
cost:
  sizes: {points: 12, edges: 96}
  flops: 1
```

Use instead
-----------
```yaml
cost:
  sizes: {points: 12, edges: 96}
  flops: 11019564
```

References
----------
Sze et al., Efficient processing of deep neural networks: a tutorial and survey, Proc. IEEE 105
(2017) (operations and memory as what to report)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.lint.counts import COUNTS, counts
from equidesign.lint.finding import Severity
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.lint.stale_cost import count_issues, formula_issues, has_batch_size, size_issues

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    found, measured = counts(context), context.measured
    if found is None or measured is None or context.problem is None:
        return
    written, now = found.spec.cost, measured.cost
    yield from size_issues(context, written)
    yield from formula_issues(context, found)
    stale = [key for key in COUNTS if getattr(written, key) != getattr(now, key)]
    if not has_batch_size(found) and "memory_mb" in stale:
        stale.remove("memory_mb")
    if not stale or found.changed:
        return  # edited types are said at the layers
    yield from count_issues(context, found, stale)


RULE = Rule(
    code="EQ706",
    name="stale-cost",
    severity=Severity.warning,
    needs=Needs.sound,
    check=_check,
    yields_to=("request", "symmetry", "family", "interface", "layers"),
)
