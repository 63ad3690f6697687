"""An independent check of a model against its request: float64, plain differences, nothing of the checker.

A mutant counts only if the largest relative error found here reaches ``COUNTS``.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator
from typing import Any

import torch
from cells import Cell
from checks import error, outputs_of, shake
from oracle import F64
from torch import Tensor, nn

COUNTS = 1e-5
GAP = 1e-9
STEP = 1e-4
Tensors = dict[str, Tensor]
Example = Callable[[int, int, torch.dtype], Tensors]


def measure(
    cell: Cell, build: Callable[[], nn.Module], example: Example, seed: int = 0
) -> dict[str, float]:
    """Return the relative error of every claim of a request; infinite where an output is not usable.

    Args:
        cell: the request.
        build: returns a new model in float32.
        example: called with (batch size, seed, dtype).
        seed: of parameters, inputs and group elements.
    """
    try:
        model = _prepared(build, example, seed)
        found = dict(_errors(model, cell, example, seed))
    except AssertionError:
        return {"usable outputs": math.inf}
    return found


def _prepared(build: Callable[[], nn.Module], example: Example, seed: int) -> nn.Module:
    """Build in float32, shake every parameter, and let running statistics see some data."""
    torch.manual_seed(seed)
    model = build()
    shake(model, seed + 1)
    model = model.double().train()
    with torch.no_grad():
        for step in range(3):
            model(**example(4, seed + 100 + step, F64))
    return model


def _errors(
    model: nn.Module, cell: Cell, example: Example, seed: int
) -> Iterator[tuple[str, float]]:
    inputs = example(3, seed + 3, F64)
    for training in (True, False):
        model.train(training)
        with _without_statistics(model):
            yield (
                f"symmetry, {'train' if training else 'eval'} mode",
                _symmetry(model, inputs, cell, seed),
            )
    yield "samples", _samples(model, inputs, cell)
    if cell.task["type"] == "force_prediction" and cell.task.get("conservative", True):
        yield "forces", _forces(model, inputs, cell, seed)
    if "cutoff" in cell.data:
        yield "cutoff", _jump(model, example(1, seed + 3, F64), cell)


@contextlib.contextmanager
def _without_statistics(model: nn.Module) -> Iterator[None]:
    """Freeze running statistics, so that two runs in train mode see the same model."""
    rates = [
        (module, module.momentum)
        for module in model.modules()
        if isinstance(getattr(module, "momentum", None), float)
    ]
    for module, _ in rates:
        module.momentum = 0.0
    yield
    for module, rate in rates:
        module.momentum = rate


class _Seeded(nn.Module):
    """Draws the same random numbers at every call."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, **inputs: Tensor) -> Any:
        torch.manual_seed(7)
        return self.model(**inputs)


def _symmetry(model: nn.Module, inputs: Tensors, cell: Cell, seed: int) -> float:
    return error(_Seeded(model), inputs, cell, seed)


def _samples(model: nn.Module, inputs: Tensors, cell: Cell) -> float:
    """Hold every sample alone against the same sample in a batch."""
    whole = outputs_of(model, inputs, cell.task)
    owner = inputs.get("batch")
    count = int(owner.max()) + 1 if owner is not None else len(inputs["x"])
    worst = 0.0
    for sample in range(count):
        alone = outputs_of(model, _one(inputs, sample), cell.task)
        for name, value in whole.items():
            items = owner is not None and len(value) == len(owner)
            want = value[owner == sample] if items else value[sample : sample + 1]
            worst = max(worst, _relative(alone[name], want))
    return worst


def _one(inputs: Tensors, sample: int) -> Tensors:
    owner = inputs.get("batch")
    if owner is None:
        return {name: value[sample : sample + 1] for name, value in inputs.items()}
    mine = owner == sample
    found = {name: value[mine] for name, value in inputs.items() if not name.startswith("edge")}
    found["batch"] = torch.zeros_like(found["batch"])
    if "edge_index" in inputs:
        edges = mine[inputs["edge_index"][0]]
        found["edge_index"] = (mine.cumsum(0) - 1)[inputs["edge_index"][:, edges]]
        if "edge_attr" in inputs:
            found["edge_attr"] = inputs["edge_attr"][edges]
    return found


def _forces(model: nn.Module, inputs: Tensors, cell: Cell, seed: int) -> float:
    """Hold forces against central differences of the energy along random directions."""
    generator = torch.Generator().manual_seed(seed)
    forces = outputs_of(model, inputs, cell.task)["forces"]
    worst = 0.0
    for _ in range(3):
        way = torch.randn(inputs["pos"].shape, generator=generator, dtype=F64)
        ends = [
            outputs_of(model, {**inputs, "pos": inputs["pos"] + s * STEP * way}, cell.task)
            for s in (-1, 1)
        ]
        slope = float((ends[1]["energy"] - ends[0]["energy"]).sum()) / (2 * STEP)
        work = float((forces * way).sum())
        worst = max(worst, abs(slope + work) / float(forces.norm() * way.norm()))
    return worst


def _jump(model: nn.Module, inputs: Tensors, cell: Cell) -> float:
    """Move one point across the cutoff of another, away from all the rest."""
    pos = inputs["pos"]
    away = pos[0] - pos[1:-1].mean(0)
    ends = []
    for sign in (-1, 1):
        moved = pos.clone()
        moved[-1] = pos[0] + cell.data["cutoff"] * (1 + sign * GAP) * away / away.norm()
        ends.append(outputs_of(model, {**inputs, "pos": moved}, cell.task))
    return max(_relative(ends[1][name], value) for name, value in ends[0].items())


def _relative(got: Tensor, want: Tensor) -> float:
    assert got.shape == want.shape, (got.shape, want.shape)
    scale = float(want.abs().max())
    return float((got - want).abs().max()) / scale if scale else math.inf
