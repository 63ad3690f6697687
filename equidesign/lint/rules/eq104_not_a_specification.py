"""A file that is neither a specification nor a request.

What it does
------------
Reports a file that was named on the command line (or is called architecture.yaml or request.yaml)
and has neither `layers` nor `symmetry`, `data` and `task`.

Why it matters
--------------
The file would be skipped without a word, and a run that checks nothing would look like a clean
one.

Example
-------
```yaml
learning_rate: 0.01
epochs: 3
```

Use instead
-----------
```yaml
equidesign: 1
name: ethanol-forces
layers: []
```

References
----------
equidesign documentation: `equidesign schema architecture`, `equidesign schema request`
"""

from __future__ import annotations

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Needs, Rule

RULE = Rule(
    code="EQ104",
    name="not-a-specification",
    severity=Severity.error,
    needs=Needs.data,
)
