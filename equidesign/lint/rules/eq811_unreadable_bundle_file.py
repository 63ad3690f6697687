"""A file of a bundle that cannot be read.

What it does
------------
Reports files with the names that render writes which are folders, not text in UTF-8, too large,
or not allowed to be read.

Why it matters
--------------
What cannot be read cannot be compared with the specification, and Python will not read it either.

Example
-------
```text
model.py   # saved in UTF-16 by an editor
```

Use instead
-----------
```text
model.py   # a regular text file in UTF-8
```

References
----------
The Unicode Standard, chapter 3.9 (UTF-8); PEP 3120, Using UTF-8 as the default source encoding,
peps.python.org/pep-3120
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.lint.bundle import REQUEST
from equidesign.lint.finding import Place, Severity
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.spec.loading import ARCHITECTURE

if TYPE_CHECKING:
    from equidesign.lint.context import Context


_POSITION = re.compile(r":(\d+):(\d+)$")


def _check(context: Context) -> Iterator[Issue]:
    bundle = context.bundle
    if bundle is None or not context.is_architecture:
        return
    for name, error in bundle.unreadable.items():
        if name in (REQUEST, ARCHITECTURE):
            continue  # linted as files of their own
        match = _POSITION.search(error.where or "")
        line, column = (int(match[1]), int(match[2])) if match else (1, 1)
        place = Place(line, column, line, column + 1)
        hint = error.hint or (f"expected {error.expected}" if error.expected else "")
        yield Issue((), error.what, hint, file=bundle.file(name), place=place)


RULE = Rule(
    code="EQ811",
    name="unreadable-bundle-file",
    severity=Severity.error,
    needs=Needs.data,
    check=_check,
)
