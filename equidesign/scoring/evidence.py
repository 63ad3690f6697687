"""Evidence: everything that can be measured of a specification, read as far as it can be read.

A section that is missing or damaged takes away what is measured on it and nothing else, so that a specification that
no command could use still has a score. Nothing in here raises for what a person wrote.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from equidesign.errors import EquidesignError
from equidesign.groups.group import Group
from equidesign.groups.names import parse_group
from equidesign.layers.measure import cost_of
from equidesign.layers.pipeline import LayerFault, OutputFault, completed, output_faults
from equidesign.layers.pipeline import pipeline_faults as all_faults
from equidesign.lint.bundle import Bundle
from equidesign.scoring.flow import Flow, flow_of
from equidesign.scoring.linted import Linted
from equidesign.scoring.reference import Reference, reference_of
from equidesign.scoring.verdict import Report
from equidesign.spec.layer import Layer
from equidesign.spec.loading import parse_specification
from equidesign.spec.request import Request, request_from_data
from equidesign.spec.specification import CostModel, Interface, Specification
from equidesign.spec.yamlio import Document, KeyPath

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)
# What typing rules and counts may raise on options of the right type and a wrong content.
_UNMEASURABLE = (EquidesignError, ArithmeticError, LookupError, TypeError, ValueError)


@dataclass(frozen=True, eq=False)
class Evidence:
    """What predicates look at.

    Attributes:
        document: the specification as plain data with places.
        text: the content of its file.
        bundle: the folder that it lies in, if that is one.
        report: what `equidesign verify` measured, if that was given.
    """

    document: Document
    text: str
    bundle: Bundle | None = None
    report: Report | None = None

    # --- plain data ----------------------------------------------------------------------------

    @property
    def data(self) -> dict[str, Any]:
        """The file's top level."""
        data: dict[str, Any] = self.document.data
        return data

    def value(self, *path: str | int) -> Any:
        """Return the value at a path, None where there is none."""
        found: Any = self.data
        for step in path:
            if isinstance(found, dict):
                found = found.get(step)
            elif isinstance(found, list) and isinstance(step, int) and step < len(found):
                found = found[step]
            else:
                return None
        return found

    def mapping(self, *path: str | int) -> dict[str, Any]:
        """Return the mapping at a path, an empty one where there is none."""
        found = self.value(*path)
        return found if isinstance(found, dict) else {}

    def entries(self, *path: str | int) -> list[Any]:
        """Return the list at a path, an empty one where there is none."""
        found = self.value(*path)
        return found if isinstance(found, list) else []

    # --- what was asked for --------------------------------------------------------------------

    @cached_property
    def request(self) -> Request | None:
        """The echo of the request, if it is valid."""
        data = self.value("request")
        return _tried(lambda: request_from_data(data)) if isinstance(data, dict) else None

    @cached_property
    def reference(self) -> Reference | None:
        """What the rules say about the request; None if it can't be read, or no design could be right for it."""
        if self.request is None:
            return None
        return reference_of(self.request, self.value("family"), self.decision("family").get("rule"))

    @property
    def designed(self) -> Specification | None:
        """What design writes for the request with the family that the specification names."""
        return self.reference.designed if self.reference else None

    # --- symmetry ------------------------------------------------------------------------------

    @cached_property
    def group(self) -> Group | None:
        """The symmetry group by its canonical name."""
        return group_of(self.value("symmetry", "canonical"))

    @cached_property
    def fiber(self) -> Group | None:
        """The group that acts on the components of features."""
        return group_of(self.value("symmetry", "acts_on_features"))

    # --- layers --------------------------------------------------------------------------------

    @cached_property
    def layers(self) -> tuple[Layer, ...] | None:
        """All layers, if each can be read."""
        layers = tuple(layer for layer in self._layers_read if layer is not None)
        return layers if layers and len(layers) == len(self._layers_read) else None

    @property
    def unreadable_layers(self) -> tuple[int, ...]:
        """The indices of the layers that can't be read."""
        return tuple(i for i, layer in enumerate(self._layers_read) if layer is None)

    @cached_property
    def _layers_read(self) -> tuple[Layer | None, ...]:
        return tuple(_model(Layer, each) for each in self.entries("layers"))

    @cached_property
    def interface(self) -> Interface | None:
        """The inputs and outputs, if they can be read."""
        return _model(Interface, self.value("interface"))

    @cached_property
    def faults(self) -> tuple[LayerFault, ...] | None:
        """What does not type-check in the pipeline; None if it can't be checked."""
        layers, fiber, interface = self.layers, self.fiber, self.interface
        if layers is None or fiber is None or interface is None:
            return None
        return _tried(lambda: tuple(all_faults(layers, fiber, interface.inputs)))

    @cached_property
    def output_faults(self) -> tuple[OutputFault, ...] | None:
        """What is wrong between the layers and the outputs; None if it can't be checked."""
        layers, fiber, interface = self.layers, self.fiber, self.interface
        if layers is None or fiber is None or interface is None:
            return None
        return _tried(lambda: tuple(output_faults(layers, fiber, interface.outputs)))

    @cached_property
    def completed(self) -> tuple[Layer, ...] | None:
        """The layers with counts and ledger as they follow from their types; None if they do not fit."""
        layers, fiber = self.layers, self.fiber
        if layers is None or fiber is None or self.faults != ():
            return None
        return _tried(lambda: completed(layers, fiber))

    @cached_property
    def cost(self) -> CostModel | None:
        """The costs at the sizes and the batch size that stand in the file; None if they can't be derived."""
        layers, fiber = self.completed, self.fiber
        sizes, batch = self.mapping("cost", "sizes"), self.value("training", "batch_size")
        if layers is None or fiber is None or not is_count(batch):
            return None
        if not all(is_count(size) for size in sizes.values()):
            return None
        return _tried(lambda: cost_of(layers, fiber, sizes, batch))

    @cached_property
    def flow(self) -> Flow | None:
        """Which layer reads which; None where the layers do not fit."""
        layers, fiber, interface = self.completed, self.fiber, self.interface
        if layers is None or fiber is None or interface is None:
            return None
        return _tried(lambda: flow_of(layers, fiber, interface))

    # --- the whole -----------------------------------------------------------------------------

    @cached_property
    def specification(self) -> Specification | EquidesignError:
        """The specification as every other command reads it, or why it can't be."""
        try:
            return parse_specification(self.document)
        except EquidesignError as error:
            return error

    @cached_property
    def lint(self) -> Linted:
        """What lint finds in the file."""
        return Linted(self.text, self.document.source)

    def decision(self, step: str) -> dict[str, Any]:
        """Return the first decision of a step as plain data, an empty mapping where there is none."""
        return next(
            (
                each
                for each in self.entries("decisions")
                if isinstance(each, dict) and each.get("step") == step
            ),
            {},
        )

    def step_path(self, step: str) -> KeyPath:
        """Return the path of the first decision of a step, of all decisions where there is none."""
        for index, each in enumerate(self.entries("decisions")):
            if isinstance(each, dict) and each.get("step") == step:
                return ("decisions", index)
        return ("decisions",)


def group_of(text: object) -> Group | None:
    """Return the group that a text names, None if it names none."""
    return _tried(lambda: parse_group(text)) if isinstance(text, str) else None


def is_count(value: object) -> bool:
    """Tell whether a value is a whole number of at least 1."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def is_number(value: object) -> bool:
    """Tell whether a value is a number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_text(value: object) -> bool:
    """Tell whether a value is a text that says anything."""
    return isinstance(value, str) and bool(value.strip())


def _tried(make: Callable[[], T]) -> T | None:
    try:
        return make()
    except _UNMEASURABLE:
        return None


def _model(model: type[M], data: object) -> M | None:
    if not isinstance(data, Mapping):
        return None
    try:
        return model.model_validate(data)
    except ValidationError:
        return None
