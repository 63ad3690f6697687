"""A package that the generated code imports and `dependencies` does not list.

What it does
------------
Reports packages that the library's code needs and that are missing under `dependencies`, at the
key that was probably meant where one is misspelt. The fix renames that key, or adds the package
with its supported range (`--fix`).

Why it matters
--------------
requirements.txt is written from this list. A fresh environment made from it cannot import the
model.

Example
-------
```yaml
dependencies:
  torch: ">=2.4"
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
pip documentation, Requirements file format,
pip.pypa.io/en/stable/reference/requirements-file-format
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.errors import nearest
from equidesign.lint.finding import AddKey, Fix, RenameKey, Severity
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.lint.versions import library_of, same_distribution

if TYPE_CHECKING:
    from equidesign.lint.context import Context
    from equidesign.spec.yamlio import KeyPath


def _check(context: Context) -> Iterator[Issue]:
    spec = context.spec
    backend = library_of(spec) if spec else None
    if spec is None or backend is None:
        return
    spare = [name for name in spec.dependencies if name not in backend.dependencies]
    for package, version in backend.dependencies.items():
        if package in spec.dependencies:
            continue
        if any(same_distribution(package, name) for name in spare):
            continue  # another spelling of the same name: pip takes both
        meant = SPELLINGS.get(package, ())
        close = next((name for name in spare if name.lower() in meant), None)
        close = close or nearest(package, spare)
        if close is not None:
            spare.remove(close)
            path: KeyPath = ("dependencies", close)
            message = f"'{close[:80]}' is not the name of a package that the code imports"
            fix = Fix(f"write {package}", True, (RenameKey(path, package),))
            yield Issue(path, message, f"write {package}", fix, on_key=True)
        else:
            path = ("dependencies",)
            message = f"the generated code imports {package}, which is not listed"
            fix = Fix(f"add {package}", True, (AddKey(path, package, version),))
            yield Issue(path, message, f'add `{package}: "{version}"`', fix, on_key=True)


SPELLINGS = {"torch": ("pytorch", "torch-cpu"), "torch_geometric": ("pyg", "pytorch_geometric")}
"""What packages are also called, by other channels or by mistake."""


RULE = Rule(
    code="EQ606",
    name="missing-dependency",
    severity=Severity.error,
    needs=Needs.specification,
    check=_check,
)
