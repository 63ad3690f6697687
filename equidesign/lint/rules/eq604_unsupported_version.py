"""A version range without a version that the generated code works with.

What it does
------------
Reports `library.version` and values of `dependencies` that allow none of the versions which the
generated code is known to work with. The fix writes the supported range (`--fix`).

Why it matters
--------------
What gets installed has another interface than the code was written and tested for: it fails at
import, or computes something else.

Example
-------
```yaml
library:
  name: e3nn
  version: "<0.5"
```

Use instead
-----------
```yaml
library:
  name: e3nn
  version: ">=0.5.6,<0.7"
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
from equidesign.lint.versions import allows_none, library_of, ranges, version_range

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    spec = context.spec
    backend = library_of(spec) if spec else None
    if spec is None or backend is None:
        return
    for path, package, text, supported in ranges(spec, backend):
        written = version_range(text) if text != supported else None
        if written is not None and allows_none(written, SpecifierSet(supported)):
            message = f"{text} allows no version of {package} that the code works with"
            fix = Fix(f"write {supported}", True, (SetValue(path, supported),))
            yield Issue(path, message, f"supported: {supported}", fix)


RULE = Rule(
    code="EQ604",
    name="unsupported-version",
    severity=Severity.error,
    needs=Needs.specification,
    check=_check,
)
