"""A table of parameters that does not list the layers as they are.

What it does
------------
Reports entries of `parameters.per_layer` that differ from the layer's count, entries without a
layer, and layers without an entry. A layer that was renamed is reported once, at its name.
The fix writes, adds, renames or removes the entry (`--fix`).

Why it matters
--------------
SPECIFICATION.md and every comparison of two specifications read the table.

Example
-------
```yaml
layers:
  - name: readout
    parameters: 24
parameters:
  total: 24
  per_layer: {readout: 42}
```

Use instead
-----------
```yaml
layers:
  - name: readout
    parameters: 24
parameters:
  total: 24
  per_layer: {readout: 24}
```

References
----------
equidesign documentation: `equidesign schema architecture`; torchinfo documentation,
github.com/TylerYep/torchinfo (the same table, of a built model)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.errors import nearest
from equidesign.lint.counts import counts, missing_entries, renamed_layers
from equidesign.lint.finding import Fix, RemoveKey, RenameKey, SetValue, Severity
from equidesign.lint.reading import ABSENT
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.spec.yamlio import KeyPath

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    found = counts(context)
    if found is None:
        return
    table = found.spec.parameters.per_layer
    now = {layer.name: count for layer, count in zip(found.spec.layers, found.now, strict=True)}
    renamed = renamed_layers(context)
    for old, index in renamed.items():
        yield _renamed(context, old, index)
    names = {found.spec.layers[index].name for index in renamed.values()}
    absent = [name for name in now if name not in table and name not in names]
    changed = {found.spec.layers[index].name for index in found.changed}
    for name, count in table.items():
        path = (*TABLE, name)
        if name in renamed:
            continue
        if name not in now:
            yield _unknown(path, name, absent)
        elif count != now[name] and name not in changed:
            message = f"{count:,} parameters are listed, and the layer has {now[name]:,}"
            fix = Fix(f"write {now[name]}", True, (SetValue(path, now[name]),))
            yield Issue(path, message, f"write {now[name]}", fix)
    if absent:
        yield missing_entries(TABLE, {name: now[name] for name in absent})


def _renamed(context: Context, old: str, index: int) -> Issue:
    """Return the issue of a layer that the tables know under another name."""
    name = context.value(("layers", index, "name"))
    formulas: KeyPath = ("cost", "formulas")
    edits = [
        RenameKey((*parent, old), name)
        for parent in (TABLE, formulas)
        if context.value((*parent, old)) is not ABSENT
    ]
    message = f"the tables of parameters and costs call this layer '{old}'"
    fix = Fix(f"write {name} there", True, tuple(edits))
    hint = f"write {name} there, or {old} here"
    return Issue(("layers", index, "name"), message, hint, fix)


def _unknown(path: KeyPath, name: str, absent: list[str]) -> Issue:
    """Return the issue of an entry without a layer."""
    close = nearest(name[:100], absent) or (absent[0] if len(absent) == 1 else None)
    message = f"no layer is called '{name[:80]}'"
    if close is None:
        fix = Fix(f"remove {name[:80]}", True, (RemoveKey(path),))
        return Issue(path, message, "remove the entry", fix, on_key=True)
    absent.remove(close)
    fix = Fix(f"write {close}", True, (RenameKey(path, close),))
    return Issue(path, message, f"write {close}", fix, on_key=True)


TABLE: KeyPath = ("parameters", "per_layer")


RULE = Rule(
    code="EQ702",
    name="parameter-table",
    severity=Severity.warning,
    needs=Needs.sound,
    check=_check,
    yields_to=("request", "symmetry", "family", "interface", "layers"),
)
