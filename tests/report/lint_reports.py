"""Findings made by hand, for the tests of how they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from equidesign.lint.finding import Finding, Fix, Place, Report, SetValue, Severity
from equidesign.lint.registry import Rule

FILE = "models/architecture.yaml"
TEXT = """\
name: digits
layers:
  - name: mix
    nonlinearity: relu
    normalization: batch
    options: {kernel: 4}
"""
NASTY = "\x00\x1b[31m\x0b]]><&\"'%:,\ud800\uffff\U0001f600é幾\r\n\t::error::x"

PAGE = """{title}.

What it does
------------
Reports {title}.

Why it matters
--------------
It breaks the symmetry.

Example
-------
```yaml
nonlinearity: relu
```

Use instead
-----------
```yaml
nonlinearity: gate
```

References
----------
A paper, equation 3.
"""


def rule(code: str, name: str, severity: Severity) -> Rule:
    return Rule(code, name, severity, page=PAGE.format(title=name.replace("-", " ")))


RULES: Mapping[str, Rule] = MappingProxyType(
    {
        each.code: each
        for each in (
            rule("EQ105", "unknown-key", Severity.error),
            rule("EQ401", "pointwise-on-irreps", Severity.error),
            rule("EQ402", "batch-over-components", Severity.warning),
            rule("EQ701", "costly-kernel", Severity.info),
        )
    }
)

POINTWISE = Finding(
    "EQ401",
    "pointwise-on-irreps",
    Severity.error,
    FILE,
    Place(4, 19, 4, 23),
    "relu acts on each component of 16x1o, which a rotation mixes",
    "a gate scales a vector as a whole",
    ("layers", 0, "nonlinearity"),
    Fix("write gate", False, (SetValue(("layers", 0, "nonlinearity"), "gate"),)),
)
BATCH = Finding(
    "EQ402",
    "batch-over-components",
    Severity.warning,
    FILE,
    Place(5, 20, 5, 25),
    "batch statistics differ between components",
    "",
    ("layers", 0, "normalization"),
    Fix("write norm", True, (SetValue(("layers", 0, "normalization"), "norm"),)),
)
COSTLY = Finding(
    "EQ701",
    "costly-kernel",
    Severity.info,
    "models/other.yaml",
    Place(1, 1, 3, 5),
    "it costs 10 GFLOP",
)
TEXTS = {FILE: TEXT, "models/other.yaml": "name: a\nb: 1\nc: 2\n"}
FILES = (FILE, "models/clean.yaml", "models/other.yaml")
EVERYTHING = Report((POINTWISE, BATCH, COSTLY), FILES, TEXTS)
NOTHING = Report((), FILES, {})


def about(text: str, place: Place, message: str = "m", hint: str = "", file: str = FILE) -> Report:
    """One finding about a place of a text."""
    finding = Finding("EQ401", "pointwise-on-irreps", Severity.error, file, place, message, hint)
    return Report((finding,), (file,), {file: text})
