"""Text that is not valid YAML or JSON.

What it does
------------
Reports the first place at which the parser gives up: tabs as indentation, a colon inside plain
text; or what opened there and was never closed: a quote, a bracket, a conflict of a merge.

Why it matters
--------------
Nothing behind that place can be read, so nothing in the file is checked until it is mended.

Example
-------
```yaml
layers:
  - name: pooling
<tab>kind: pool-points
```

Use instead
-----------
```yaml
layers:
  - name: pooling
    kind: pool-points
```

References
----------
YAML 1.2.2, yaml.org/spec/1.2.2; PyYAML documentation, pyyaml.org/wiki/PyYAMLDocumentation
"""

from __future__ import annotations

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Needs, Rule

RULE = Rule(
    code="EQ102",
    name="yaml-syntax",
    severity=Severity.error,
    needs=Needs.data,
)
