"""Layers that must agree about a setting, and do not.

What it does
------------
Compares settings that travel with a variable: the number of radial functions and the harmonics
of an edge embedding with those that interactions read, the species of an embedding with those
of scales and self-connections. The fix writes what design writes at the one of the two that was
edited (`--unsafe-fixes`).

Why it matters
--------------
One layer makes what the other reads: with 8 radial functions written and 10 read, the model
stops at the first edge; a species too few gives an index error, or the constants of another
atom.

Example
-------
```yaml
layers:
  - {name: edge_embedding, options: {cutoff: 5.0, neighbours: 16, num_basis: 8}}
  - {name: interaction_1, options: {num_basis: 10}}
```

Use instead
-----------
```yaml
layers:
  - {name: edge_embedding, options: {cutoff: 5.0, neighbours: 16, num_basis: 8}}
  - {name: interaction_1, options: {num_basis: 8}}
```

References
----------
Batzner et al., NequIP, Nature Communications 13, 2453 (2022), equation 8
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from equidesign.groups.rep import Rep
from equidesign.lint.dataflow import Flow, flow_of
from equidesign.lint.diagnosis import culprit, typing_values
from equidesign.lint.finding import Severity
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.lint.repairs import restored
from equidesign.spec.layer import Layer, parse_rep
from equidesign.spec.yamlio import KeyPath

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    flow = flow_of(context)
    if flow is None:
        return
    for index, step in enumerate(flow.steps):
        options = step.layer.options
        if "num_basis" in options:
            basis = ("edge_radial", "edge_basis")
            yield from _compared(context, flow, index, "num_basis", basis, "num_basis")
        if "num_species" in options and options["num_species"] > 1:
            yield from _compared(context, flow, index, "num_species", ("species",), "species")
        if "species" in options:
            yield from _compared(context, flow, index, "species", ("species",), "species")
        if "edge_irreps" in options:
            yield from _harmonics(context, flow, index)


def _compared(
    context: Context, flow: Flow, index: int, key: str, names: tuple[str, ...], other: str
) -> Iterator[Issue]:
    owner = flow.owner(index, *names)
    if owner is None or other not in flow.steps[owner].layer.options:
        return
    one, source = flow.steps[index].layer, flow.steps[owner].layer
    made: Any = source.options[other]
    made = len(made) if key == "num_species" else made
    if one.options[key] != made:
        where: KeyPath = ("layers", owner, "options", other)
        message = f"{key} is {one.options[key]}, and '{source.name}' has {made}"
        yield _issue(context, index, key, [where], message, f"write {made}", one)


def _harmonics(context: Context, flow: Flow, index: int) -> Iterator[Issue]:
    owner, fiber = flow.owner(index, "edge_sh"), context.fiber
    if owner is None or fiber is None:
        return
    one, source = flow.steps[index].layer, flow.steps[owner].layer
    read, made = parse_rep(one.options["edge_irreps"], fiber), parse_rep(source.out.rep, fiber)
    if Rep(fiber, made.terms[: len(read.terms)]) != read:
        message = f"reads harmonics {read}, and '{source.name}' makes {made}"
        others = typing_values(context, owner)
        yield _issue(context, index, "edge_irreps", others, message, f"at most {made}", one)


def _issue(
    context: Context,
    index: int,
    key: str,
    others: list[KeyPath],
    message: str,
    hint: str,
    reader: Layer,
) -> Issue:
    path: KeyPath = ("layers", index, "options", key)
    blamed = culprit(context, path, others)
    if blamed == path:
        return restored(context, path, message, hint)
    return restored(context, blamed, f"'{reader.name}' reads this with another setting: {message}")


RULE = Rule(
    code="EQ317",
    name="unequal-options",
    severity=Severity.error,
    needs=Needs.sound,
    check=_check,
)
