"""A group of the features that is not the point group of the symmetry.

What it does
------------
Compares `symmetry.acts_on_features` with the group that acts on the components of a feature:
O(3) for E(3), C4 for C4, the trivial group for S_n. The fix writes that group (`--fix`).

Why it matters
--------------
Every representation of every layer is read under this group: with SO(3) in place of O(3) parities
are lost, with a smaller group irreps mean something else.

Example
-------
```yaml
symmetry:
  canonical: E(3) x S_n
  acts_on_features: SO(3)
```

Use instead
-----------
```yaml
symmetry:
  canonical: E(3) x S_n
  acts_on_features: O(3)
```

References
----------
Geiger & Smidt, e3nn: Euclidean neural networks, 2022, arXiv:2207.09453, section 2; Weiler & Cesa,
General E(2)-equivariant steerable CNNs, NeurIPS 2019, section 2
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.lint.agreement import readable_group
from equidesign.lint.finding import Severity
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.lint.stated import issue

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    path = ("symmetry", "acts_on_features")
    found = context.contradictions.get(path)
    if found is None or readable_group(found.written) is None or context.problem is None:
        return
    group = context.problem.group.name
    message = f"{found.written} is not what acts on the features of {group}"
    yield issue(context, path, message, found.implied)


RULE = Rule(
    code="EQ203",
    name="feature-group",
    severity=Severity.error,
    needs=Needs.specification,
    check=_check,
)
