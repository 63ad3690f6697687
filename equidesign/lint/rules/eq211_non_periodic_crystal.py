"""A crystal whose cell does not repeat.

What it does
------------
Reports `periodic: false` with the domain crystals.

Why it matters
--------------
Without periodic images atoms at the faces of the cell miss their neighbours, and energies and
forces there are wrong. What does not repeat is a cluster: the domain molecules.

Example
-------
```yaml
data:
  domain: crystals
  periodic: false
```

Use instead
-----------
```yaml
data:
  domain: molecules
```

References
----------
Xie & Grossman, Crystal graph convolutional neural networks, PRL 120, 145301 (2018); Ashcroft &
Mermin, Solid state physics, 1976, chapter 4
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.spec.domains import Crystals

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    request = context.request
    if request is None or not isinstance(request.data, Crystals) or request.data.periodic:
        return
    path = (*context.request_path, "data", "periodic")
    hint = "leave it out, or write `domain: molecules` for a cluster"
    yield Issue(path, "a crystal that does not repeat is a cluster of atoms", hint)


RULE = Rule(
    code="EQ211",
    name="non-periodic-crystal",
    severity=Severity.error,
    needs=Needs.request,
    check=_check,
)
