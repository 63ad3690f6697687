"""Graphs with torch_geometric, and graph tensors of order two."""

import torch
from torch import nn
from torch_geometric.nn import (
    GATConv,
    GCNConv,
    GINConv,
    GraphNorm,
    SortAggregation,
    global_add_pool,
    global_mean_pool,
)


class Net(nn.Module):
    """Two convolutions; logits (B, 2)."""

    def __init__(self, kind="gin", per_node=False):
        super().__init__()
        make = {
            "gin": lambda i: GINConv(nn.Sequential(nn.Linear(i, 8), nn.ReLU(), nn.Linear(8, 8))),
            "gcn": lambda i: GCNConv(i, 8),
            "gat": lambda i: GATConv(i, 4, heads=2),
        }[kind]
        self.one, self.two = make(3), make(8)
        self.head = nn.Linear(8, 2)
        self.per_node = per_node

    def first(self, x, edge_index, batch):
        return x

    def between(self, h, batch):
        return h

    def pool(self, h, batch):
        return global_add_pool(h, batch)

    def forward(self, x, edge_index, batch):
        h = torch.tanh(self.one(self.first(x, edge_index, batch), edge_index))
        h = self.between(self.two(h, edge_index).tanh(), batch)
        return self.head(h if self.per_node else self.pool(h, batch))


class Norm(Net):
    """GraphNorm without the graphs: statistics over all nodes of the batch."""

    def __init__(self, right):
        super().__init__()
        self.norm, self.right = GraphNorm(8), right

    def between(self, h, batch):
        return self.norm(h, batch) if self.right else self.norm(h)


class Ids(Net):
    """An embedding of the row number."""

    def __init__(self):
        super().__init__()
        self.ids = nn.Embedding(512, 3)

    def first(self, x, edge_index, batch):
        return x + self.ids(torch.arange(len(x)))


class DegreeOrder(Net):
    """Nodes ranked by their degree, equal degrees by index, and weighed by rank."""

    def first(self, x, edge_index, batch):
        degree = torch.bincount(edge_index[1], minlength=len(x))
        rank = torch.empty_like(degree)
        rank[degree.argsort(stable=True)] = torch.arange(len(x))
        return x * (1 + rank[:, None] / len(x))


class Degree(Net):
    """The degree itself: right."""

    def first(self, x, edge_index, batch):
        degree = torch.bincount(edge_index[1], minlength=len(x))
        return x * (1 + degree[:, None]).to(x).log()


class FirstNode(Net):
    """The first node of each graph stands for the graph."""

    def pool(self, h, batch):
        starts = torch.searchsorted(batch, torch.arange(int(batch.max()) + 1))
        return h[starts]


class LastEdgeWins(nn.Module):
    """Messages written, not added: of several edges into a node, the last one wins."""

    def __init__(self):
        super().__init__()
        self.up, self.head = nn.Linear(3, 8), nn.Linear(8, 2)

    def forward(self, x, edge_index, batch):
        h = self.up(x).tanh()
        got = torch.zeros_like(h)
        for source, target in edge_index.T.tolist():
            got[target] = h[source]
        return self.head(global_add_pool((h + got).tanh(), batch))


class Sort(nn.Module):
    """SortPool (Zhang et al., 2018): right where the sorted channel has no ties."""

    def __init__(self):
        super().__init__()
        self.net = GINConv(nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 8)))
        self.sort, self.head = SortAggregation(3), nn.Linear(24, 2)

    def forward(self, x, edge_index, batch):
        return self.head(self.sort(self.net(x, edge_index), batch))


class Pairs(nn.Module):
    """Invariant graph network (Maron et al., 2019): the 15 maps of x (B, n, n, F) to order two."""

    def __init__(self, broken=None):
        super().__init__()
        self.mix = nn.Linear(15 * 2, 4)
        self.broken = broken

    def basis(self, x):
        n = x.shape[1]
        eye = torch.eye(n, dtype=x.dtype)[..., None]
        diagonal = torch.diagonal(x, dim1=1, dim2=2).movedim(-1, 1)
        rows, columns = x.mean(2), x.mean(1)
        trace, everything = diagonal.mean(1), x.mean((1, 2))
        vectors = [diagonal, rows, columns]
        grids = [x, x.transpose(1, 2), *(eye * v[:, :, None] for v in vectors)]
        grids += [v[:, :, None].expand_as(x) for v in vectors]
        grids += [v[:, None].expand_as(x) for v in vectors]
        grids += [s[:, None, None].expand_as(x) for s in (trace, everything)]
        grids += [eye * s[:, None, None] for s in (trace, everything)]
        return grids

    def forward(self, x):
        grids = self.basis(x)
        if self.broken == "triangle":
            grids[0] = grids[0].movedim(-1, 1).triu().movedim(1, -1)
        if self.broken == "neighbours":
            grids[5] = grids[5].roll(1, 1)
        return torch.tanh(self.mix(torch.cat(grids, -1)))


class FlatPairs(nn.Module):
    """An MLP on the flattened adjacency."""

    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(50, 8), nn.Tanh(), nn.Linear(8, 2))

    def forward(self, x):
        return self.net(x.flatten(1))


class PairsInvariant(Pairs):
    def forward(self, x):
        y = super().forward(x)
        return torch.cat([y.sum((1, 2)), torch.diagonal(y, dim1=1, dim2=2).sum(-1)], -1)


def gin():
    return Net()


def gcn():
    return Net("gcn")


def gat():
    return Net("gat")


def gat_nodes():
    return Net("gat", per_node=True)


class Mean(Net):
    def pool(self, h, batch):
        return global_mean_pool(h, batch)


def graph_norm():
    return Norm(True)


def graph_norm_all():
    return Norm(False)


ids, degree_order, degree, first_node, last_edge_wins = (
    Ids,
    DegreeOrder,
    Degree,
    FirstNode,
    LastEdgeWins,
)
mean_pool, sort_pool, pairs_flat, pairs_invariant = Mean, Sort, FlatPairs, PairsInvariant


def pairs():
    return Pairs()


def pairs_triangle():
    return Pairs("triangle")


def pairs_neighbours():
    return Pairs("neighbours")
