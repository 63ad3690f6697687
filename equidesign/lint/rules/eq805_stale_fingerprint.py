"""A fingerprint in README.md that is not that of the file.

What it does
------------
Reports rows of the table in a bundle's README.md whose fingerprint is wrong although the file is
exactly what render writes, and files without a row.

Why it matters
--------------
The fingerprints are how render and lint tell a file that a person edited from one that is merely
old. With a wrong one the next render refuses to replace the file.

Example
-------
```markdown
| `model.py` | the model; needs only its library | `0000000000000000` |
```

Use instead
-----------
```markdown
| `model.py` | the model; needs only its library | `cca760f088644ade` |
```

References
----------
NIST FIPS 180-4, Secure hash standard (SHA-256, of which the first 16 digits are shown);
equidesign documentation: `equidesign render --help`
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.lint.bundle import README, unix_lines
from equidesign.lint.drift import Drift, missing_row_place, row_place
from equidesign.lint.finding import Severity
from equidesign.lint.registry import ANYWHERE, Issue, Needs, Rule
from equidesign.render.bundle import FILES, fingerprint
from equidesign.spec.loading import ARCHITECTURE

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    found = context.drift
    readme = found.bundle.texts.get(README) if found else None
    if found is None or readme is None:
        return
    hint = "`equidesign render architecture.yaml` writes the table anew"
    for name in FILES:
        text = unix_lines(context.text) if name == ARCHITECTURE else found.bundle.texts.get(name)
        if name == README or text is None:
            continue
        mark, place = fingerprint(text), row_place(readme, name)
        if place is None:
            message = f"{name} is not listed"
            place = missing_row_place(readme, name)
        elif found.bundle.fingerprints.get(name) != mark and _is_rendered(found, name, text):
            message = f"the fingerprint of {name} is {mark}"
        else:
            continue
        yield Issue((), message, hint, file=found.bundle.file(README), place=place)


def _is_rendered(found: Drift, name: str, text: str) -> bool:
    """Tell whether a file is what render writes, so that the row must be wrong."""
    if text != found.rendered[name]:
        return False
    # A specification may be edited without changing a line of code.
    return name != ARCHITECTURE or not found.edited_values


RULE = Rule(
    code="EQ805",
    name="stale-fingerprint",
    severity=Severity.warning,
    needs=Needs.sound,
    check=_check,
    yields_to=ANYWHERE,
)
