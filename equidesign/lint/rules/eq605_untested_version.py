"""A version range wider than the versions that the generated code is known to work with.

What it does
------------
Reports `library.version` and values of `dependencies` that allow versions outside of the
supported range beside some inside of it. A narrower range, or one pinned version, is fine.
The fix writes the supported range (`--fix`).

Why it matters
--------------
An installer takes the newest version that it may. The code was not tried with it, and libraries
change conventions such as the order of components or a normalisation between versions.

Example
-------
```yaml
dependencies:
  torch: ">=2.4"
  e3nn: ">=0.5"
```

Use instead
-----------
```yaml
dependencies:
  torch: ">=2.4"
  e3nn: ">=0.5.6,<0.7"
```

References
----------
PEP 440, Version identification and dependency specification, peps.python.org/pep-0440; release
notes of e3nn, github.com/e3nn/e3nn/blob/main/ChangeLog.md
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from packaging.specifiers import SpecifierSet

from equidesign.lint.finding import Fix, SetValue, Severity
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.lint.versions import (
    allows_more,
    allows_none,
    library_of,
    ranges,
    version_range,
)

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    spec = context.spec
    backend = library_of(spec) if spec else None
    if spec is None or backend is None:
        return
    for path, package, text, supported in ranges(spec, backend):
        written, known = version_range(text), SpecifierSet(supported)
        if text == supported or written is None or allows_none(written, known):
            continue
        if allows_more(written, known):
            shown = text or "no range"
            message = f"{shown} allows versions of {package} that the code was not tried with"
            fix = Fix(f"write {supported}", True, (SetValue(path, supported),))
            yield Issue(path, message, f"supported: {supported}", fix)


RULE = Rule(
    code="EQ605",
    name="untested-version",
    severity=Severity.warning,
    needs=Needs.specification,
    check=_check,
)
