"""A library that the layers are not written for.

What it does
------------
Reports a known `library.name` that is not the library of the family, or in which some layer of
the pipeline has no code, while the dependencies are those of the family's library. The fix
writes the library of the family (`--fix`).

Why it matters
--------------
Each kind of layer has code in certain libraries only. Compiled for another one the file would
import what is not installed, or not compile at all.

Example
-------
```yaml
family: nequip
library:
  name: escnn
```

Use instead
-----------
```yaml
family: nequip
library:
  name: e3nn
```

References
----------
equidesign documentation: `equidesign list families`; Geiger & Smidt, e3nn: Euclidean neural
networks, 2022, arXiv:2207.09453
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.backends.registry import all_backends
from equidesign.lint.finding import Fix, SetValue, Severity
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.lint.versions import library_of

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    spec, known = context.spec, all_backends()
    if spec is None or spec.library.name not in known:
        return
    name = spec.library.name
    meant = library_of(spec)
    without = [layer.name for kind, layer in context.typed or () if name not in kind.backends]
    if meant is not None and meant.name != name:
        message = f"{spec.family} is written for {meant.title}, not for {known[name].title}"
    elif without and meant is not None:
        message = f"layer '{without[0]}' has no code in {known[name].title}"
    else:
        return
    path = ("library", "name")
    if meant.name == name:
        yield Issue(path, message, "its kind is another family's")
        return
    fix = Fix(f"write {meant.name}", True, (SetValue(path, meant.name),))
    yield Issue(path, message, f"write {meant.name}", fix)


RULE = Rule(
    code="EQ602",
    name="library-mismatch",
    severity=Severity.error,
    needs=Needs.specification,
    check=_check,
    yields_to=("family", "layers"),
)
