"""The convolutional baseline: counts, exact circular shifts, turns about the polar axis, no dead weights."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from equidesign.design.family import family_by_id
from equidesign.design.pipeline import design_architecture
from equidesign.design.understand import understand
from equidesign.layers.pipeline import pipeline_faults
from equidesign.render.model import render_model
from equidesign.spec.request import request_from_data

TASKS: dict[str, dict[str, Any]] = {
    "classification": {"type": "classification", "classes": 3},
    "regression": {"type": "regression", "targets": 2},
    "regression-per-point": {"type": "regression", "targets": 2, "per": "point"},
    "segmentation": {"type": "segmentation", "classes": 4},
    "generation": {"type": "generation"},
}
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "plain": ("trivial", {"domain": "images", "channels": 2, "size": [21, 12]}),
    "tiny": ("trivial", {"domain": "images", "size": [1, 5]}),
    "large": ("trivial", {"domain": "images", "size": [70, 66]}),
    "torus": ("T(2)", {"domain": "images", "channels": 2, "size": [13, 10]}),
    "thin-torus": ("T(2)", {"domain": "images", "size": [1, 6]}),
    "vector-torus": ("T(2)", {"domain": "images", "size": [8, 9], "input": "vector"}),
    "globe": ("SO(2)", {"domain": "sphere", "channels": 2, "bandwidth": 5}),
    "small-globe": ("SO(2)", {"domain": "sphere", "bandwidth": 1}),
}
SMALL = {"max_parameters": 40_000}
SHIFTED = [case for case, (group, _) in CASES.items() if group != "trivial"]
CELLS = [(case, task) for case in CASES for task in TASKS]


class Built:
    """A designed model in float64 with all parameters drawn anew."""

    def __init__(self, case: str, task: str, priority: str = "speed", **limits: Any) -> None:
        self.request = request_from_data(request(case, task, priority, **limits))
        self.spec = design_architecture(self.request).specification
        self.text = render_model(self.spec)
        module: Any = types.ModuleType(f"generated_cnn_{case}_{task}".replace("-", "_"))
        sys.modules[module.__name__] = module
        exec(compile(self.text, module.__name__, "exec"), module.__dict__)
        torch.manual_seed(0)
        self.module = module
        self.model = module.build_model().double().eval()
        for parameter in self.model.parameters():
            parameter.data = 0.3 * torch.randn_like(parameter)

    def x(self, batch_size: int = 3) -> Tensor:
        x: Tensor = self.module.example_inputs(batch_size, 0, torch.float64)["x"]
        return x + 0.5 * torch.randn(x.shape, generator=torch.Generator().manual_seed(1))

    def __call__(self, x: Tensor) -> dict[str, Tensor]:
        result = self.model(x)
        names = list(self.spec.interface.outputs)
        return result if len(names) > 1 else {names[0]: result}


def request(case: str, task: str, priority: str = "speed", **limits: Any) -> dict[str, Any]:
    group, data = CASES[case]
    return {
        "version": 1,
        "name": "test",
        "symmetry": {"group": group},
        "data": data,
        "task": TASKS[task],
        "constraints": {"family": "cnn", "priority": priority, **(limits or SMALL)},
    }


_built: dict[tuple[str, str], Built] = {}


def built(case: str, task: str) -> Built:
    if (case, task) not in _built:
        _built[case, task] = Built(case, task)
    it = _built[case, task]
    it.model.eval()
    return it


def error(ours: Tensor, theirs: Tensor) -> float:
    assert ours.shape == theirs.shape
    assert ours.isfinite().all()
    assert theirs.isfinite().all()
    return ((ours - theirs).abs().max() / theirs.abs().max().clamp(min=1e-300)).item()


def worst(
    ours: dict[str, Tensor], theirs: dict[str, Tensor], move: Callable[[Tensor], Tensor]
) -> float:
    """Largest relative error; ``move`` acts on outputs on the grid."""
    return max(error(ours[n], move(v) if v.dim() == 4 else v) for n, v in theirs.items())


@pytest.mark.parametrize(("case", "task"), CELLS)
def test_model(case: str, task: str) -> None:
    """Types, exact counts, shapes of the interface, gradients everywhere, isolated samples."""
    it = built(case, task)
    spec = it.spec
    assert not [*pipeline_faults(spec.layers, spec.fiber, spec.interface.inputs)]
    assert spec.parameters.total == sum(p.numel() for p in it.model.parameters())
    x = it.x()
    outputs = it(x)
    for name, item in spec.interface.outputs.items():
        assert outputs[name].shape == (3, *item.shape[1:])
        assert outputs[name].std() > 0
    it.model.train()
    outputs = it(x)
    sum((value * torch.randn_like(value)).sum() for value in outputs.values()).backward()
    for name, parameter in it.model.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name
        assert parameter.grad.abs().max() > 0, name
    it.model.zero_grad()
    it.model.eval()
    outputs = it(x)
    assert worst(it(x[:1]), {n: v[:1] for n, v in outputs.items()}, lambda v: v) < 1e-10
    other = it(x + torch.randn_like(x))
    assert all(error(other[name], outputs[name]) > 1e-4 for name in outputs)


@pytest.mark.parametrize("train", [False, True])
@pytest.mark.parametrize("case", SHIFTED)
@pytest.mark.parametrize("task", TASKS)
def test_every_circular_shift_is_exact(case: str, task: str, train: bool) -> None:
    it = built(case, task)
    it.model.train(train)
    x = it.x()
    torch.manual_seed(1)
    with torch.no_grad():
        reference = it(x)
        for _ in range(3):
            down, right = (int(torch.randint(side, ())) for side in x.shape[2:])
            shift = (0 if case.endswith("globe") else down, right)

            def move(v: Tensor, shift: tuple[int, int] = shift) -> Tensor:
                return v.roll(shift, dims=(2, 3))

            assert worst(it(move(x)), reference, move) < 1e-10
            if x.shape[3] > 1 and shift[1] and reference[next(iter(reference))].dim() == 4:
                still = next(iter(reference.values()))
                assert error(move(still), still) > 1e-6


def test_ledger_agrees_with_what_holds() -> None:
    """Circular borders claim T(2), grids of the sphere their columns, zeros nothing."""
    for case, expected in (("torus", "T(2)"), ("globe", "C10"), ("plain", "trivial")):
        layers = built(case, "segmentation").spec.layers
        found = {la.exactness.subgroup for la in layers if la.kind.endswith("conv-block")}
        assert found == {expected}
    x = built("plain", "segmentation").x()
    it = built("plain", "segmentation")
    assert worst(it(x.roll(1, dims=3)), it(x), lambda v: v.roll(1, dims=3)) > 1e-3


def test_shift_of_a_constant_image() -> None:
    """Where no phase is defined the output is constant, and gradients stay finite."""
    it = built("torus", "generation")
    x = torch.ones(2, 2, 13, 10, dtype=torch.float64, requires_grad=True)
    found = it(x)["reconstruction"]
    assert error(found, found.mean(dim=(2, 3), keepdim=True).expand_as(found)) < 1e-4
    found.square().sum().backward()
    assert x.grad is not None
    assert x.grad.isfinite().all()


def test_poles_have_no_border() -> None:
    """A pattern and its copy across the pole, half a turn further, are neighbours."""
    it = built("globe", "segmentation")
    conv = it.model.stem.conv
    x = torch.zeros(1, conv.in_channels, 10, 10, dtype=torch.float64)
    x[0, 0, 0, 2] = 1
    seen = conv(x)[0].abs().sum(0) > 0
    assert {tuple(place) for place in seen.nonzero().tolist()} == {
        (0, 1), (0, 2), (0, 3), (1, 1), (1, 2), (1, 3), (0, 6), (0, 7), (0, 8)
    }  # fmt: skip


def test_objection_to_rotations() -> None:
    data = request("torus", "classification")
    data["symmetry"] = {"group": "C4"}
    problem, _ = understand(request_from_data(data))
    assert "regular-gcnn" in (family_by_id("cnn").objection(problem) or "")


def test_budget() -> None:
    it = Built("torus", "segmentation", max_parameters=5000)
    assert sum(p.numel() for p in it.model.parameters()) == it.spec.parameters.total <= 5000
