"""A deep-learning library under `dependencies` that the generated code does not import.

What it does
------------
Reports packages of other libraries that models are written in (e3nn, escnn, torch_geometric,
JAX, TensorFlow, ...) beside those that the code imports, and misspelt doubles of a listed
package. Packages of your own, such as a logger, are left alone. The fix removes the entry
(`--fix`).

Why it matters
--------------
A second framework is a large download, and it can pull in versions that break the one which is
used. Often it is a leftover from another family.

Example
-------
```yaml
family: nequip
dependencies:
  torch: ">=2.4"
  e3nn: ">=0.5.6,<0.7"
  escnn: ">=1.0.11,<1.1"
```

Use instead
-----------
```yaml
family: nequip
dependencies:
  torch: ">=2.4"
  e3nn: ">=0.5.6,<0.7"
```

References
----------
deptry documentation, DEP002 (project should not contain unused dependencies), deptry.com
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from equidesign.lint.finding import Fix, RemoveKey, Severity
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.lint.versions import distributions, is_distribution, library_of, same_distribution

if TYPE_CHECKING:
    from equidesign.lint.context import Context


FRAMEWORKS = frozenset(
    {"dgl", "e2cnn", "e3nn-jax", "flax", "haiku", "jax", "jraph", "keras", "mxnet", "paddlepaddle"}
    | {"pytorch", "tensorflow", "tf-keras", "theano"}
)


def _check(context: Context) -> Iterator[Issue]:
    spec = context.spec
    backend = library_of(spec) if spec else None
    if spec is None or backend is None:
        return
    libraries = distributions()
    needed = backend.dependencies
    missing = [name for name in needed if name not in spec.dependencies]
    for package in spec.dependencies:
        if package in needed or missing or not is_distribution(package):
            continue  # what is missing may be this one, misspelt
        twin = next((name for name in needed if same_distribution(name, package)), None)
        twin = twin or next((name for name in needed if _is_misspelt(package, name)), None)
        if package.lower() not in FRAMEWORKS | libraries and twin is None:
            continue
        path = ("dependencies", package)
        message = f"the generated code does not import {package}"
        hint = f"{twin} is listed already" if twin else f"it imports {', '.join(needed)}"
        fix = Fix(f"remove {package}", True, (RemoveKey(path),))
        yield Issue(path, message, hint, fix, on_key=True)


def _is_misspelt(written: str, name: str) -> bool:
    """Tell whether two names differ by one letter, or by two that changed places."""
    if abs(len(written) - len(name)) > 1 or len(name) < 4:
        return False
    return SequenceMatcher(None, written.lower(), name.lower()).ratio() > 1 - 1.5 / len(name)


RULE = Rule(
    code="EQ607",
    name="unused-dependency",
    severity=Severity.warning,
    needs=Needs.specification,
    check=_check,
)
