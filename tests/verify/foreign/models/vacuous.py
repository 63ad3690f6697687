"""Models that are equivariant for want of an answer, or answer nothing."""

import torch
from torch import nn


def owners(pos, batch):
    return pos.new_zeros(int(batch.max()) + 1, 1)


class Zeros(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1))

    def forward(self, pos, batch):
        return {"scalar": owners(pos, batch), "vector": torch.zeros_like(pos)}


class Constant(Zeros):
    """A learnt constant whatever comes in."""

    def forward(self, pos, batch):
        return owners(pos, batch) + self.weight


class Dead(nn.Module):
    """The vectors are multiplied by zero before they reach the answer."""

    def __init__(self):
        super().__init__()
        self.net = nn.Linear(1, 1)

    def forward(self, pos, batch):
        away = pos - pos.mean(0)
        h = self.net(0 * away.norm(dim=-1, keepdim=True))
        return owners(pos, batch).index_add(0, batch, h)


class SpeciesOnly(nn.Module):
    """Depends on the species, never on the positions."""

    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(10, 1)

    def forward(self, z, pos, batch):
        return owners(pos, batch).index_add(0, batch, self.table(z))


class SumOfCentred(nn.Module):
    """The sum of positions about their mean: zero up to rounding."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1))

    def forward(self, pos, batch):
        b = int(batch.max()) + 1
        total = pos.new_zeros(b, 3).index_add(0, batch, pos)
        count = pos.new_zeros(b, 1).index_add(0, batch, torch.ones_like(pos[:, :1]))
        away = pos - (total / count)[batch]
        return self.weight * pos.new_zeros(b, 3).index_add(0, batch, away)


class NotANumber(Zeros):
    def forward(self, pos, batch):
        return owners(pos, batch) / 0.0 * self.weight


class InfiniteSometimes(nn.Module):
    """One over a distance that is zero for a point and itself."""

    def forward(self, pos, batch):
        gap = (pos[:, None] - pos[None]).norm(dim=-1)
        return owners(pos, batch).index_add(0, batch, (1 / gap).sum(1, keepdim=True))


class Echo(nn.Module):
    """Hands the positions back."""

    def forward(self, pos, batch):
        return pos


zeros, constant, dead, species_only = Zeros, Constant, Dead, SpeciesOnly
sum_of_centred, not_a_number, infinite, echo = (
    SumOfCentred,
    NotANumber,
    InfiniteSometimes,
    Echo,
)
