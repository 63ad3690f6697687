"""A library that no code is written for.

What it does
------------
Reports a value of `library.name` that is none of the libraries which `equidesign list
libraries` shows, with the nearest one or the one that another name stands for. The fix writes
the library of the family (`--fix`).

Why it matters
--------------
The layers cannot be compiled: rendering stops here.

Example
-------
```yaml
library:
  name: e3n
  version: ">=0.5.6,<0.7"
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
Geiger & Smidt, e3nn: Euclidean neural networks, 2022, arXiv:2207.09453; Weiler & Cesa, General
E(2)-equivariant steerable CNNs, NeurIPS 2019 (escnn); Fey & Lenssen, Fast graph representation
learning with PyTorch Geometric, 2019
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.backends.registry import all_backends
from equidesign.design.rules.wishes import SYNONYMS
from equidesign.errors import nearest
from equidesign.lint.finding import Fix, SetValue, Severity
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.lint.versions import library_of

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    spec, known = context.spec, all_backends()
    if spec is None or spec.library.name in known:
        return
    name = spec.library.name
    meant = library_of(spec)
    close = SYNONYMS.get(name) or nearest(name, known)
    if meant is not None:
        close = meant.name  # the family's own library is certain
    hint = f"write {close}" if close else f"one of {', '.join(known)}"
    path = ("library", "name")
    fix = Fix(f"write {close}", True, (SetValue(path, close),)) if meant else None
    yield Issue(path, f"no code is written for the library '{name[:80]}'", hint, fix)


RULE = Rule(
    code="EQ601",
    name="unknown-library",
    severity=Severity.error,
    needs=Needs.specification,
    check=_check,
)
