"""A unit that is not the one of the quantity.

What it does
------------
Compares the units of inputs and outputs with those of the table of quantities: Å for positions
of atoms, eV and eV/Å for energies and forces. The fix writes the unit of the quantity
(`--fix`).

Why it matters
--------------
Units are documentation, and wrong documentation costs factors of 23.06: data and model would
differ by that without an error.

Example
-------
```yaml
interface:
  outputs:
    forces: {shape: [points, 3], space: atoms, rep: 1x1o, unit: eV}
```

Use instead
-----------
```yaml
interface:
  outputs:
    forces: {shape: [points, 3], space: atoms, rep: 1x1o, unit: eV/Å}
```

References
----------
BIPM, The international system of units, 9th ed., 2019; equidesign documentation: `equidesign list
quantities`
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.lint.stated import contradictions, issue, shown

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    for kind in ("inputs", "outputs"):
        for found in contradictions(context, "interface", kind, "*", "unit"):
            if found.implied is None:
                continue  # a unit that only the data know
            message = f"the unit of '{found.path[2]}' is {shown(found.implied)}, not {shown(found.written)}"
            yield issue(context, found.path, message, found.implied)


RULE = Rule(
    code="EQ519",
    name="unit",
    severity=Severity.warning,
    needs=Needs.specification,
    check=_check,
)
