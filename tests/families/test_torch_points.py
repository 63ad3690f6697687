"""EGNN, PaiNN and SchNet: rendered models are equivariant, smooth, of the counted size, and never NaN."""

from __future__ import annotations

import importlib.util
import itertools
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
import yaml
from torch import Tensor

from equidesign.design.family import family_by_id
from equidesign.design.pipeline import design_architecture
from equidesign.design.understand import understand
from equidesign.groups.rep import Rep
from equidesign.layers.pipeline import pipeline_faults
from equidesign.render.model import render_model
from equidesign.spec.request import load_request
from equidesign.spec.specification import Specification

CLOUD = {"domain": "point_clouds", "points": 16, "neighbours": 5}
MOLECULES = {"domain": "molecules", "species": ["H", "C", "O"]}
FORCES = {"type": "force_prediction"}
DIRECT = {"type": "force_prediction", "conservative": False}
CASES = [
    ("painn", "E(3) x S_n", MOLECULES, FORCES),
    ("painn", "E(3)", MOLECULES, {"type": "regression", "representation": "1x1o + 1x0e + 1x1o"}),
    ("painn", "SO(3)", {**CLOUD, "features": "1x1 + 2x0"}, {"type": "pose_estimation"}),
    ("painn", "O(3)", CLOUD, DIRECT),
    ("egnn", "E(3) x S_n", MOLECULES, FORCES),
    ("egnn", "E(2)", {**CLOUD, "dimension": 2, "features": 1}, DIRECT),
    ("egnn", "SE(2)", {**CLOUD, "dimension": 2}, {"type": "pose_estimation"}),
    ("egnn", "O(3)", {**CLOUD, "features": "2x1o"}, {"type": "generation"}),
    ("schnet", "E(3) x S_n", MOLECULES, {**FORCES, "energy": False}),
    ("schnet", "E(3) x S_n", MOLECULES, {"type": "classification", "classes": 3}),
]
IDS = [f"{family}-{group}-{task['type']}" for family, group, _, task in CASES]


def specification(
    tmp_path: Path, family: str, group: str, data: dict[str, Any], task: dict[str, Any]
) -> Specification:
    request = {
        "version": 1,
        "name": "case",
        "symmetry": {"group": group},
        "data": data,
        "task": task,
        "constraints": {"family": family, "priority": "speed"},
    }
    path = tmp_path / "request.yaml"
    path.write_text(yaml.safe_dump(request))
    return design_architecture(load_request(str(path))).specification


