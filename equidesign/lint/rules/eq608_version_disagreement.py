"""`library.version` and `dependencies` give different ranges for the same package.

What it does
------------
Reports the one of the two that is not the range the library is supported in, where both are
ranges that the code works with.

Why it matters
--------------
SPECIFICATION.md shows the first, requirements.txt installs the second: what is documented is not
what is installed.

Example
-------
```yaml
library:
  name: e3nn
  version: ==0.5.6
dependencies:
  torch: ">=2.4"
  e3nn: ">=0.5.6,<0.7"
```

Use instead
-----------
```yaml
library:
  name: e3nn
  version: ==0.5.6
dependencies:
  torch: ">=2.4"
  e3nn: ==0.5.6
```

References
----------
PEP 440, Version identification and dependency specification, peps.python.org/pep-0440
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from packaging.specifiers import SpecifierSet

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.lint.versions import allows_more, allows_none, core, library_of, version_range
from equidesign.spec.yamlio import dotted

if TYPE_CHECKING:
    from equidesign.lint.context import Context
    from equidesign.spec.yamlio import KeyPath


def _check(context: Context) -> Iterator[Issue]:
    spec = context.spec
    backend = library_of(spec) if spec else None
    if spec is None or backend is None or core(backend) not in spec.dependencies:
        return
    shown, installed = spec.library.version, spec.dependencies[core(backend)]
    known = SpecifierSet(backend.version)
    one, other = version_range(shown), version_range(installed)
    if shown == installed or one is None or other is None or one == other:
        return
    if any(allows_none(each, known) or allows_more(each, known) for each in (one, other)):
        return  # said already, at the one that is not supported
    first: KeyPath = ("library", "version")
    second: KeyPath = ("dependencies", core(backend))
    edited, value, kept = (first, installed, second) if other == known else (second, shown, first)
    message = f"`{dotted(kept)}` says {value}"
    yield Issue(edited, message, "write the same range in both places")


RULE = Rule(
    code="EQ608",
    name="version-disagreement",
    severity=Severity.warning,
    needs=Needs.specification,
    check=_check,
)
