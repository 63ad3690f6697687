"""The bundles that mutants are made of: every family, small, with invariant and equivariant outputs."""

from __future__ import annotations

import itertools
import sys
import types
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import torch
from cells import CLASSES, POSE, SEGMENTS, Cell, regression
from torch import Tensor, nn

from equidesign.design.pipeline import design_architecture
from equidesign.render.model import render_model
from equidesign.spec.request import request_from_data
from equidesign.spec.specification import Specification
from equidesign.verify.check import verify_model
from equidesign.verify.trials import Claims
from equidesign.verify.verdict import Report

IMAGES = {"domain": "images", "size": [9, 9]}
SPHERE = {"domain": "sphere", "bandwidth": 4}
POINTS = {"domain": "point_clouds", "points": 10, "cutoff": 2.0}
MOLECULES = {"domain": "molecules", "species": [1, 6, 8], "cutoff": 4.0}
SETS = {"domain": "sets", "features": 3, "size": 7}
GRAPHS = {"domain": "graphs", "node_features": 3, "nodes": 7, "edge_features": 2}
FORCES = {"type": "force_prediction"}
DIRECT_FORCES = {"type": "force_prediction", "conservative": False}
E_SN = "E(3) x S_n"

CELLS = (
    Cell("T(2)", IMAGES, CLASSES, "cnn"),
    Cell("T(2)", IMAGES, SEGMENTS, "cnn"),
    Cell("C4", IMAGES, CLASSES, "regular-gcnn"),
    Cell("D4", IMAGES, regression("irrep(1,1)", "point"), "regular-gcnn"),
    Cell("SO(2)", IMAGES, SEGMENTS, "steerable-cnn"),
    Cell("C8", {**IMAGES, "channels": 1, "input": "vector"}, POSE, "steerable-cnn"),
    Cell("SO(2)", IMAGES, CLASSES, "harmonic-network"),
    Cell("O(2)", IMAGES, regression("irrep(1,1)", "point"), "harmonic-network"),
    Cell("SO(3)", {**SPHERE, "channels": 2}, CLASSES, "spherical-cnn"),
    Cell("O(3)", SPHERE, regression("1x0e + 1x1o + 1x2e"), "spherical-cnn"),
    Cell("E(3)", POINTS, CLASSES, "tensor-field-network"),
    Cell("SE(3)", POINTS, regression("1x1 + 1x2", "point"), "tensor-field-network"),
    Cell(E_SN, MOLECULES, FORCES, "nequip"),
    Cell("E(3)", MOLECULES, regression("1x0e + 1x2e"), "nequip"),
    Cell("SE(3)", POINTS, POSE, "se3-transformer"),
    Cell("E(3)", MOLECULES, DIRECT_FORCES, "se3-transformer"),
    Cell("E(3)", POINTS, CLASSES, "egnn"),
    Cell("E(3)", MOLECULES, DIRECT_FORCES, "egnn"),
    Cell(E_SN, MOLECULES, FORCES, "painn"),
    Cell("E(3)", POINTS, regression("1x1o"), "painn"),
    Cell(E_SN, MOLECULES, FORCES, "schnet"),
    Cell("E(3)", POINTS, SEGMENTS, "schnet"),
    Cell("S_n", SETS, CLASSES, "deepsets"),
    Cell("S_n", SETS, SEGMENTS, "deepsets"),
    Cell("S_n", SETS, {"type": "regression", "targets": 2}, "set-transformer"),
    Cell("S_n", SETS, SEGMENTS, "set-transformer"),
    Cell("S_n", GRAPHS, CLASSES, "message-passing-gnn"),
    Cell("S_n", GRAPHS, SEGMENTS, "message-passing-gnn"),
)
BUDGETS = (2_000, 10_000, 100_000)
_numbers = itertools.count()


@dataclass(frozen=True)
class Seen:
    """What a module was seen to return.

    Attributes:
        output: its output for the example inputs: a tensor, a tuple, or a geometric tensor.
        order: how many modules had finished before it.
    """

    output: Any
    order: int


class Bundle:
    """One small bundle: its specification, the text of its model, and what its modules return."""

    def __init__(self, cell: Cell) -> None:
        self.cell = cell
        self.spec = _design(cell)
        self.text = render_model(self.spec)

    @property
    def family(self) -> str:
        """The family."""
        return self.spec.family

    @property
    def name(self) -> str:
        """A readable name: family, group and task."""
        return f"{self.family}/{self.cell.group.replace(' ', '')}/{self.cell.task['type']}"

    @property
    def domain(self) -> str:
        """The domain of its data."""
        return str(self.cell.data["domain"])

    @property
    def conservative(self) -> bool:
        """Whether forces are claimed to be the gradient of the energy."""
        task = self.cell.task
        return task["type"] == "force_prediction" and task.get("conservative", True)

    def namespace(self, text: str | None = None) -> dict[str, Any]:
        """Run the text of the model; return the names that it defines."""
        module = types.ModuleType(f"generated_bundle_{next(_numbers)}")
        sys.modules[module.__name__] = module
        exec(compile(text or self.text, module.__name__, "exec"), module.__dict__)
        return module.__dict__

    def build(self) -> nn.Module:
        """Build the unmutated model."""
        model: nn.Module = self._namespace["build_model"]()
        return model

    def example(
        self, batch: int = 2, seed: int = 0, dtype: torch.dtype = torch.float32
    ) -> dict[str, Tensor]:
        """Return the bundle's own example inputs."""
        inputs: dict[str, Tensor] = self._namespace["example_inputs"](batch, seed, dtype)
        return inputs

    @cached_property
    def _namespace(self) -> dict[str, Any]:
        return self.namespace()

    @cached_property
    def seen(self) -> dict[str, Seen]:
        """Return what every module of the unmutated model returns, by its path."""
        found: dict[str, Seen] = {}
        torch.manual_seed(0)
        model = self.build()

        def note(path: str) -> Any:
            def hook(module: nn.Module, inputs: Any, output: Any) -> None:
                found.setdefault(path, Seen(output, len(found)))

            return hook

        for path, module in model.named_modules():
            module.register_forward_hook(note(path))
        model(**self.example())
        return found

    @property
    def layers(self) -> list[str]:
        """Paths of the modules that are layers of the specification, in the order they run."""
        names = [layer.name for layer in self.spec.layers if layer.name in self.seen]
        return sorted(names, key=lambda name: self.seen[name].order)

    def verify(self, build: Any, seed: int = 0, effort: str = "default") -> Report:
        """Verify a model as ``equidesign verify`` verifies this bundle."""
        return verify_model(
            build,
            self.spec.interface,
            example_inputs=lambda batch, seed: self.example(batch, seed),
            target=self.name,
            fiber=self.spec.fiber,
            axis=self.cell.data.get("preferred_axis"),
            claims=Claims(True, self.conservative, self.cell.data.get("cutoff")),
            types={layer.name: layer.out.rep for layer in self.spec.layers},
            seed=seed,
            effort=effort,
        )


def _design(cell: Cell) -> Specification:
    """Return the smallest architecture for a cell."""
    for budget in BUDGETS:
        request = cell.request()
        request["constraints"].update(priority="speed", max_parameters=budget)
        try:
            return design_architecture(request_from_data(request)).specification
        except Exception:
            if budget == BUDGETS[-1]:
                raise
    raise AssertionError


@cache
def bundle(index: int) -> Bundle:
    """Return a bundle by its place in ``CELLS``."""
    return Bundle(CELLS[index])
