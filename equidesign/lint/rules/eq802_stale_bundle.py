"""Generated files that are older than the specification.

What it does
------------
Renders the specification of a bundle and reports, once, that files which nobody edited (by their
fingerprints in README.md) differ from the result: at the value of architecture.yaml that was
changed since, where design shows which one that is, or at the line of README.md that names
another version of equidesign.

Why it matters
--------------
What is reviewed in architecture.yaml is not what runs: model.py and train.py still have the old
values.

Example
-------
```yaml
# architecture.yaml, changed after the folder was rendered
training: {epochs: 200}
# train.py
# EPOCHS = 100
```

Use instead
-----------
```yaml
# after `equidesign render architecture.yaml`
training: {epochs: 200}
# train.py
# EPOCHS = 200
```

References
----------
Peng, Reproducible research in computational science, Science 334 (2011); equidesign
documentation: `equidesign render --help`
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign import __version__
from equidesign.lint.bundle import README
from equidesign.lint.drift import line_place
from equidesign.lint.finding import Severity
from equidesign.lint.registry import ANYWHERE, Issue, Needs, Rule

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    found = context.drift
    if found is None or not found.stale:
        return
    names = ", ".join(found.stale)
    verb = "is" if len(found.stale) == 1 else "are"
    hint = "`equidesign render architecture.yaml` writes them anew"
    readme = found.bundle.texts.get(README)
    if readme is not None and found.is_specification_as_written:
        version = found.bundle.version or "another version"
        message = f"{names} {verb} of equidesign {version}, and {__version__} writes them otherwise"
        place = line_place(readme, "Written by equidesign")
        yield Issue((), message, hint, file=found.bundle.file(README), place=place)
        return
    message = f"changed since the folder was rendered: {names} {verb} of an older specification"
    yield Issue(found.changed_value, message, hint)


RULE = Rule(
    code="EQ802",
    name="stale-bundle",
    severity=Severity.warning,
    needs=Needs.sound,
    check=_check,
    yields_to=ANYWHERE,
)
