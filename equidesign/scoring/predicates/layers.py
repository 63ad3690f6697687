"""Do the layers fit, and do they keep what they promise?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from equidesign.errors import EquidesignError
from equidesign.groups.names import parse_group
from equidesign.layers.pipeline import LayerFault
from equidesign.layers.registry import layer_kinds
from equidesign.scoring.evidence import Evidence
from equidesign.scoring.measured import (
    Defect,
    Measure,
    Measured,
    held,
    judged,
    missed,
    shown,
    spoken,
)
from equidesign.scoring.words import argues, covers
from equidesign.spec.layer import Exactness, Layer, Level, parse_rep
from equidesign.spec.yamlio import KeyPath

LAYERS = ("layers",)


def layers_readable(evidence: Evidence) -> Measured:
    """Every layer has a name, a known kind, and fields whose representations are those of the features' group."""
    path: KeyPath
    if evidence.fiber is None:
        path = ("symmetry", "acts_on_features")
        text = f"the features' group is {shown(evidence.value(*path))}"
        return missed(text, path, "name the group that acts on features")
    if not evidence.entries("layers"):
        return missed("there are no layers", LAYERS, "list the layers")
    if evidence.layers is None:
        path = ("layers", evidence.unreadable_layers[0])
        text = "the layer lacks a key, or has one that is unknown or of the wrong type"
        return missed(text, path, "`equidesign lint` says which")
    fiber = evidence.fiber

    def defects() -> Iterator[Defect]:
        for index, layer in enumerate(evidence.layers or ()):
            if layer.kind not in layer_kinds():
                text = f"'{layer.name}' is of the unknown kind '{layer.kind}'"
                yield Defect(text, ("layers", index, "kind"), "name a known kind")
            for key, field in (("in", layer.in_), ("out", layer.out)):
                try:
                    parse_rep(field.rep, fiber)
                except EquidesignError as error:
                    path = ("layers", index, key, "rep")
                    yield Defect(
                        f"'{layer.name}': {error.what}",
                        path,
                        f"write a representation of {spoken(fiber)}",
                    )

    count = len(evidence.layers)
    return judged(defects(), f"{count} layers of known kinds, fields of {spoken(fiber)}", LAYERS)


def types_fit(evidence: Evidence) -> Measured:
    """Every layer reads what its source writes, and its nonlinearity, normalisation, pooling and options are legal."""
    if evidence.faults is None:
        repair = "give the model its inputs, and options of the right type"
        return missed("the layers can't be type-checked", LAYERS, repair)
    if evidence.completed is None and not evidence.faults:
        return missed("some option has no meaning", LAYERS, "see the layers' kinds")
    defects = (Defect(_said(each), _place(each), _hint(each)) for each in evidence.faults)
    count = len(evidence.layers or ())
    return judged(defects, f"{count} layers type-checked, each commutes with the group", LAYERS)


def _said(found: LayerFault) -> str:
    return f"'{found.layer.name}', {found.fault.key}: {found.fault.message}"


def _hint(found: LayerFault) -> str:
    return found.fault.hint or f"change {found.fault.key} of '{found.layer.name}'"


def _place(found: LayerFault) -> KeyPath:
    return ("layers", found.index, *found.fault.key.split("."))


def outputs_written(evidence: Evidence) -> Measured:
    """Every output is written by a layer, on its space and in its representation."""
    layers, interface = evidence.layers or (), evidence.interface
    assert interface is not None
    if evidence.output_faults is None:
        return missed("the outputs can't be checked", ("interface", "outputs"), "give them a rep")
    last = {layer.writes: index for index, layer in enumerate(layers)}

    def defects() -> Iterator[Defect]:
        faults = evidence.output_faults or ()
        for found in faults:
            path = ("interface", "outputs", found.output)
            yield Defect(found.fault.message, path, found.fault.hint or "let a layer write it")
        for name, item in interface.outputs.items():
            said = any(found.output == name for found in faults)
            if not said and name in last and layers[last[name]].out.space != item.space:
                layer = layers[last[name]]
                text = (
                    f"'{layer.name}' writes on {layer.out.space.value}, '{name}' is on {item.space}"
                )
                yield Defect(text, ("layers", last[name], "out"), f"end on {item.space}")

    names = ", ".join(interface.outputs)
    return judged(defects(), f"layers write {names} as the interface says", LAYERS)


