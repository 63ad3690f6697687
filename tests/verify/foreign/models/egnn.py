"""EGNN (Satorras et al., 2021) and what people get wrong in it."""

import torch
from torch import nn


def pairs(batch):
    same = batch[:, None] == batch[None, :]
    same = same & ~torch.eye(len(batch), dtype=torch.bool)
    return same.nonzero(as_tuple=True)


def pool(h, batch):
    return h.new_zeros(int(batch.max()) + 1, h.shape[-1]).index_add(0, batch, h)


class Layer(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.message = nn.Sequential(
            nn.Linear(2 * width + 1, width), nn.SiLU(), nn.Linear(width, width)
        )
        self.coordinate = nn.Sequential(nn.Linear(width, width), nn.SiLU(), nn.Linear(width, 1))
        self.update = nn.Sequential(nn.Linear(2 * width, width), nn.SiLU(), nn.Linear(width, width))

    def forward(self, h, x, edges):
        i, j = edges
        away = x[i] - x[j]
        m = self.message(torch.cat([h[i], h[j], away.square().sum(-1, keepdim=True)], dim=-1))
        step = away / (away.norm(dim=-1, keepdim=True) + 1) * self.coordinate(m)
        x = x.index_add(0, i, step)
        gathered = torch.zeros_like(h).index_add(0, i, m)
        return h + self.update(torch.cat([h, gathered], dim=-1)), x


class EGNN(nn.Module):
    def __init__(self, dim=3):
        super().__init__()
        self.start = nn.Parameter(torch.randn(1, 8))
        self.layers = nn.ModuleList([Layer(), Layer()])
        self.head = nn.Linear(8, 2)

    def features(self, pos):
        return self.start.expand(len(pos), -1)

    def edges(self, pos, batch):
        return pairs(batch)

    def forward(self, pos, batch):
        h, x, edges = self.features(pos), pos, self.edges(pos, batch)
        for layer in self.layers:
            h, x = layer(h, x, edges)
        return {"h": pool(self.head(h), batch), "x": x}


class Absolute(EGNN):
    """The distance to the origin of the file's coordinates goes into the first features."""

    def features(self, pos):
        return super().features(pos) + torch.tanh(pos.square().sum(-1, keepdim=True))


class TinyAnisotropy(EGNN):
    """One part in a hundred thousand along z."""

    def forward(self, pos, batch):
        out = super().forward(pos, batch)
        away = pos - (pool(pos, batch) / pool(torch.ones_like(pos), batch))[batch]
        out["x"] = out["x"] + 1e-4 * away * torch.tensor([0.0, 0.0, 1.0]).to(pos)
        return out


class Capped(EGNN):
    """At most three neighbours, the first ones by index."""

    def edges(self, pos, batch):
        i, j = super().edges(pos, batch)
        rank = torch.cat([torch.arange(int(n)) for n in torch.bincount(i)])
        return i[rank < 3], j[rank < 3]


class Nearest(EGNN):
    """The three nearest: no break, since distances differ."""

    def distance(self, gap):
        return gap

    def edges(self, pos, batch):
        gap = self.distance(torch.cdist(pos, pos, compute_mode="donot_use_mm_for_euclid_dist"))
        gap = gap.masked_fill(batch[:, None] != batch[None, :], torch.inf).fill_diagonal_(torch.inf)
        j = gap.argsort(dim=1, stable=True)[:, :3]
        i = torch.arange(len(pos))[:, None].expand_as(j)
        return i.reshape(-1), j.reshape(-1)


class NearestTies(Nearest):
    """Distances to the next half: ties are broken by index."""

    def distance(self, gap):
        return (2 * gap).round() / 2


class EdgesGiven(EGNN):
    """The neighbour list comes from the loader."""

    def forward(self, pos, edge_index, batch):
        h, x = self.features(pos), pos
        for layer in self.layers:
            h, x = layer(h, x, (edge_index[0], edge_index[1]))
        return {"h": pool(self.head(h), batch), "x": x}


class EdgesOrder(EdgesGiven):
    """Attention over the edges by their place in the list."""

    def forward(self, pos, edge_index, batch):
        out = super().forward(pos, edge_index, batch)
        i = edge_index[0]
        weight = torch.linspace(0, 1, len(i), dtype=pos.dtype)[:, None]
        out["x"] = out["x"].index_add(0, i, weight * (pos[i] - pos[edge_index[1]]))
        return out


class NodeIds(EGNN):
    """An embedding of the row number."""

    def __init__(self):
        super().__init__()
        self.ids = nn.Embedding(512, 8)

    def features(self, pos):
        return super().features(pos) + self.ids(torch.arange(len(pos)))


class LateralStep(EGNN):
    """A learnt drift added to the coordinates."""

    def __init__(self):
        super().__init__()
        self.drift = nn.Parameter(torch.tensor([0.0, 0.0, 1e-3]))

    def forward(self, pos, batch):
        out = super().forward(pos, batch)
        return {"h": out["h"], "x": out["x"] + self.drift}


egnn, absolute, tiny_anisotropy, capped = EGNN, Absolute, TinyAnisotropy, Capped
nearest, nearest_ties, edges_given, edges_order = Nearest, NearestTies, EdgesGiven, EdgesOrder
node_ids, drift = NodeIds, LateralStep
