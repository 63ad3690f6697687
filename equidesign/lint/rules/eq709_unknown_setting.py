"""A key under training, deployment or verification that nothing reads.

What it does
------------
Reports keys that neither the templates nor any command knows, with the nearest one that they
do, and weights of energy and forces under a loss that has neither. The fix renames the key to
the nearest that is free, or removes a weight without effect (`--fix`).

Why it matters
--------------
A misspelt setting is silently not made: training runs with the default of another key, or stops
because one is missing.

Example
-------
```yaml
training:
  learning_rte: 0.002
```

Use instead
-----------
```yaml
training:
  learning_rate: 0.002
```

References
----------
equidesign documentation: `equidesign schema architecture`; JSON Schema, additionalProperties,
json-schema.org
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from equidesign.errors import nearest
from equidesign.lint.finding import Fix, RemoveKey, RenameKey, Severity
from equidesign.lint.recipe import ERRORS, PRECISIONS, SETTINGS, expected_errors
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.spec.yamlio import KeyPath, dotted

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    spec = context.spec
    if spec is None:
        return
    for section, known in SETTINGS.items():
        written: Mapping[str, object] = getattr(spec, section)
        free = [name for name in known if name not in written]
        for name in written:
            if name not in known:
                yield _unknown((section, name), free, list(known))
    for name in FORCE_WEIGHTS:
        if name in spec.training and spec.training.get("loss") != FORCE_LOSS:
            message = f"only the loss {FORCE_LOSS} has a {name}"
            fix = Fix(f"remove {name}", True, (RemoveKey(("training", name)),))
            yield Issue(("training", name), message, "remove it", fix, on_key=True)
    free = [name for name in PRECISIONS if name not in expected_errors(spec)]
    for name in expected_errors(spec):
        if name not in PRECISIONS:
            yield _unknown((*ERRORS, name), free, list(PRECISIONS))


def _unknown(path: KeyPath, free: list[str], known: list[str]) -> Issue:
    name = str(path[-1])
    close = nearest(name[:100], free)
    message = f"'{name[:80]}' is no setting of {dotted(path[:-1])}"
    if close is None:
        return Issue(path, message, f"known: {', '.join(known)}", on_key=True)
    fix = Fix(f"write {close}", True, (RenameKey(path, close),))
    return Issue(path, message, f"did you mean '{close}'?", fix, on_key=True)


FORCE_LOSS = "energy_force_mse"
FORCE_WEIGHTS = ("energy_weight", "force_weight")

RULE = Rule(
    code="EQ709",
    name="unknown-setting",
    severity=Severity.warning,
    needs=Needs.specification,
    check=_check,
)
