"""A setting of training, deployment or verification that is missing.

What it does
------------
Reports keys that render or a reader of the specification needs and that are absent, unless a
misspelt key beside them is reported. The fix writes what design would.

Why it matters
--------------
Rendering stops at the first of them, or the specification no longer says how the network is
trained, shipped or checked.

Example
-------
```yaml
deployment:
  device: auto
```

Use instead
-----------
```yaml
deployment:
  precision: float32
  device: auto
  install: pip install torch e3nn
```

References
----------
equidesign documentation: `equidesign schema architecture`; Pineau et al., Improving
reproducibility in machine learning research, JMLR 22 (2021) (the checklist)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from equidesign.errors import nearest
from equidesign.lint.finding import AddKey, Fix, Severity
from equidesign.lint.recipe import SETTINGS, default
from equidesign.lint.registry import Issue, Needs, Rule

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    spec = context.spec
    if spec is None:
        return
    for section, known in SETTINGS.items():
        written: Mapping[str, object] = getattr(spec, section)
        spare = [name for name in written if name not in known]
        absent = [name for name in known if known[name].required and name not in written]
        absent = [name for name in absent if not _is_misspelt(name, spare, absent)]
        if not absent:
            continue
        values = {name: default(context, (section, name)) for name in absent}
        edits = tuple(AddKey((section,), name, value) for name, value in values.items())
        certain = None not in values.values()
        fix = Fix(f"add {', '.join(absent)}", True, edits) if certain else None
        example = f"{absent[0]}: {values[absent[0]]}"
        hint = f"add `{example}`" if certain and len(absent) == 1 else known[absent[0]].doc
        message = f"'{section}' lacks {', '.join(absent)}"
        yield Issue((section,), message, hint, fix, on_key=True)


def _is_misspelt(name: str, spare: list[str], absent: list[str]) -> bool:
    """Tell whether a key that is there was meant to be this one."""
    return any(nearest(each[:100], absent) == name for each in spare)


RULE = Rule(
    code="EQ710",
    name="missing-setting",
    severity=Severity.error,
    needs=Needs.specification,
    check=_check,
)
