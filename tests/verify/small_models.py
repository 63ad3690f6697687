"""Small hand-written models on points, right and broken, for testing the checker."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from equidesign.spec.specification import Interface, TensorSpec
from equidesign.verify.check import verify_model
from equidesign.verify.trials import Claims
from equidesign.verify.verdict import Report

CUTOFF = 2.5


def spec(
    *shape: int | str, rep: str | None = None, space: str = "points", **more: Any
) -> TensorSpec:
    return TensorSpec(shape=shape, rep=rep, space=space, **more)


POINTS = {
    "pos": spec("points", 3, rep="1x1o", translates=True),
    "batch": spec("points", dtype="int64", role="batch"),
}
SCALAR_AND_VECTOR = Interface(
    group="E(3) x S_n",
    inputs=POINTS,
    outputs={
        "scalar": spec("samples", 2, rep="2x0e", space="global"),
        "vector": spec("points", 3, rep="1x1o"),
    },
)
ENERGY_AND_FORCES = Interface(
    group="E(3) x S_n",
    inputs=POINTS,
    outputs={
        "energy": spec("samples", 1, rep="1x0e", space="global"),
        "forces": spec("points", 3, rep="1x1o"),
    },
)


def example_points(batch: int, seed: int) -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    counts = torch.randint(5, 9, (batch,), generator=generator)
    owner = torch.repeat_interleave(torch.arange(batch), counts)
    return {"pos": torch.randn(len(owner), 3, generator=generator), "batch": owner}


class Points(nn.Module):
    """Correct: scalars by pooling functions of distances, vectors by weighing relative positions."""

    def __init__(self) -> None:
        super().__init__()
        self.radial = nn.Sequential(nn.Linear(1, 8), nn.SiLU(), nn.Linear(8, 4))
        self.head = nn.Sequential(nn.Linear(4, 8), nn.SiLU(), nn.Linear(8, 2))

    def edges(self, pos: Tensor, batch: Tensor) -> tuple[Tensor, Tensor]:
        pair = (batch[:, None] == batch) & ~torch.eye(len(batch), dtype=torch.bool)
        i, j = pair.nonzero(as_tuple=True)
        near = (pos[i] - pos[j]).norm(dim=1) < CUTOFF
        return i[near], j[near]

    def envelope(self, distance: Tensor) -> Tensor:
        return (1 - (distance / CUTOFF).square()) ** 3

    def features(self, pos: Tensor, batch: Tensor) -> tuple[Tensor, Tensor]:
        i, j = self.edges(pos, batch)
        away = pos[i] - pos[j]
        distance = away.norm(dim=1, keepdim=True)
        weight = self.radial(distance) * self.envelope(distance)
        h = pos.new_zeros(len(pos), 4).index_add(0, i, weight)
        v = pos.new_zeros(len(pos), 3).index_add(0, i, weight[:, :1] * away)
        return h, v

    def pool(self, h: Tensor, batch: Tensor) -> Tensor:
        return h.new_zeros(int(batch.max()) + 1, h.shape[1]).index_add(0, batch, h)

    def forward(self, pos: Tensor, batch: Tensor) -> dict[str, Tensor]:
        h, v = self.features(pos, batch)
        return {"scalar": self.pool(self.head(h), batch), "vector": v}


class Forces(Points):
    """Correct: an energy and its negative gradient."""

    def potential(self, pos: Tensor, batch: Tensor) -> Tensor:
        return self.pool(self.head(self.features(pos, batch)[0]), batch)[:, :1]

    def forward(self, pos: Tensor, batch: Tensor) -> dict[str, Tensor]:
        if not pos.requires_grad:
            pos = pos.detach().requires_grad_()
        with torch.enable_grad():
            energy = self.potential(pos, batch)
            (gradient,) = torch.autograd.grad(energy.sum(), pos, create_graph=True)
        return {"energy": energy, "forces": -gradient}


def check(
    model: Any,
    interface: Interface = SCALAR_AND_VECTOR,
    *,
    seed: int = 0,
    conservative: bool = False,
    cutoff: float | None = None,
    example: Any = example_points,
) -> Report:
    claims = Claims(conservative=conservative, cutoff=cutoff)
    return verify_model(
        model, interface, example_inputs=example, claims=claims, seed=seed, effort="quick"
    )
