"""A version range that no installer understands.

What it does
------------
Reports `library.version` and values of `dependencies` that are no version specifiers, and keys
of `dependencies` that are no names of distributions. The fix writes the supported range of a
package that the code imports (`--fix`).

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

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from equidesign.lint.finding import Fix, SetValue, Severity
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.lint.versions import is_distribution, library_of, ranges, version_range
from equidesign.spec.yamlio import KeyPath

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    spec = context.spec
    if spec is None:
        return
    backend = library_of(spec)
    known = ranges(spec, backend) if backend is not None else ()
    supported = {path: text for path, _, _, text in known}
    if version_range(spec.library.version) is None:
        yield _issue(("library", "version"), spec.library.version, supported)
    for name, version in spec.dependencies.items():
        path = ("dependencies", name)
        if not is_distribution(name):
            message = f"'{name[:80]}' is no name of a distribution"
            yield Issue(path, message, "letters, digits, '.', '-' and '_'", on_key=True)
        elif version_range(version) is None:
            yield _issue(path, version, supported)


def _issue(path: KeyPath, text: str, supported: Mapping[KeyPath, str]) -> Issue:
    right = supported.get(path)
    fix = Fix(f"write {right}", True, (SetValue(path, right),)) if right else None
    hint = f"supported: {right}" if right else _HINT
    return Issue(path, f"'{text[:80]}' is no version range", hint, fix)


_HINT = 'for example ">=2.4", ">=0.5.6,<0.7" or "==2.5.1"'


RULE = Rule(
    code="EQ603",
    name="version-syntax",
    severity=Severity.error,
    needs=Needs.specification,
    check=_check,
)
