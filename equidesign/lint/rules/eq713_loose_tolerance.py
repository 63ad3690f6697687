"""An expected error under which a broken symmetry would pass, or that no computer reaches.

What it does
------------
Reports entries of `verification.expected_relative_error` that are above 1e-4 in float32 or
1e-11 in float64, or below the spacing of numbers in that precision. The fix writes the error
that design expects (`--fix`).

Why it matters
--------------
A network that commutes with its group does so up to rounding: about 1e-6 in float32 and 1e-14 in
float64. An error of 1 % is a broken symmetry.

Example
-------
```yaml
verification:
  expected_relative_error: {float32: 0.01, float64: 0.01}
```

Use instead
-----------
```yaml
verification:
  expected_relative_error: {float32: 1.0e-05, float64: 1.0e-12}
```

References
----------
Higham, Accuracy and stability of numerical algorithms, SIAM 2002, chapter 2; equidesign
documentation: `equidesign verify` (the error has to fall with the precision)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.lint.finding import Fix, SetValue, Severity
from equidesign.lint.recipe import ERRORS, PRECISIONS, default, expected_errors
from equidesign.lint.registry import Issue, Needs, Rule

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    spec = context.spec
    if spec is None:
        return
    for name, value in expected_errors(spec).items():
        if name not in PRECISIONS or isinstance(value, bool) or not isinstance(value, int | float):
            continue
        spacing, largest = PRECISIONS[name]
        path = (*ERRORS, name)
        usual = default(context, path)
        hint = f"write {usual}" if usual is not None else f"at most {largest:g}"
        fix = Fix(hint, True, (SetValue(path, usual),)) if usual is not None else None
        if value > largest:
            message = f"a broken symmetry can have an error below {value:g} in {name}"
            yield Issue(path, message, hint, fix)
        elif 0 < value < spacing:
            message = (
                f"{name} itself is no more precise than {spacing:.0e}: {value:g} is out of reach"
            )
            yield Issue(path, message, hint, fix)


RULE = Rule(
    code="EQ713",
    name="loose-tolerance",
    severity=Severity.warning,
    needs=Needs.specification,
    check=_check,
)
