"""Signals on the sphere: exact transforms, all rotations of band-limited signals, the grid's own moves on noise."""

from __future__ import annotations

import math
import sys
import types
from functools import lru_cache
from typing import Any

import pytest
import torch
from e3nn import o3
from torch import Tensor

from equidesign.design.family import family_by_id
from equidesign.design.pipeline import design_architecture
from equidesign.design.understand import understand
from equidesign.layers.pipeline import pipeline_faults
from equidesign.render.model import render_model
from equidesign.spec.request import Request, request_from_data

F64 = torch.float64
CLASSES = {"type": "classification", "classes": 3}
SEGMENTS = {"type": "segmentation", "classes": 3}
POSE = {"type": "pose_estimation", "translation": False}
CODE = {"type": "generation"}


def regression(rep: str, per: str = "sample") -> dict[str, Any]:
    """Return a regression task."""
    return {"type": "regression", "representation": rep, "per": per}


CELLS = [
    ("O(3)", 5, 1, CLASSES),
    ("SO(3)", 5, 2, CLASSES),
    ("O(3)", 8, 1, {"type": "regression", "targets": 2, "per": "point"}),
    ("O(3)", 13, 1, SEGMENTS),
    ("SO(3)", 1, 1, SEGMENTS),
    ("O(3)", 3, 1, POSE),
    ("SO(3)", 4, 1, POSE),
    ("O(3)", 6, 2, CODE),
    ("SO(3)", 2, 1, CODE),
    ("O(3)", 2, 1, regression("1x4e")),
    ("O(3)", 4, 1, regression("1x0e + 1x1e + 1x2e")),
    ("O(3)", 3, 1, regression("1x0o")),
    ("SO(3)", 3, 2, regression("2x1 + 1x3")),
    ("O(3)", 4, 1, regression("1x0e + 1x1o", "point")),
    ("SO(3)", 3, 1, regression("1x2", "point")),
]


def request(group: str, bandwidth: int, channels: int, task: dict[str, Any]) -> Request:
    """Return a request of the smallest priority."""
    return request_from_data(
        {
            "version": 1,
            "name": "globe",
            "symmetry": {"group": group},
            "data": {"domain": "sphere", "bandwidth": bandwidth, "channels": channels},
            "task": task,
            "constraints": {"priority": "speed", "family": "spherical-cnn"},
        }
    )


def points(bandwidth: int) -> Tensor:
    """Return the points of the grid (4 b^2, 3), from its definition: the polar axis is y."""
    rows = (torch.arange(2 * bandwidth, dtype=F64) + 0.5) * math.pi / (2 * bandwidth)
    columns = torch.arange(2 * bandwidth, dtype=F64) * math.pi / bandwidth
    beta, alpha = torch.meshgrid(rows, columns, indexing="ij")
    grid = [beta.sin() * alpha.sin(), beta.cos(), beta.sin() * alpha.cos()]
    return torch.stack(grid, dim=-1).flatten(0, 1)


def harmonics(degrees: list[int], where: Tensor) -> Tensor:
    """Return e3nn's harmonics, an implementation that the generated code does not use."""
    return o3.spherical_harmonics(degrees, where, normalize=True, normalization="component")


@lru_cache(maxsize=64)
def basis(bandwidth: int) -> Tensor:
    """Return every harmonic of degree below b on the grid."""
    return harmonics(list(range(bandwidth)), points(bandwidth))


def wigner(degree: int, rotation: Tensor) -> Tensor:
    """Return how the harmonics of a degree turn, from their values at random points."""
    where = torch.randn(60, 3, generator=torch.Generator().manual_seed(1), dtype=F64)
    before, after = harmonics([degree], where), harmonics([degree], where @ rotation.T)
    return torch.linalg.lstsq(before, after).solution.T


