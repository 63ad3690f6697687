"""Points in the plane: SO(2), O(2), C4, D6, and a vector per sample."""

import torch
from torch import nn


class Planar(nn.Module):
    """Scalars (B, 2) and a vector (B, 2); the weight of a pair depends on its length and angle."""

    def __init__(self, fold=0, mirror=True):
        super().__init__()
        self.fold, self.mirror = fold, mirror
        self.net = nn.Sequential(nn.Linear(2, 8), nn.SiLU(), nn.Linear(8, 3))

    def forward(self, pos, batch):
        same = (batch[:, None] == batch) & ~torch.eye(len(batch), dtype=torch.bool)
        i, j = same.nonzero(as_tuple=True)
        away = pos[i] - pos[j]
        d = away.norm(dim=-1)
        angle = torch.atan2(away[:, 1], away[:, 0])
        wave = torch.cos(self.fold * angle) if self.fold else torch.zeros_like(d)
        m = self.net(torch.stack([d, wave], -1)) * torch.exp(-d)[:, None]
        turned = away if self.mirror else away + torch.stack([-away[:, 1], away[:, 0]], -1)
        b = int(batch.max()) + 1
        owner = batch[i]
        vector = pos.new_zeros(len(pos), 2).index_add(0, i, m[:, :1] * turned)
        size = vector.square().sum(-1, keepdim=True)
        return {
            "scalar": pos.new_zeros(b, 2).index_add(0, owner, m[:, 1:]),
            "vector": pos.new_zeros(b, 2).index_add(0, batch, size * vector),
        }


class Conjugate(nn.Module):
    """The vector is reported as (x, -y): it turns the other way round, R for its transpose."""

    def __init__(self):
        super().__init__()
        self.net = Planar()

    def forward(self, pos, batch):
        out = self.net(pos, batch)
        return out | {"vector": out["vector"] * torch.tensor([1.0, -1.0]).to(pos)}


def isotropic():
    return Planar()


def swirl():
    return Planar(mirror=False)


def four_fold():
    return Planar(fold=4)


def six_fold():
    return Planar(fold=6)


def one_fold():
    return Planar(fold=1)


conjugate = Conjugate
