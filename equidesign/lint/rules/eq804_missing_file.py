"""A generated file that README.md lists and that is not there.

What it does
------------
Reports files in the table of a bundle's README.md that do not exist, and a README.md that is
missing beside all the other files. A folder that keeps only some of the files, and no README.md,
is fine.

Why it matters
--------------
Whoever clones the folder follows README.md: without model.py nothing runs, without
test_equivariance.py nobody checks the symmetry.

Example
-------
```text
README.md lists `test_equivariance.py`; the folder does not have it
```

Use instead
-----------
```text
README.md lists `test_equivariance.py`; the folder has it, or the row is removed with it
```

References
----------
equidesign documentation: `equidesign render --help`
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.lint.bundle import README
from equidesign.lint.drift import row_place
from equidesign.lint.finding import Place, Severity
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.render.bundle import FILES
from equidesign.spec.loading import ARCHITECTURE

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    bundle = context.bundle
    if bundle is None:
        return
    present = bundle.texts.keys() | bundle.unreadable.keys()
    if ARCHITECTURE in present and not context.is_architecture:
        return  # said where the specification is linted
    readme = bundle.texts.get(README)
    hint = "`equidesign render architecture.yaml` writes it again"
    if not context.is_architecture:
        hint = "`equidesign design request.yaml --force` writes it again"
    if readme is None and set(FILES) - present == {README}:
        message = "README.md is missing, with the fingerprints of the other files"
        yield Issue((), message, hint, file=bundle.file(README), place=Place(1, 1, 1, 2))
    for name in FILES:
        place = row_place(readme or "", name)
        if place is not None and name not in present:
            message = f"{name} is listed here, and is not there"
            yield Issue((), message, hint, file=bundle.file(README), place=place)


RULE = Rule(
    code="EQ804",
    name="missing-file",
    severity=Severity.warning,
    needs=Needs.data,
    check=_check,
)
