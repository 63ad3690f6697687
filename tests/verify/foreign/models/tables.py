"""Tables x (B, R, C, F) with mask (B, R, C): exchangeable rows and columns (Hartford et al., 2018)."""

import torch
from torch import nn


class Layer(nn.Module):
    def __init__(self, i, o, columns=True):
        super().__init__()
        self.parts = nn.ModuleList([nn.Linear(i, o) for _ in range(4)])
        self.columns = columns

    def forward(self, x, m):
        def mean(axes):
            return (x * m).sum(axes, keepdim=True) / m.sum(axes, keepdim=True).clamp(min=1)

        cell, row, column, everything = self.parts
        along = column(mean((1,))) if self.columns else column(x.cumsum(1) / 10)
        return torch.tanh(cell(x) + row(mean((2,))) + along + everything(mean((1, 2)))) * m


class Exchangeable(nn.Module):
    """One answer per cell."""

    def __init__(self, columns=True):
        super().__init__()
        self.one, self.two = Layer(2, 6, columns), Layer(6, 2)

    def forward(self, x, mask):
        m = mask[..., None].to(x)
        return self.two(self.one(x * m, m), m)


class Invariant(nn.Module):
    def __init__(self):
        super().__init__()
        self.net, self.head = Layer(2, 6), nn.Linear(6, 2)

    def forward(self, x, mask):
        m = mask[..., None].to(x)
        return self.head(self.net(x * m, m).sum((1, 2)))


class RowGRU(nn.Module):
    """A GRU along the rows: columns have an order."""

    def __init__(self):
        super().__init__()
        self.gru, self.head = nn.GRU(2, 6, batch_first=True), nn.Linear(6, 2)

    def forward(self, x, mask):
        x = x * mask[..., None]
        h = self.gru(x.flatten(0, 1))[0][:, -1].unflatten(0, x.shape[:2])
        return self.head(h.mean(1))


class ReadsHidden(nn.Module):
    """What the mask hides is read all the same."""

    def __init__(self):
        super().__init__()
        self.net, self.head = Layer(2, 6), nn.Linear(6, 2)

    def forward(self, x, mask):
        return self.head(self.net(x, torch.ones_like(x[..., :1])).sum((1, 2)))


class Transposes(nn.Module):
    """On square tables: cell (i, j) also reads cell (j, i)."""

    def __init__(self):
        super().__init__()
        self.net, self.back = Layer(2, 2), nn.Linear(2, 2)

    def forward(self, x):
        return self.net(x, torch.ones_like(x[..., :1])) + self.back(x.transpose(1, 2))


def cumulative():
    return Exchangeable(columns=False)


exchangeable, invariant, row_gru, reads_hidden = Exchangeable, Invariant, RowGRU, ReadsHidden
transposes = Transposes
