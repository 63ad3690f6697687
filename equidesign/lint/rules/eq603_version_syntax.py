"""A version range that no installer understands.

What it does
------------
Reports `library.version` and values of `dependencies` that are no version specifiers, and keys of
`dependencies` that are no names of distributions.

Why it matters
--------------
The lines go into requirements.txt as they are, where `pip install` stops at them.

Example
-------
```yaml
dependencies:
  torch: =>2.4
```

Use instead
-----------
```yaml
dependencies:
  torch: ">=2.4"
```

References
----------
PEP 440, Version identification and dependency specification, peps.python.org/pep-0440; PEP 508,
Dependency specification, peps.python.org/pep-0508
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.lint.versions import is_distribution, version_range

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    spec = context.spec
    if spec is None:
        return
    if version_range(spec.library.version) is None:
        yield Issue(("library", "version"), _message(spec.library.version), _HINT)
    for name, version in spec.dependencies.items():
        path = ("dependencies", name)
        if not is_distribution(name):
            message = f"'{name[:80]}' is no name of a distribution"
            yield Issue(path, message, "letters, digits, '.', '-' and '_'", on_key=True)
        elif version_range(version) is None:
            yield Issue(path, _message(version), _HINT)


def _message(text: str) -> str:
    return f"'{text[:80]}' is no version range"


_HINT = 'for example ">=2.4", ">=0.5.6,<0.7" or "==2.5.1"'


RULE = Rule(
    code="EQ603",
    name="version-syntax",
    severity=Severity.error,
    needs=Needs.specification,
    check=_check,
)