def ledger_kept(evidence: Evidence) -> Measured:
    """The exactness ledger is what follows from the layers, and no layer breaks the symmetry."""
    completed, written = evidence.completed or (), evidence.layers or ()

    def defects() -> Iterator[Defect]:
        for index, (layer, said) in enumerate(zip(completed, written, strict=True)):
            path = ("layers", index, "exactness")
            right, value = layer.exactness, said.exactness
            if right.level is Level.broken:
                yield Defect(f"'{layer.name}' breaks the symmetry", path, right.why)
            elif (right.level, right.subgroup) != (value.level, value.subgroup):
                text = f"'{layer.name}' is {_ledger(right)}, the ledger says {_ledger(value)}"
                yield Defect(text, path, f"level: {right.level.value}, subgroup: {right.subgroup}")

    exact = sum(layer.exactness.level is Level.exact for layer in completed)
    return judged(defects(), f"{exact} of {len(completed)} layers exact, none broken", LAYERS)


def _ledger(entry: Exactness) -> str:
    return f"{entry.level.value} for {entry.subgroup or 'no group'}"


def exact_or_measured(evidence: Evidence) -> Measured:
    """Every layer is exact for the whole group; or what resampling leaves over was measured and is small."""
    group = evidence.fiber
    assert group is not None

    def whole(layer: Layer) -> bool:
        if layer.exactness.level is not Level.exact:
            return False
        try:
            return parse_group(layer.exactness.subgroup).contains(group)
        except EquidesignError:
            return False

    whole_group = f"all of {spoken(group)}"
    layers = evidence.completed or ()
    short = [(index, layer) for index, layer in enumerate(layers) if not whole(layer)]
    if not short:
        return held(f"every layer is exact for {whole_group}", LAYERS)
    index, layer = short[0]
    path = ("layers", index, "exactness")
    text = (
        f"{len(short)} of {len(layers)} layers are not exact for {whole_group}: "
        f"'{layer.name}' is {_ledger(layer.exactness)}"
    )
    if evidence.report is not None and evidence.report.passed:
        return held(f"{text}; verify found {evidence.report.verdict}", path)
    return missed(text, path, "measure what is left: give the report of `equidesign verify`")


def layers_argued(evidence: Evidence) -> Measured:
    """Every layer says why it is there, and why it is exact, in terms of what it does."""
    assert evidence.designed is not None
    reasons: dict[str, list[str]] = {}
    for layer in evidence.designed.layers:
        reasons.setdefault(layer.kind, []).append(layer.why)

    def defects() -> Iterator[Defect]:
        for index, layer in enumerate(evidence.completed or ()):
            kind = layer_kinds()[layer.kind]
            known = reasons.get(layer.kind) or [kind.title]
            others = [each for key, said in reasons.items() if key != layer.kind for each in said]
            if not any(argues(layer.why, reason, others) for reason in known):
                path = ("layers", index, "why")
                yield Defect(f"'{layer.name}' does not say what it is for", path, known[0])
            said = evidence.value("layers", index, "exactness", "why")
            if not covers(said, layer.exactness.why):
                text = f"'{layer.name}' does not say why it is {layer.exactness.level.value}"
                yield Defect(text, ("layers", index, "exactness"), layer.exactness.why)

    count = len(evidence.completed or ())
    return judged(defects(), f"{count} layers say what they are for and why they are exact", LAYERS)


def options_of_data(evidence: Evidence, options: Sequence[str]) -> Measured:
    """Options that the data decide have the values of the data.

    Args:
        options: their names.
    """
    assert evidence.designed is not None
    right: dict[str, list[Any]] = {}
    for layer in evidence.designed.layers:
        for key in options:
            if key in layer.options:
                right.setdefault(key, []).append(layer.options[key])

    def defects() -> Iterator[Defect]:
        for index, layer in enumerate(evidence.completed or ()):
            for key, value in layer.options.items():
                if key in right and value not in right[key]:
                    text = (
                        f"{key} of '{layer.name}' is {shown(value)}, the data have {right[key][0]}"
                    )
                    path = ("layers", index, "options", key)
                    yield Defect(text, path, f"write {right[key][0]}")

    return judged(defects(), f"as in the data: {', '.join(right) or 'no option'}", LAYERS)


PREDICATES: Mapping[str, Measure] = {
    "layers-readable": layers_readable,
    "types-fit": types_fit,
    "outputs-written": outputs_written,
    "ledger-kept": ledger_kept,
    "exact-or-measured": exact_or_measured,
    "layers-argued": layers_argued,
    "options-of-data": options_of_data,
}