class Built:
    """A designed model in float64 with all parameters drawn anew."""

    def __init__(
        self, group: str, bandwidth: int, channels: int, task: dict[str, Any], seed: int = 0
    ) -> None:
        self.spec = design_architecture(request(group, bandwidth, channels, task)).specification
        self.bandwidth, self.channels, self.mirrors = bandwidth, channels, group == "O(3)"
        name = "rendered_sphere"
        self.module = types.ModuleType(name)
        sys.modules[name] = self.module
        exec(compile(render_model(self.spec), name, "exec"), self.module.__dict__)
        torch.manual_seed(seed)
        self.model = self.module.build_model().double()
        for parameter in self.model.parameters():
            parameter.data = 0.3 * torch.randn_like(parameter)

    def __call__(self, x: Tensor) -> dict[str, Tensor]:
        value = self.model(x)
        return (
            value if isinstance(value, dict) else {next(iter(self.spec.interface.outputs)): value}
        )

    def noise(self) -> Tensor:
        """Return white noise, which is not band-limited."""
        return torch.randn(2, self.channels, 2 * self.bandwidth, 2 * self.bandwidth, dtype=F64)

    def turned(self, name: str, value: Tensor, matrix: Tensor, signal: Tensor | None) -> Tensor:
        """Return an output turned by ``matrix``; ``signal`` is the output with its points moved."""
        if name == "rotation":
            return matrix @ value
        rep = self.spec.interface.outputs[name].rep
        flip = torch.det(matrix).round()
        blocks = []
        for term in (rep or "").split(" + "):
            count, irrep = term.split("x")
            odd = irrep.endswith("o") and flip < 0
            block = wigner(int(irrep.rstrip("eo")), matrix * flip) * (-1 if odd else 1)
            blocks += [block] * int(count)
        if signal is not None:
            return torch.einsum("ij,bjkl->bikl", torch.block_diag(*blocks), signal)
        return value @ torch.block_diag(*blocks).T


def relative(got: Tensor, wanted: Tensor) -> float:
    """Return the largest deviation over the largest value."""
    return float(((got - wanted).abs().max() / wanted.abs().max()).detach())


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_every_rotation_of_signals_of_all_degrees(cell: Any) -> None:
    built = Built(*cell)
    side, values = 2 * built.bandwidth, basis(built.bandwidth)
    smooth = torch.randn(2, built.channels, built.bandwidth**2, dtype=F64)
    rotation = torch.linalg.qr(torch.randn(3, 3, dtype=F64)).Q
    rotation = rotation * torch.det(rotation) * (-1 if built.mirrors else 1)
    # a function moves with its points: (g f)(p) = f(g^-1 p)
    old = harmonics(list(range(built.bandwidth)), points(built.bandwidth) @ rotation)

    def grid(coefficients: Tensor, where: Tensor) -> Tensor:
        return (coefficients @ where.T).unflatten(2, (side, side))

    before, after = built(grid(smooth, values)), built(grid(smooth, old))
    for name, value in before.items():
        signal = None
        if value.dim() == 4:
            code = torch.linalg.lstsq(values, value.flatten(2).flatten(0, 1).T).solution.T
            assert relative(code @ values.T, value.flatten(2).flatten(0, 1)) < 1e-10
            signal = grid(code.unflatten(0, value.shape[:2]), old)
        assert relative(after[name], built.turned(name, value, rotation, signal)) < 1e-10


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_the_moves_of_the_grid_on_noise(cell: Any) -> None:
    built = Built(*cell)
    step = math.pi / built.bandwidth
    turn = [[math.cos(step), 0, math.sin(step)], [0, 1, 0], [-math.sin(step), 0, math.cos(step)]]
    moves = [(lambda v: v.roll(1, 3), torch.tensor(turn, dtype=F64))]
    moves.append(
        (lambda v: v.flip(2, 3).roll(1, 3), torch.diag(torch.tensor([-1, -1, 1.0])).double())
    )
    if built.mirrors:
        moves.append(
            (lambda v: v.flip(3).roll(1, 3), torch.diag(torch.tensor([-1, 1, 1.0])).double())
        )
        moves.append((lambda v: v.flip(2).roll(built.bandwidth, 3), -torch.eye(3, dtype=F64)))
    x = built.noise()
    before = built(x)
    for move, matrix in moves:
        after = built(move(x))
        for name, value in before.items():
            signal = move(value) if value.dim() == 4 else None
            assert relative(after[name], built.turned(name, value, matrix, signal)) < 1e-10


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_types_counts_gradients_and_samples(cell: Any) -> None:
    built = Built(*cell)
    spec, x = built.spec, built.noise()
    assert not [*pipeline_faults(spec.layers, spec.fiber, spec.interface.inputs)]
    assert sum(p.numel() for p in built.model.parameters()) == spec.parameters.total
    outputs = built(x)
    sum((value * torch.randn_like(value)).sum() for value in outputs.values()).backward()
    for name, parameter in built.model.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().max() > 1e-12, name
    for name, value in outputs.items():
        shape = spec.interface.outputs[name].shape
        assert tuple(value.shape) == (2, *shape[1:])
        assert relative(built(x[1:])[name], value[1:]) < 1e-12
        assert relative(built(built.noise())[name], value) > 1e-4
        assert built(torch.zeros_like(x))[name].isfinite().all()
    example = built.module.example_inputs(batch_size=3, seed=1)["x"]
    assert example.dtype == torch.float32
    assert example.shape == (3, *x.shape[1:])


