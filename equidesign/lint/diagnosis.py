"""Diagnosis: which value is to blame for what does not fit.

Two layers that disagree say nothing about which of them is wrong. Three witnesses are heard: what design makes of the
same request (a value that differs from it was edited), the parameter counts that stand in the file (a count that no
longer fits names its layer), and last the place where the disagreement shows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from equidesign.errors import EquidesignError
from equidesign.groups.group import Group
from equidesign.layers.base import Fault
from equidesign.layers.measure import fitted_interface
from equidesign.layers.pipeline import LayerFault, OutputFault, output_faults, pipeline_faults
from equidesign.lint.finding import Fix
from equidesign.lint.reading import ABSENT
from equidesign.lint.repairs import repair
from equidesign.lint.strays import is_missed_elsewhere, is_strayed
from equidesign.spec.layer import Layer, Level
from equidesign.spec.specification import Interface
from equidesign.spec.yamlio import KeyPath

if TYPE_CHECKING:
    from equidesign.lint.context import Context

_NO_TYPES = {"name", "parameters", "exactness", "why", "writes"}
_BETWEEN = ("field-mismatch", "space-mismatch")
_MOST = 500
"""Faults that are looked into; what is behind them is said where it shows."""
_MOST_VALUES = 200
"""Values of one layer that may be to blame; no layer that means something has as many."""
_MOST_CANDIDATES = 1000
_ON_KEY = ("unknown-option", "neighbour-cap", "bias-on-non-scalars", "component-dropout")


@dataclass(frozen=True)
class PlacedFault:
    """A fault at the value that is to blame.

    Attributes:
        label: what sort it is: the name under which a lint rule claims it.
        moved: whether another value is blamed than the one where it showed.
        on_key: whether the key is wrong, not its value.
        blocks: whether counts and costs can't be derived while it stands.
        said: whether another finding says it already.
    """

    path: KeyPath
    label: str
    message: str
    hint: str = ""
    moved: bool = False
    fix: Fix | None = None
    on_key: bool = False
    blocks: bool = True
    said: bool = False


def diagnose(context: Context) -> Iterator[PlacedFault]:
    """Yield what does not type-check, one fault for each value to blame: the one that says most."""
    found: dict[KeyPath, PlacedFault] = {}
    copies: set[KeyPath] = set()
    for fault in _all_faults(context):
        if fault.label == "duplicate-layer":
            copies.add(fault.path[:2])
        elif is_strayed(context, fault.path) or fault.path[:2] in copies:
            fault = replace(fault, said=True)  # of a key that is misspelt, or a layer pasted twice
        known = found.get(fault.path)
        if known is None or (known.moved and not fault.moved):
            found[fault.path] = fault
    yield from found.values()


def _all_faults(context: Context) -> Iterator[PlacedFault]:
    spec, group, interface = context.spec, context.fiber, context.interface
    if spec is None or group is None or interface is None:
        return
    faults = list(pipeline_faults(spec.layers, group, interface.inputs))
    for number, found in enumerate(faults):
        if number >= _MOST:
            path: KeyPath = ("layers", found.index, *found.fault.key.split("."))
            yield PlacedFault(path, found.fault.sort, found.fault.message, found.fault.hint)
        elif found.source is None:
            yield _own(context, found)
        else:
            yield _joint(context, found, found.source)
    yield from _broken(context, {found.index for found in faults if found.source is None})
    try:
        outputs = list(output_faults(spec.layers, group, interface.outputs))
    except EquidesignError:
        return  # a representation that can't be read is said by its own rule
    unpooled = {found.source for found in faults if found.fault.sort == "space-mismatch"}
    for item in outputs:
        if item.fault.sort != "not-pooled" or item.index not in unpooled:
            yield _output(context, item)
    if "latent" in interface.outputs:
        yield from _latent(context, spec.layers, interface, group)


def _own(context: Context, found: LayerFault) -> PlacedFault:
    """Blame a value of the layer that does not type-check by itself, or with the input that it reads."""
    key = found.fault.key
    path: KeyPath = ("layers", found.index, *key.split("."))
    others = typing_values(context, found.index)
    if found.fault.sort in ("input-mismatch", "grid-size") and found.layer.source is not None:
        key = "shape" if key.startswith("options.") else key.split(".")[-1]
        others.append(("interface", "inputs", found.layer.source, key))
    if found.fault.sort == "duplicate-layer" and context.spec is not None:
        names = [layer.name for layer in context.spec.layers]
        others = [("layers", i, "name") for i, name in enumerate(names) if name == found.layer.name]
    if found.fault.sort in ("unknown-source", "unknown-skip") and context.spec is not None:
        others += [("layers", i, "name") for i, _ in enumerate(context.spec.layers)]
    return _placed(context, found.fault, path, culprit(context, path, others), found.layer)


def _broken(context: Context, faulty: Collection[int]) -> Iterator[PlacedFault]:
    """Blame the stride of a layer that breaks the symmetry of the grid."""
    assert context.spec is not None
    for index, layer in enumerate(context.spec.layers):
        if index in faulty or context.typed is None:
            continue
        kind, typed = context.typed[index]
        ledger = kind.exactness(typed)
        if ledger.level is Level.broken:
            key = "stride" if "stride" in layer.options else "size"
            fault = Fault(f"options.{key}", ledger.why, label="stride-breaks-grid")
            path: KeyPath = ("layers", index, "options", key)
            blamed = culprit(context, path, typing_values(context, index))
            yield replace(_placed(context, fault, path, blamed, layer), blocks=False)


def _joint(context: Context, found: LayerFault, source: int) -> PlacedFault:
    """Blame one of two layers that disagree about what goes from one to the other."""
    assert context.spec is not None
    fault, index = found.fault, found.index
    path: KeyPath = ("layers", index, *fault.key.split("."))
    if fault.label not in _BETWEEN:
        others = [*typing_values(context, index), *typing_values(context, source)]
        others += [path for each in found.origins for path in typing_values(context, each)]
        others += [("layers", index, "source"), ("layers", source, "name")]
        return _placed(context, fault, path, culprit(context, path, others), found.layer)
    written: KeyPath = ("layers", source, "out", path[-1])
    blamed = culprit(
        context, path, [written, ("layers", index, "source"), ("layers", source, "name")]
    )
    if blamed == written and len(path) == 4:
        reads, writes = context.value(path), context.value(written)
        message = f"writes {writes}, but '{found.layer.name}' reads {reads}"
        fault = Fault("out", message, f"write {reads}", fault.label)
        return _placed(context, fault, written, written, context.spec.layers[source])
    return _placed(context, fault, path, blamed, found.layer)


def _output(context: Context, found: OutputFault) -> PlacedFault:
    """Blame the interface, or the layer that writes an output."""
    assert context.spec is not None
    key = found.fault.key
    path: KeyPath = ("interface", "outputs", found.output, *filter(None, [key]))
    if found.index is None:
        others: list[KeyPath] = [("layers", i, "writes") for i, _ in enumerate(context.spec.layers)]
        return _placed(context, found.fault, path, culprit(context, path, others), None)
    layer = context.spec.layers[found.index]
    place: KeyPath = ("layers", found.index)
    makers = (i for i, each in enumerate(context.spec.layers) if each.writes == found.output)
    if (out_of_order := moved(context, *makers)) is not None:
        return replace(_placed(context, found.fault, path, out_of_order, None), hint="")
    writers: list[KeyPath] = [("layers", i, "writes") for i, _ in enumerate(context.spec.layers)]
    others = [(*place, "out", key), *writers]
    if key == "shape":
        others = [*typing_values(context, found.index), *writers]
    blamed = culprit(context, path, others)
    if blamed[0] == "layers" and blamed[-1] == "writes":
        written = context.spec.layers[int(blamed[1])]
        due = context.reference.value(blamed)
        due = found.output if due is ABSENT or written.writes == found.output else due
        message = f"'{written.name}' writes '{written.writes}', not the output '{due}'"
        fault = Fault("writes", message, f"write {due}", "unwritten-output")
        return _placed(context, fault, path, blamed, None)
    return _placed(context, found.fault, path, blamed, layer)


def _latent(
    context: Context, layers: Sequence[Layer], interface: Interface, group: Group
) -> Iterator[PlacedFault]:
    """Blame a layer that should write the latent code as the interface has it, where the interface was not edited."""
    writers = [index for index, layer in enumerate(layers) if layer.writes == "latent"]
    for index, layer in enumerate(layers if writers else ()):
        path: KeyPath = ("layers", index, "writes")
        if layer.writes != "latent" and context.reference.value(path) == "latent":
            message = f"'{layer.name}' writes '{layer.writes}', not the output 'latent'"
            fault = Fault("writes", message, "write latent", "unwritten-output")
            yield replace(_placed(context, fault, path, path, None), blocks=False)
            return  # the interface follows the one that writes it now
    written = interface.outputs["latent"]
    try:
        made = fitted_interface(interface, layers, group).outputs["latent"]
    except (EquidesignError, TypeError, ValueError):
        return
    for key in ("rep", "space"):
        one, other = getattr(made, key), getattr(written, key)
        if writers and one != other:
            shown: KeyPath = ("interface", "outputs", "latent", key)
            path = ("layers", writers[-1], "out", key)
            if culprit(context, shown, [path]) == path:
                message = f"writes {one}, and the output 'latent' is {other}"
                fault = Fault(f"out.{key}", message, f"write {other}", "output-mismatch")
                found = _placed(context, fault, path, path, layers[writers[-1]])
                yield replace(found, blocks=False)


def _placed(
    context: Context, fault: Fault, shown: KeyPath, blamed: KeyPath, layer: Layer | None
) -> PlacedFault:
    """Return the fault at the value that is blamed, with words and a repair for that place."""
    moved = blamed != shown
    label, message, hint = fault.sort, fault.message, fault.hint
    elsewhere = blamed[0] == "interface" or (blamed[0] == "layers" and blamed[:2] != shown[:2])
    if moved and elsewhere and layer is not None and not message.startswith("layer "):
        message = f"layer '{layer.name}' {message}"
    if moved and blamed[-1] == "name" and layer is not None:
        old = layer.options.get("skip") if label == "unknown-skip" else layer.source
        message = f"layer '{layer.name}' still reads '{old}'"
    if moved and blamed[-1] == "kind" and label != "unknown-kind":
        label, message = "unfitting-kind", f"a '{context.value(blamed)}' does not fit: {message}"
    fix = repair(context, fault, blamed, moved)
    if moved:
        hint = fix.title if fix is not None else ""
    on_key = fault.sort in _ON_KEY and not moved
    said = is_missed_elsewhere(context, fault, shown)
    return PlacedFault(blamed, label, message, hint, moved, fix, on_key, said=said)


def moved(context: Context, *indices: int | None) -> KeyPath | None:
    """Return the name of the first of these layers that stands in another order than in the design."""
    found = [i for i in indices if i is not None and context.reference.is_moved(i)]
    return ("layers", found[0], "name") if found else None


def typing_values(context: Context, index: int) -> list[KeyPath]:
    """Return the paths of everything in a layer that bears on its type."""
    from equidesign.lint.context import leaves

    root: KeyPath = ("layers", index)
    values = islice(leaves(context.value(root)), _MOST_VALUES)
    return [(*root, *path) for path, _ in values if path and path[0] not in _NO_TYPES]


def culprit(context: Context, shown: KeyPath, others: Sequence[KeyPath]) -> KeyPath:
    """Return the value to blame: ``shown``, where the fault shows, or one of ``others``."""
    reference = context.reference
    candidates = [shown, *(path for path in others[:_MOST_CANDIDATES] if path != shown)]
    edited = [path for path in candidates if reference.edited(path)]
    if len(edited) == 1 or (shown in edited and len({path[:2] for path in edited}) == 1):
        return shown if shown in edited else edited[0]
    pool = edited or candidates
    stale = [path for path in pool if path[0] == "layers" and path[1] in context.miscounted]
    if stale and len({path[:2] for path in stale}) == 1:
        return shown if shown in stale else stale[0]
    return shown if shown in pool else pool[0]
