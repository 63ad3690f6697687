"""A generated file that was edited by hand.

What it does
------------
Renders the specification of a bundle and reports files that are neither the result nor what the
fingerprint in README.md stands for, at the first line that differs, with what render would write
there. Line ends of a checkout, suppression comments and files of your own do not count.

Why it matters
--------------
The next `equidesign render` stops at the file, or with `--force` replaces it. What
architecture.yaml says and what verify measured is no longer what runs.

Example
-------
```yaml
# model.py
CUTOFF = 6.0   # architecture.yaml says 5.0
```

Use instead
-----------
```yaml
# architecture.yaml, then `equidesign render architecture.yaml`
# options: {cutoff: 6.0}
# model.py
CUTOFF = 6.0
```

References
----------
equidesign documentation: `equidesign render --help`; Go generate proposal (generated code is not
edited), go.dev/s/generatedcode
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.lint.bundle import README
from equidesign.lint.drift import Change, Drift, first_change, neutral, row_place
from equidesign.lint.finding import Severity
from equidesign.lint.registry import ANYWHERE, Issue, Needs, Rule

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    found = context.drift
    if found is None:
        return
    for name in found.edited:
        yield _issue(found, name, found.differing[name])
    readme = found.bundle.texts.get(README)
    if readme is None or found.stale:
        return  # what README.md says is as old as the other files
    unlisted = [name for name in found.rendered if row_place(readme, name) is None]
    right = "\n".join(
        line
        for line in found.rendered[README].splitlines()
        if not any(line.startswith(f"| `{name}` |") for name in unlisted)
    )
    change = first_change(neutral(readme), neutral(right), below=True)
    if change is not None and not _is_of_older_specification(found):
        yield _issue(found, README, change)


def _is_of_older_specification(found: Drift) -> bool:
    """Tell whether README.md may differ because the specification was changed since."""
    return not found.is_specification_as_written and bool(found.edited_values)


def _issue(found: Drift, name: str, change: Change) -> Issue:
    if change.right is None:
        message = "edited by hand: render would not write this line"
    elif change.written is None:
        message = f"edited by hand: render would write `{_short(change.right)}` here"
    else:
        message = f"edited by hand: render would write `{_short(change.right)}`"
    comment = "<!-- equidesign: ignore[EQ803] -->" if name.endswith(".md") else _COMMENT
    hint = (
        "change architecture.yaml and run `equidesign render`; to keep the edit, write "
        f"`{comment}` at the end of the line, or list the file under per-file-ignores"
    )
    return Issue((), message, hint, file=found.bundle.file(name), place=change.place)


def _short(line: str) -> str:
    line = line.strip()
    return line if len(line) <= 100 else f"{line[:97]}..."


_COMMENT = "# equidesign: ignore[EQ803]"


RULE = Rule(
    code="EQ803",
    name="edited-file",
    severity=Severity.warning,
    needs=Needs.sound,
    check=_check,
    yields_to=ANYWHERE,
)
