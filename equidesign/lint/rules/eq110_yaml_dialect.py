"""YAML that is valid and refused: tags, merge keys, infinite numbers, deep nesting.

What it does
------------
Reports features that change what a file means depending on the program that reads it, or that can
make a small file expand without end.

Why it matters
--------------
A specification is data. It has to mean the same to everybody who reads it, and it must be safe to
open.

Example
-------
```yaml
data: !!python/object:os.system {}
```

Use instead
-----------
```yaml
data: {domain: images}
```

References
----------
YAML 1.2.2, section 10.3 (core schema); CWE-776 (unrestricted recursive entity references)
"""

from __future__ import annotations

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Needs, Rule

RULE = Rule(
    code="EQ110",
    name="yaml-dialect",
    severity=Severity.error,
    needs=Needs.data,
)
