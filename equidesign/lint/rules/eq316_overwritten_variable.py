"""A variable that another layer has overwritten.

What it does
------------
Follows the variables of the generated `forward`: reports layers whose source or skip wrote a
variable that a later layer wrote again, layers whose code reads `h` whatever `source` says, and
layers that overwrite an input which is still needed. The fix writes the source, variable, skip
or kind that design writes where one was edited (`--unsafe-fixes`).

Why it matters
--------------
The types say that one layer is read, the code reads another. Both have the same representation
often enough, so that nothing stops: the network is another one than the specification
describes.

Example
-------
```yaml
layers:
  - {name: interaction_1, source: species_embedding}
  - {name: interaction_2, source: interaction_1}
  - {name: interaction_3, source: interaction_1}
```

Use instead
-----------
```yaml
layers:
  - {name: interaction_1, source: species_embedding}
  - {name: interaction_2, source: interaction_1}
  - {name: interaction_3, source: interaction_2}
```

References
----------
Aho et al., Compilers (2006), section 9.2.4 (reaching definitions)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.lint.dataflow import INPUT, Flow, Read, flow_of
from equidesign.lint.diagnosis import culprit, moved
from equidesign.lint.finding import Severity
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.lint.repairs import restored
from equidesign.spec.yamlio import KeyPath

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    flow = flow_of(context)
    if flow is None:
        return
    for index, step in enumerate(flow.steps):
        if step.reads_source:
            read = flow.of(index, step.variable)
            if read is not None and read.owner not in (None, INPUT, step.source):
                yield _overwritten(context, flow, read, step.source, ("layers", index, "source"))
        elif step.fixed and step.source is not None and not _meant(flow, index):
            yield _another(context, flow, index)
        if step.skip is not None:
            read = flow.of(index, flow.steps[step.skip].layer.writes)
            if read is not None and read.owner not in (None, INPUT, step.skip):
                path: KeyPath = ("layers", index, "options", "skip")
                yield _overwritten(context, flow, read, step.skip, path)
        for name in sorted(step.fixed):
            read = flow.of(index, name)
            if read is not None and read.owner not in (None, INPUT, step.source):
                yield from _taken(context, flow, read)
    yield from _hidden(context, flow)


def _meant(flow: Flow, index: int) -> bool:
    """Tell whether code with fixed names reads something of the layer's source, or what that left as it was."""
    step = flow.steps[index]
    if step.source == INPUT:
        return step.variable in step.fixed
    source = step.source or 0
    owners = [read.owner for read in flow.reads if read.reader == index]
    left = flow.steps[source].writes_fixed and all((owner or 0) <= source for owner in owners)
    return left or step.source in owners


def _overwritten(
    context: Context, flow: Flow, read: Read, source: int | None, path: KeyPath
) -> Issue:
    assert read.owner is not None
    reader, last = flow.steps[read.reader].layer, flow.steps[read.owner].layer
    meant = "the input" if source in (None, INPUT) else f"'{flow.steps[source].layer.name}'"
    others: list[KeyPath] = [("layers", read.owner, key) for key in ("writes", "source", "kind")]
    if source not in (None, INPUT):
        others.append(("layers", source, "writes"))
    blamed = moved(context, read.owner, source) or culprit(context, path, others)
    message = f"'{reader.name}' reads `{read.name}` of {meant}, which '{last.name}' has overwritten"
    return restored(
        context, blamed, message, "let one of them write another variable, or read the last one"
    )


def _another(context: Context, flow: Flow, index: int) -> Issue:
    step = flow.steps[index]
    path: KeyPath = ("layers", index, "source")
    read = flow.of(index, "h")
    owner = read.owner if read is not None else None
    if owner in (None, INPUT):
        names = ", ".join(sorted(step.fixed & flow.owners.keys()))
        message = f"'{step.layer.kind}' reads {names} whatever its source says"
        return restored(context, culprit(context, path, [(*path[:2], "kind")]), message)
    last = flow.steps[owner].layer.name
    meant = step.variable if step.source == INPUT else flow.steps[step.source or 0].layer.name
    others: list[KeyPath] = [("layers", owner, key) for key in ("source", "writes", "name")]
    blamed = culprit(context, path, [*others, (*path[:2], "kind")])
    message = f"'{step.layer.name}' reads `h`, which '{last}' wrote last, and not '{meant}'"
    return restored(context, blamed, message, f"write {last}")


def _taken(context: Context, flow: Flow, read: Read) -> Iterator[Issue]:
    """Report a layer that writes over a name that the code of other layers fixes, or an input by its own code."""
    assert read.owner is not None
    writer = flow.steps[read.owner]
    inputs = context.interface.inputs if context.interface else {}
    if writer.writes_fixed != (read.name in inputs) or read.name == "h":
        return
    path: KeyPath = ("layers", read.owner, "writes")
    reader = flow.steps[read.reader].layer.name
    message = f"'{writer.layer.name}' overwrites `{read.name}`, which '{reader}' reads"
    blamed = culprit(context, path, [("layers", read.owner, "kind")])
    yield restored(context, blamed, message, "write another variable")


def _hidden(context: Context, flow: Flow) -> Iterator[Issue]:
    """Report layers that write under the name of an input; the input is lost to whatever comes after."""
    inputs = context.interface.inputs if context.interface else {}
    for index, step in enumerate(flow.steps):
        if step.layer.writes in inputs and not step.writes_fixed:
            message = f"'{step.layer.name}' overwrites the input `{step.layer.writes}`"
            path: KeyPath = ("layers", index, "writes")
            yield restored(context, path, message, "write another variable")


RULE = Rule(
    code="EQ316",
    name="overwritten-variable",
    severity=Severity.error,
    needs=Needs.sound,
    check=_check,
)