@pytest.mark.parametrize("bandwidth", [1, 2, 7, 40])
def test_quadrature_is_exact_and_high_degrees_do_not_alias(bandwidth: int) -> None:
    built = Built("SO(3)", max(bandwidth, 2), 1, SEGMENTS)
    top = min(bandwidth - 1, 9)
    analysis = built.module.SphereAnalysis(bandwidth, top).double()
    where = points(bandwidth)
    for degree in {0, top, bandwidth // 2, bandwidth - 1} - set(range(12, bandwidth - 1)):
        sectoral = (where[:, 2:] + 1j * where[:, :1]).pow(degree).real
        signal = sectoral if degree > 11 else harmonics([degree], where)
        found = analysis(signal.T.reshape(-1, 1, 2 * bandwidth, 2 * bandwidth)) / (top + 1)
        wanted = torch.zeros_like(found)
        if degree <= top:
            wanted[:, degree**2 : (degree + 1) ** 2] = torch.eye(2 * degree + 1, dtype=F64)
        assert (found - wanted).abs().max() < 1e-12


def test_synthesis_inverts_analysis() -> None:
    module = Built("O(3)", 6, 1, SEGMENTS).module
    analysis, synthesis = (
        module.SphereAnalysis(6, 5).double(),
        module.SphereSynthesis(6, 5).double(),
    )
    h = torch.randn(2, 3 * 36, dtype=F64)
    assert relative(analysis(synthesis(h)), h) < 1e-12


@pytest.mark.parametrize(("group", "differs"), [("SO(3)", True), ("O(3)", False)])
def test_only_mirror_symmetric_models_confuse_mirror_images(group: str, differs: bool) -> None:
    built = Built(group, 5, 1, CLASSES)
    x = built.noise()
    error = relative(built(x.flip(2))["logits"], built(x)["logits"])
    assert (error > 1e-3) if differs else (error < 1e-12)


@pytest.mark.parametrize(
    ("group", "bandwidth", "channels", "task", "word"),
    [
        ("O(3)", 1, 1, regression("1x1o"), "bandwidth 1"),
        ("SO(3)", 2, 1, POSE, "frame needs 2"),
        ("O(3)", 2, 2, POSE, "frame needs 3"),
        ("O(3)", 2, 1, regression("1x1e"), "mirror plane"),
        ("O(3)", 2, 2, regression("1x0o"), "mirror plane"),
        ("O(3)", 2, 1, regression("1x1o", "point"), "bandwidth 3"),
        ("SO(3)", 20, 1, regression("1x13"), "degree 13"),
    ],
)
def test_what_a_small_grid_cannot_hold_is_refused(
    group: str, bandwidth: int, channels: int, task: dict[str, Any], word: str
) -> None:
    problem, *_ = understand(request(group, bandwidth, channels, task))
    assert word in (family_by_id("spherical-cnn").objection(problem) or "")
