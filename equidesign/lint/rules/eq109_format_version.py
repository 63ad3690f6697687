"""A format version that this program does not read.

What it does
------------
Reports a value of `equidesign` other than the version of the format that this program reads and
writes. The fix for an older version writes the present one (`--fix`); a newer file is left
alone.

Why it matters
--------------
The version says how the other keys are meant. Under another version the same words may mean
another network.

Example
-------
```yaml
equidesign: 2
name: ethanol-forces
```

Use instead
-----------
```yaml
equidesign: 1
name: ethanol-forces
```

References
----------
equidesign documentation: `equidesign schema architecture`; Semantic Versioning 2.0.0, semver.org
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.lint.finding import Fix, SetValue, Severity
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.spec.specification import FORMAT_VERSION

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    path = ("equidesign",)
    version = context.value(path)
    if not isinstance(version, int) or isinstance(version, bool) or version == FORMAT_VERSION:
        return  # of a wrong type: said by the schema
    fix = Fix(f"write {FORMAT_VERSION}", True, (SetValue(path, FORMAT_VERSION),))
    newer = "a newer equidesign may read it" if version > FORMAT_VERSION else ""
    hint = f"write {FORMAT_VERSION}" + (f"; {newer}" if newer else "")
    yield Issue(path, f"format version {version} is not known", hint, None if newer else fix)


RULE = Rule(
    code="EQ109",
    name="format-version",
    severity=Severity.error,
    needs=Needs.data,
    check=_check,
)
