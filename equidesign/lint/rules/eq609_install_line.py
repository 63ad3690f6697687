"""An install command that does not install what the generated code imports.

What it does
------------
Reports `deployment.install` where a package that the code imports is missing, or a library of
another backend is named. A command that installs from requirements.txt is fine, whatever the
installer. The fix writes the command of the library (`--fix`).

Why it matters
--------------
It is the first command that a reader of SPECIFICATION.md runs.

Example
-------
```yaml
deployment:
  install: pip install torch escnn   # under library e3nn
```

Use instead
-----------
```yaml
deployment:
  install: pip install torch e3nn
```

References
----------
pip documentation, pip install, pip.pypa.io/en/stable/cli/pip_install
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from equidesign.lint.finding import Fix, SetValue, Severity
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.lint.versions import distributions, library_of

if TYPE_CHECKING:
    from equidesign.lint.context import Context


_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def _check(context: Context) -> Iterator[Issue]:
    spec = context.spec
    backend = library_of(spec) if spec else None
    line = spec.deployment.get("install") if spec else None
    if spec is None or backend is None or not isinstance(line, str):
        return
    if "requirements" in line:
        return
    words = {canonicalize_name(word) for word in _WORD.findall(line[:1000])}
    needed = {canonicalize_name(name): name for name in backend.dependencies}
    known = {canonicalize_name(name) for name in distributions()}
    absent = [name for key, name in needed.items() if key not in words]
    others = sorted(
        words & known - needed.keys() - {canonicalize_name(n) for n in spec.dependencies}
    )
    if "pytorch" in words and absent == ["torch"]:
        absent = [] if "conda" in words or "mamba" in words else absent
    if absent:
        message = f"the command does not install {', '.join(absent)}"
    elif others:
        message = f"the command installs {', '.join(others)}, which the code does not import"
    elif not words & _INSTALLERS:
        message = f"'{line[:80]}' installs nothing"
    else:
        return
    path = ("deployment", "install")
    fix = Fix(f"write {backend.install}", True, (SetValue(path, backend.install),))
    yield Issue(path, message, f"write {backend.install}", fix)


_INSTALLERS = frozenset(
    ("pip", "pip3", "uv", "conda", "mamba", "micromamba", "poetry", "pdm", "pixi", "pipenv")
)


RULE = Rule(
    code="EQ609",
    name="install-line",
    severity=Severity.warning,
    needs=Needs.specification,
    check=_check,
)
