"""Diagnosis: which value is to blame for what does not fit.

Two layers that disagree say nothing about which of them is wrong. Three witnesses are heard: what design makes of the
same request (a value that differs from it was edited), the parameter counts that stand in the file (a count that no
longer fits names its layer), and last the place where the disagreement shows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from equidesign.errors import EquidesignError
from equidesign.layers.pipeline import LayerFault, output_faults, pipeline_faults
from equidesign.spec.yamlio import KeyPath

if TYPE_CHECKING:
    from equidesign.lint.context import Context

_NO_TYPES = {"name", "parameters", "exactness", "why", "writes"}


@dataclass(frozen=True)
class PlacedFault:
    """A fault at the value that is to blame.

    Attributes:
        label: what sort it is: the name under which a lint rule claims it.
        moved: whether another value is blamed than the one where it showed.
    """

    path: KeyPath
    label: str
    message: str
    hint: str = ""
    moved: bool = False


def diagnose(context: Context) -> Iterator[PlacedFault]:
    """Yield what does not type-check, one fault for each value to blame: the one that says most."""
    found: dict[KeyPath, PlacedFault] = {}
    for fault in _all_faults(context):
        known = found.get(fault.path)
        if known is None or (known.moved and not fault.moved):
            found[fault.path] = fault
    yield from found.values()


def _all_faults(context: Context) -> Iterator[PlacedFault]:
    spec, group = context.spec, context.fiber
    if spec is None or group is None:
        return
    faults = list(pipeline_faults(spec.layers, group, spec.interface.inputs))
    yield from (_own(context, found) for found in faults if found.source is None)
    for found in faults:
        if found.source is not None:
            yield _joint(context, found, found.source)
    try:
        outputs = list(output_faults(spec.layers, group, spec.interface.outputs))
    except EquidesignError:
        return  # a representation that can't be read is said by its own rule
    for item in outputs:
        path: KeyPath = ("interface", "outputs", item.output, *filter(None, [item.fault.key]))
        if item.index is None:
            others: list[KeyPath] = [("layers", i, "writes") for i, _ in enumerate(spec.layers)]
        else:
            others = [("layers", item.index, "out", "rep"), ("layers", item.index, "writes")]
        blamed = culprit(context, path, others)
        yield PlacedFault(
            blamed, item.fault.sort, item.fault.message, item.fault.hint, blamed != path
        )


def _own(context: Context, found: LayerFault) -> PlacedFault:
    """Blame a value of the layer that does not type-check by itself."""
    key = found.fault.key
    steps = ("in", "rep") if key == "in" else ("out", "rep") if key == "out" else key.split(".")
    path: KeyPath = ("layers", found.index, *steps)
    blamed = culprit(context, path, typing_values(context, found.index))
    return PlacedFault(
        blamed, found.fault.sort, found.fault.message, found.fault.hint, blamed != path
    )


def _joint(context: Context, found: LayerFault, source: int) -> PlacedFault:
    """Blame one of two layers that disagree about the field between them."""
    assert context.spec is not None
    key = found.fault.key.split(".")[-1]
    path: KeyPath = ("layers", found.index, "in", key)
    written: KeyPath = ("layers", source, "out", key)
    others: list[KeyPath] = [written, ("layers", found.index, "source"), ("layers", source, "name")]
    blamed = culprit(context, path, others)
    if blamed != written:
        return PlacedFault(blamed, found.fault.sort, found.fault.message, found.fault.hint)
    reads, writes = context.value(path), context.value(written)
    message = f"writes {writes}, but '{found.layer.name}' reads {reads}"
    return PlacedFault(blamed, found.fault.sort, message, f"write {reads}")


def typing_values(context: Context, index: int) -> list[KeyPath]:
    """Return the paths of everything in a layer that bears on its type."""
    from equidesign.lint.context import leaves

    root: KeyPath = ("layers", index)
    layer = context.value(root)
    return [(*root, *path) for path, _ in leaves(layer) if path and path[0] not in _NO_TYPES]


def culprit(context: Context, shown: KeyPath, others: Sequence[KeyPath]) -> KeyPath:
    """Return the value to blame: ``shown``, where the fault shows, or one of ``others``."""
    reference = context.reference
    candidates = [shown, *(path for path in others if path != shown)]
    edited = [path for path in candidates if reference.edited(path)]
    if len(edited) == 1 or (shown in edited and len({path[:2] for path in edited}) == 1):
        return shown if shown in edited else edited[0]
    pool = edited or candidates
    stale = [path for path in pool if _count_is_stale(context, path)]
    if stale and len({path[:2] for path in stale}) == 1:
        return shown if shown in stale else stale[0]
    return shown if shown in pool else pool[0]


def _count_is_stale(context: Context, path: KeyPath) -> bool:
    """Tell whether the layer's written parameter count is not what its types say."""
    if path[0] != "layers" or context.typed is None or not isinstance(path[1], int):
        return False
    kind, typed = context.typed[path[1]]
    try:
        return kind.parameters(typed) != typed.layer.parameters
    except (EquidesignError, ArithmeticError, LookupError, TypeError, ValueError):
        return True  # types at fault need not have a count
