"""Stale cost: which number under `cost`, or which size it was made from, was edited."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from equidesign.errors import nearest
from equidesign.layers.measure import batch_size_of
from equidesign.lint.counts import (
    SIZES,
    Counts,
    cost_edits,
    cost_for,
    missing_entries,
    renamed_layers,
)
from equidesign.lint.finding import Edit, Fix, RemoveKey, RenameKey, SetValue
from equidesign.lint.registry import Issue
from equidesign.spec.yamlio import KeyPath

if TYPE_CHECKING:
    from equidesign.lint.context import Context
    from equidesign.spec.specification import CostModel

FORMULAS: KeyPath = ("cost", "formulas")
_SAMPLES = re.compile(r"\* (\d{1,12}) samples\)")
_RENDER = "`equidesign render` derives everything anew"


def count_issues(context: Context, found: Counts, stale: Sequence[str]) -> Iterator[Issue]:
    """Yield what is to blame for operations, activations or memory that are out of date."""
    assert context.measured is not None
    assert context.problem is not None
    written, now = found.spec.cost, context.measured.cost
    if stale == ["memory_mb"] and _old_batch(context, written) is not None:
        yield _batch_issue(context, written, now)
        return
    if _edited_sizes(context, written):
        return  # said at the sizes
    if len(stale) == 3:  # everything: options were edited that cost, but have no parameters
        fix = Fix("write the cost of the layers", True, tuple(cost_edits(written, now)))
        message = "operations, activations and memory are not those of the layers"
        yield Issue(("cost", "flops"), message, f"write {now.flops}; {_RENDER}", fix)
        return
    for key in stale:
        path: KeyPath = ("cost", key)
        value = getattr(now, key)
        message = f"{getattr(written, key):,} is written, and the layers need {value:,}"
        fix = Fix(f"write {value}", True, (SetValue(path, value),))
        yield Issue(path, message, f"write {value}", fix)


def has_batch_size(found: Counts) -> bool:
    """Tell whether there is a batch size, which memory follows from; where not, that is said."""
    size = found.spec.training.get("batch_size")
    return isinstance(size, int) and size >= 1


def _old_batch(context: Context, written: CostModel) -> int | None:
    """Return the batch size that memory and formula both speak of, None if they do not or if it is today's."""
    match = _SAMPLES.search(written.formulas.get("memory_mb", ""))
    measured = context.measured
    if (
        match is None
        or measured is None
        or not isinstance(measured.training.get("batch_size"), int)
    ):
        return None
    size = int(match[1])
    if size == batch_size_of(measured.training):
        return None
    spec = measured.model_copy(update={"training": {"batch_size": size}})
    other = cost_for(context, written.sizes, spec)
    return size if other is not None and other.memory_mb == written.memory_mb else None


def _batch_issue(context: Context, written: CostModel, now: CostModel) -> Issue:
    size = _old_batch(context, written)
    message = f"memory and formula under `cost` are of a batch size of {size}"
    fix = Fix("write the memory of this batch size", True, tuple(cost_edits(written, now)))
    hint = f"write memory_mb {now.memory_mb}; {_RENDER}"
    return Issue(("training", "batch_size"), message, hint, fix)


def _edited_sizes(context: Context, written: CostModel) -> list[str]:
    """Return the sizes that differ from the request's, where the counts are those of the request's."""
    assert context.problem is not None
    sizes = context.problem.sizes
    edited = [name for name in sizes if written.sizes.get(name, sizes[name]) != sizes[name]]
    other = cost_for(context, dict(sizes)) if edited else None
    if other is None or (other.flops, other.activations) != (written.flops, written.activations):
        return []
    return edited


def size_issues(context: Context, written: CostModel) -> Iterator[Issue]:
    """Yield sizes that are missing, that nothing depends on, and those that the counts were not made from."""
    assert context.problem is not None
    sizes = context.problem.sizes
    absent = {name: size for name, size in sizes.items() if name not in written.sizes}
    for name in written.sizes:
        if name in sizes:
            continue
        path = (*SIZES, name)
        close = nearest(name[:100], absent)
        hint = f"write {close}" if close else f"remove it; sizes are {', '.join(sizes)}"
        edit: Edit = RenameKey(path, close) if close else RemoveKey(path)
        if close:
            del absent[close]
        title = hint if close else f"remove {name[:80]}"
        message = f"no cost depends on a size called '{name[:80]}'"
        yield Issue(path, message, hint, Fix(title, True, (edit,)), on_key=True)
    if absent:
        yield missing_entries(SIZES, absent)
    for name in _edited_sizes(context, written):
        yield _size_issue(context, name, written)


def _size_issue(context: Context, name: str, written: CostModel) -> Issue:
    assert context.problem is not None
    value, path = context.problem.sizes[name], (*SIZES, name)
    message = f"the costs below are those of {name} {value}"
    fix = Fix(f"write {value}", True, (SetValue(path, value),))
    return Issue(path, message, f"write {value}, as the request says; {_RENDER}", fix)


def formula_issues(context: Context, found: Counts) -> Iterator[Issue]:
    """Yield formulas that are not those of the layers."""
    assert context.measured is not None
    written, now = found.spec.cost.formulas, context.measured.cost.formulas
    batch_edited = _old_batch(context, found.spec.cost) is not None or not has_batch_size(found)
    renamed = renamed_layers(context)
    names = {found.spec.layers[index].name for index in renamed.values()}
    absent = [name for name in now if name not in written and name not in names]
    changed = {found.spec.layers[index].name for index in found.changed}
    for name, text in written.items():
        path = (*FORMULAS, name)
        if name in renamed or name in changed:
            continue
        if name not in now:
            yield _without_layer(path, name, absent, text, now)
        elif text != now[name] and not (name == "memory_mb" and batch_edited):
            fix = Fix("write the formula of the layer", True, (SetValue(path, now[name]),))
            yield Issue(path, "this is not the formula of the layer", f"write {now[name]}", fix)
    if absent:
        yield missing_entries(FORMULAS, {name: now[name] for name in absent})


def _without_layer(
    path: KeyPath, name: str, absent: list[str], text: str, now: dict[str, str]
) -> Issue:
    """Return the issue of a formula of nothing; where its layer lacks one, the name is wrong."""
    close = nearest(name[:100], absent) or next((n for n in absent if now[n] == text), None)
    message = f"no layer with a formula is called '{name[:80]}'"
    edit: Edit = RemoveKey(path)
    if close is not None:
        absent.remove(close)
        edit = RenameKey(path, close)
    hint = f"write {close}" if close else "remove the entry"
    return Issue(path, message, hint, Fix(hint, True, (edit,)), on_key=True)