def imported(spec: Specification, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Import the rendered file; PyTorch Geometric looks its module up by name."""
    path = tmp_path / "rendered_model.py"
    path.write_text(render_model(spec))
    found = importlib.util.spec_from_file_location("rendered_model", path)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    monkeypatch.setitem(sys.modules, "rendered_model", module)
    found.loader.exec_module(module)
    return module


def outputs(
    spec: Specification, model: torch.nn.Module, inputs: dict[str, Tensor]
) -> dict[str, Tensor]:
    result = model(**inputs)
    return result if isinstance(result, dict) else {next(iter(spec.interface.outputs)): result}


def turned(rep: Rep, values: Tensor, rotation: Tensor) -> Tensor:
    parts, start = [], 0
    for mul, irrep in rep.terms:
        block = values[:, start : start + mul * irrep.dim]
        start += mul * irrep.dim
        if irrep.dim > 1:
            block = (block.reshape(-1, irrep.dim) @ rotation.T).reshape(block.shape)
        parts.append(block)
    return torch.cat(parts, dim=1)


def orthogonal(dimension: int, reflect: bool) -> Tensor:
    q, _ = torch.linalg.qr(torch.randn(dimension, dimension, dtype=torch.float64))
    if bool(torch.det(q) < 0) != reflect:
        q = torch.cat([-q[:, :1], q[:, 1:]], dim=1)
    return q


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(0)


@pytest.mark.parametrize(("family", "group", "data", "task"), CASES, ids=IDS)
def test_rendered_model(
    family: str,
    group: str,
    data: dict[str, Any],
    task: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spec = specification(tmp_path, family, group, data, task)
    assert not [*pipeline_faults(spec.layers, spec.fiber, spec.interface.inputs)]
    module = imported(spec, tmp_path, monkeypatch)
    model = module.build_model()
    assert sum(p.numel() for p in model.parameters()) == spec.parameters.total

    model = model.double()
    inputs = module.example_inputs(batch_size=3, dtype=torch.float64)
    before = outputs(spec, model, inputs)
    sum((v * torch.randn_like(v)).sum() for v in before.values()).backward()
    dead = [n for n, p in model.named_parameters() if p.grad is None or not p.grad.any()]
    assert not dead

    for parameter in model.parameters():
        parameter.data = 0.3 * torch.randn_like(parameter)
    before = outputs(spec, model, inputs)
    order = torch.randperm(len(inputs["pos"]))
    for reflect in (False, True)[: 1 + spec.fiber.reflections]:
        rotation = orthogonal(inputs["pos"].shape[1], reflect)
        shift = torch.randn(1, len(rotation), dtype=torch.float64)
        moved = {**inputs, "pos": inputs["pos"] @ rotation.T + shift}
        if "x" in inputs:
            rep = Rep.parse(str(spec.interface.inputs["x"].rep), spec.fiber)
            moved["x"] = turned(rep, inputs["x"], rotation)
        moved = {k: v if k == "t" else v[order] for k, v in moved.items()}
        for name, value in outputs(spec, model, moved).items():
            item = spec.interface.outputs[name]
            if name == "rotation":
                expected = rotation @ before[name]
            else:
                expected = turned(Rep.parse(str(item.rep), spec.fiber), before[name], rotation)
                expected = expected + shift if item.translates else expected
            expected = expected[order] if item.shape[0] == "points" else expected
            assert before[name].abs().max() > 0
            assert (value - expected).abs().max() < 1e-10 * expected.abs().max()


@pytest.mark.parametrize("family", ["painn", "egnn", "schnet"])
@pytest.mark.parametrize("cutoff", [1.5, None], ids=["cutoff", "nearest"])
def test_no_nan_where_geometry_is_degenerate(
    family: str, cutoff: float | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Single points, no neighbours, coincident points: values, forces and their training gradients."""
    spec = specification(tmp_path, family, "E(3)", {**CLOUD, "cutoff": cutoff}, FORCES)
    model = imported(spec, tmp_path, monkeypatch).build_model()
    cloud = torch.randn(4, 3)
    clouds = [cloud[:1], 1e3 * cloud, cloud[[0, 0, 1]], torch.zeros(3, 3)]
    for pos in [*clouds, torch.cat(clouds)]:
        batch = torch.zeros(len(pos), dtype=torch.int64)
        result = model(pos=pos, batch=batch)
        model.zero_grad()
        (result["energy"].sum() + result["forces"].square().sum()).backward()
        grads = [p.grad for p in model.parameters() if p.grad is not None]
        assert grads
        for value in (*result.values(), *grads):
            assert value.isfinite().all()


@pytest.mark.parametrize("family", ["painn", "egnn", "schnet"])
def test_far_from_the_usual_weights_gradients_are_finite(
    family: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Second derivatives of activations overflow nowhere: one NaN would be the end of a training."""
    spec = specification(tmp_path, family, "E(3) x S_n", MOLECULES, FORCES)
    module = imported(spec, tmp_path, monkeypatch)
    torch.manual_seed(0)
    model = module.build_model().double()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(10)
    result = model(**module.example_inputs(dtype=torch.float64))
    (result["energy"].sum() + result["forces"].square().sum()).backward()
    for parameter in model.parameters():
        assert parameter.grad is None or parameter.grad.isfinite().all()


@pytest.mark.parametrize("family", ["painn", "egnn", "schnet"])
def test_forces_are_smooth_at_the_cutoff(
    family: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A point that crosses the cutoff changes neither energies nor forces abruptly."""
    spec = specification(tmp_path, family, "E(3) x S_n", MOLECULES, FORCES)
    model = imported(spec, tmp_path, monkeypatch).build_model().double()
    z, batch = torch.tensor([1, 6, 8]), torch.zeros(3, dtype=torch.int64)

    def at(distance: float) -> dict[str, Tensor]:
        pos = torch.tensor([[0.0, 0, 0], [1.1, 0.3, 0], [0, distance, 0]], dtype=torch.float64)
        return {k: v.detach() for k, v in model(z=z, pos=pos, batch=batch).items()}

    inside, outside, nearer = at(5 - 1e-9), at(5 + 1e-9), at(4.0)
    for name, value in inside.items():
        assert (value - outside[name]).abs().max() < 1e-7 * value.abs().max()
        assert (value - nearer[name]).abs().max() > 1e-6 * value.abs().max()


@pytest.mark.parametrize(
    ("family", "data", "task", "reason"),
    [
        ("painn", MOLECULES, {"type": "regression", "representation": "1x1e"}, "1x1e"),
        ("egnn", MOLECULES, {"type": "regression", "representation": "1x0e + 1x2e"}, "1x2e"),
        ("egnn", {**CLOUD, "features": "1x0o"}, {"type": "classification", "classes": 2}, "1x0o"),
        ("schnet", MOLECULES, DIRECT, "forces"),
        ("schnet", {**CLOUD, "features": "1x1o"}, FORCES, "1x1o"),
    ],
)
def test_what_can_not_be_carried_is_refused_with_a_reason(
    family: str, data: dict[str, Any], task: dict[str, Any], reason: str, tmp_path: Path
) -> None:
    path = tmp_path / "request.yaml"
    request = {"version": 1, "name": "case", "symmetry": {"group": "O(3)"}, "data": data}
    path.write_text(yaml.safe_dump({**request, "task": task}))
    problem, _ = understand(load_request(str(path)))
    objection = family_by_id(family).objection(problem)
    assert objection is not None
    assert reason in objection


def test_groups_without_reflections_get_a_warning(tmp_path: Path) -> None:
    for family, group in itertools.product(("painn", "egnn", "schnet"), ("SE(3)", "E(3)")):
        path = tmp_path / "request.yaml"
        request = {"version": 1, "name": "case", "symmetry": {"group": group}, "data": MOLECULES}
        path.write_text(yaml.safe_dump({**request, "task": FORCES}))
        problem, _ = understand(load_request(str(path)))
        told = any("mirror" in text for text in family_by_id(family).caveats(problem))
        assert told == (group == "SE(3)")
