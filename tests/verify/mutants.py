"""Models that are wrong in the ways that people get wrong, and the correct ones that look suspicious."""

from __future__ import annotations

from abc import abstractmethod

import torch
from small_models import CUTOFF, Forces, Points
from torch import Tensor, nn

Outputs = dict[str, Tensor]


class Changed(Points):
    """Changes the outputs of the correct model."""

    def forward(self, pos: Tensor, batch: Tensor) -> Outputs:
        out = super().forward(pos, batch)
        return self.change(out["scalar"], out["vector"], pos, batch)

    @abstractmethod
    def change(self, scalar: Tensor, vector: Tensor, pos: Tensor, batch: Tensor) -> Outputs:
        """Return the outputs of the mutant."""


def changed(function: object) -> type[Changed]:
    """A model from a function (model, scalar, vector, pos, batch) -> (scalar, vector)."""

    class Mutant(Changed):
        def change(self, scalar: Tensor, vector: Tensor, pos: Tensor, batch: Tensor) -> Outputs:
            scalar, vector = function(self, scalar, vector, pos, batch)  # type: ignore[operator]
            return {"scalar": scalar, "vector": vector}

    return Mutant


relu_on_components = changed(lambda m, s, v, p, b: (s, v.relu()))
absolute_positions = changed(lambda m, s, v, p, b: (s, v * (1 + 0.1 * p.norm(dim=1)[:, None])))
swapped_axes = changed(lambda m, s, v, p, b: (s, v[:, [1, 0, 2]]))
max_over_components = changed(lambda m, s, v, p, b: (s + v.amax(), v))
preferred_axis = changed(lambda m, s, v, p, b: (s, v * torch.tensor([1.0, 1.0, 1.00001]).to(v)))
order_dependent = changed(
    lambda m, s, v, p, b: (s, v * (1 + 0.01 * torch.arange(len(v)).to(v))[:, None])
)
train_only = changed(lambda m, s, v, p, b: (s, v.relu() if m.training else v))
eval_only = changed(lambda m, s, v, p, b: (s, v if m.training else v.relu()))
batch_leak = changed(lambda m, s, v, p, b: (s - s.mean(0), v))
not_finite = changed(lambda m, s, v, p, b: (s * float("nan"), v))
infinite = changed(lambda m, s, v, p, b: (s, v / 0))
all_zero = changed(lambda m, s, v, p, b: (s, v * 0))
constant = changed(lambda m, s, v, p, b: (s * 0 + 3.0, v))
huge = changed(lambda m, s, v, p, b: (1e8 * s, 1e8 * v))
tiny = changed(lambda m, s, v, p, b: (1e-8 * s, 1e-8 * v))
huge_broken = changed(lambda m, s, v, p, b: (1e8 * s, 1e8 * v.relu()))
tiny_broken = changed(lambda m, s, v, p, b: (1e-8 * s, 1e-8 * v.relu()))


def _centred(
    model: nn.Module, s: Tensor, v: Tensor, pos: Tensor, batch: Tensor
) -> tuple[Tensor, Tensor]:
    total = v.new_zeros(int(batch.max()) + 1, 3).index_add(0, batch, pos)
    count = v.new_zeros(len(total)).index_add(0, batch, torch.ones_like(pos[:, 0]))
    centred = pos - (total / count[:, None])[batch]
    rest = v.new_zeros(len(total), 3).index_add(0, batch, centred)
    return s, rest[batch]


only_rounding = changed(_centred)


class WrongParity(Points):
    """The cross product of two polar vectors is axial."""

    def forward(self, pos: Tensor, batch: Tensor) -> Outputs:
        out = super().forward(pos, batch)
        i, j = self.edges(pos, batch)
        away = pos[i] - pos[j]
        other = pos.new_zeros(len(pos), 3).index_add(0, i, away * away.norm(dim=1, keepdim=True))
        return {**out, "vector": torch.linalg.cross(out["vector"], other)}


class HiddenBias(Points):
    """A bias on vectors that starts as zero."""

    def __init__(self) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(3))

    def forward(self, pos: Tensor, batch: Tensor) -> Outputs:
        out = super().forward(pos, batch)
        return {**out, "vector": out["vector"] + self.bias}


class HiddenMixing(Points):
    """A plain linear layer over components that starts as zero."""

    def __init__(self) -> None:
        super().__init__()
        self.mix = nn.Linear(3, 3, bias=False)
        nn.init.zeros_(self.mix.weight)

    def forward(self, pos: Tensor, batch: Tensor) -> Outputs:
        out = super().forward(pos, batch)
        return {**out, "vector": out["vector"] + self.mix(out["vector"])}


class BatchNormOverComponents(Points):
    """Batch statistics of each component by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(3)

    def forward(self, pos: Tensor, batch: Tensor) -> Outputs:
        out = super().forward(pos, batch)
        return {**out, "vector": self.norm(out["vector"])}


class NeighbourCap(Points):
    """At most three neighbours, those with the smallest index."""

    def edges(self, pos: Tensor, batch: Tensor) -> tuple[Tensor, Tensor]:
        i, j = super().edges(pos, batch)
        keep = torch.cat([(i == n).nonzero().flatten()[:3] for n in range(len(pos))])
        return i[keep], j[keep]


class HardCutoff(Points):
    """No envelope."""

    def envelope(self, distance: Tensor) -> Tensor:
        return torch.ones_like(distance)


class IgnoresPositions(Points):
    """Counts the points of a sample, whatever their positions; its vectors are right."""

    def forward(self, pos: Tensor, batch: Tensor) -> Outputs:
        return {
            **super().forward(pos, batch),
            "scalar": self.pool(self.head(torch.ones_like(pos[:, :1]).expand(-1, 4)), batch),
        }


class Float32Inside(Points):
    """Correct, but computes in float32 whatever it is given."""

    def forward(self, pos: Tensor, batch: Tensor) -> Outputs:
        self.float()
        return {k: v.to(pos.dtype) for k, v in super().forward(pos.float(), batch).items()}


class NotConservative(Forces):
    """Forces that are equivariant, and not the gradient of the energy."""

    def forward(self, pos: Tensor, batch: Tensor) -> Outputs:
        out = super().forward(pos, batch)
        return {**out, "forces": 1.01 * out["forces"]}


EXACT = {"points": Points, "huge": huge, "tiny": tiny, "float32_inside": Float32Inside}
BROKEN = {
    "relu_on_components": relu_on_components,
    "absolute_positions": absolute_positions,
    "swapped_axes": swapped_axes,
    "max_over_components": max_over_components,
    "preferred_axis_1e-5": preferred_axis,
    "order_dependent": order_dependent,
    "train_only": train_only,
    "eval_only": eval_only,
    "batch_leak": batch_leak,
    "huge_broken": huge_broken,
    "tiny_broken": tiny_broken,
    "wrong_parity": WrongParity,
    "hidden_bias": HiddenBias,
    "hidden_mixing": HiddenMixing,
    "batch_norm_over_components": BatchNormOverComponents,
    "neighbour_cap": NeighbourCap,
}
VACUOUS = {
    "not_finite": not_finite,
    "infinite": infinite,
    "all_zero": all_zero,
    "constant": constant,
    "only_rounding": only_rounding,
}
__all__ = [
    "BROKEN",
    "CUTOFF",
    "EXACT",
    "VACUOUS",
    "HardCutoff",
    "IgnoresPositions",
    "NotConservative",
]
