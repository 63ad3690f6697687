"""A file that cannot be read as text.

What it does
------------
Reports files that do not exist as regular files, cannot be opened, are larger than 1 MB, or are
not text in UTF-8.

Why it matters
--------------
What cannot be read cannot be checked. The other files of the run are checked all the same.

Example
-------
```yaml
architecture.yaml   # a link to a file that was removed, or text in UTF-16
```

Use instead
-----------
```yaml
architecture.yaml   # a regular text file in UTF-8
```

References
----------
The Unicode Standard, chapter 3.9 (UTF-8); YAML 1.2.2, yaml.org/spec/1.2.2; PyYAML documentation,
pyyaml.org/wiki/PyYAMLDocumentation
"""

from __future__ import annotations

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Needs, Rule

RULE = Rule(
    code="EQ101",
    name="unreadable-file",
    severity=Severity.error,
    needs=Needs.data,
)
