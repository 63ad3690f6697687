"""Do inputs and outputs of the model say what the task and the data say?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from equidesign.errors import EquidesignError
from equidesign.groups.group import Group
from equidesign.layers.measure import fitted_interface
from equidesign.scoring.evidence import Evidence
from equidesign.scoring.measured import (
    Defect,
    Measure,
    Measured,
    held,
    judged,
    missed,
    shown,
    write,
)
from equidesign.scoring.words import argues
from equidesign.spec.layer import parse_rep
from equidesign.spec.specification import Interface, TensorSpec

SIDES = ("inputs", "outputs")
LATENT = "latent"
"""The output whose width is the architecture's choice."""
ACTION = ("space", "rep", "translates", "layout")
"""What decides how a tensor moves."""
FORM = ("shape", "dtype", "role", "values", "unit", "scale")
"""What decides what it holds."""


def interface_readable(evidence: Evidence) -> Measured:
    """The interface names at least one input and one output, each with its shape."""
    interface = evidence.interface
    if interface is None or not interface.inputs or not interface.outputs:
        what = "can't be read" if "interface" in evidence.data else "is missing"
        if interface is not None:
            what = "has no outputs" if interface.inputs else "has no inputs"
        repair = "give every input and output its name, shape, dtype, space and rep"
        return missed(f"the interface {what}", ("interface",), repair)
    text = f"inputs {', '.join(interface.inputs)}; outputs {', '.join(interface.outputs)}"
    return held(text, ("interface",))


def outputs_move(evidence: Evidence) -> Measured:
    """Every output that the task asks for is there, and moves as the task says."""
    if evidence.completed is None and LATENT in _expected(evidence, "outputs"):
        text = f"what '{LATENT}' is follows from the layers, and these do not fit"
        return missed(text, ("interface", "outputs", LATENT), "make the layers fit")
    return _compared(evidence, "outputs", ACTION, "moves as the task says")


def inputs_move(evidence: Evidence) -> Measured:
    """Every input that the data bring is there, and moves as the data do."""
    return _compared(evidence, "inputs", ACTION, "moves as the data do")


def tensors_formed(evidence: Evidence) -> Measured:
    """Shapes, types and units are those of the data and the task."""
    found = [_compared(evidence, side, FORM, "has its shape, type and unit") for side in SIDES]
    failed = next((each for each in found if not each.holds), None)
    return failed or held("; ".join(each.text for each in found), ("interface",))


def _compared(evidence: Evidence, side: str, keys: tuple[str, ...], done: str) -> Measured:
    expected, written = _expected(evidence, side), _written(evidence, side)
    group = evidence.fiber

    def defects() -> Iterator[Defect]:
        for name in sorted(expected.keys() - written.keys()):
            yield Defect(f"'{name}' is missing", ("interface", side), f"add {name}")
        for name in sorted(written.keys() - expected.keys()):
            yield Defect(f"nobody asks for '{name}'", ("interface", side, name), f"drop {name}")
        for name, item in expected.items():
            if name not in written:
                continue
            for key in keys:
                value, right = getattr(written[name], key), getattr(item, key)
                if not _same(key, value, right, group):
                    path = ("interface", side, name, key)
                    yield Defect(f"{name}.{key} is {shown(value)}", path, write(right))

    return judged(defects(), f"{', '.join(expected)}: each {done}", ("interface", side))


def _expected(evidence: Evidence, side: str) -> Mapping[str, TensorSpec]:
    """Return the tensors of the task; the latent code as the layer that writes it makes it."""
    assert evidence.reference is not None
    interface = evidence.reference.problem.interface
    if evidence.completed is not None and evidence.fiber is not None:
        interface = fitted_interface(interface, evidence.completed, evidence.fiber)
    tensors: Mapping[str, TensorSpec] = getattr(interface, side)
    return tensors


def _written(evidence: Evidence, side: str) -> Mapping[str, TensorSpec]:
    empty = Interface(group="", inputs={}, outputs={})
    tensors: Mapping[str, TensorSpec] = getattr(evidence.interface or empty, side)
    return tensors


def _same(key: str, value: Any, right: Any, group: Group | None) -> bool:
    if key != "rep" or value is None or right is None or group is None:
        return bool(value == right)
    try:
        return parse_rep(value, group) == parse_rep(right, group)
    except EquidesignError:
        return False


def interface_described(evidence: Evidence) -> Measured:
    """Every input and output says what it holds."""
    assert evidence.reference is not None
    interface = evidence.reference.problem.interface

    def defects() -> Iterator[Defect]:
        for side in SIDES:
            tensors: Mapping[str, TensorSpec] = getattr(interface, side)
            for name, item in tensors.items():
                path = ("interface", side, name, "description")
                others = (one.description for one in tensors.values() if one is not item)
                if not argues(evidence.value(*path), item.description, others):
                    yield Defect(f"'{name}' does not say what it is", path, f"{item.description}")

    return judged(defects(), "every input and output says what it holds", ("interface",))


PREDICATES: Mapping[str, Measure] = {
    "interface-readable": interface_readable,
    "outputs-move": outputs_move,
    "inputs-move": inputs_move,
    "tensors-formed": tensors_formed,
    "interface-described": interface_described,
}
