"""Small graphs of the atlas: the generated network against GIN and GCN of PyTorch Geometric.

The connected graphs of six and seven nodes, of which nodes know their number of neighbours: can the graph be drawn in
the plane, and what is the logarithm of the number of its spanning trees?
"""

from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np
import torch
from recipe import Batch, Entry, Task, generated
from torch import Tensor, nn
from torch_geometric.nn import GCN, GIN, global_add_pool

PARAMETERS = 30_000
Sample = tuple[Tensor, Tensor, Tensor]


def atlas(planarity: bool) -> list[Sample]:
    """Return node features (n, 1), edges (2, E) both ways, and the target of every graph."""
    samples = []
    for graph in nx.graph_atlas_g():
        if len(graph) < 6 or not nx.is_connected(graph):
            continue
        edges = torch.tensor([*graph.edges, *((j, i) for i, j in graph.edges)]).T
        degrees = torch.tensor([[float(degree)] for _, degree in sorted(graph.degree)])
        if planarity:
            y = torch.tensor(int(nx.check_planarity(graph)[0]))
        else:
            minor = nx.laplacian_matrix(graph).toarray()[1:, 1:].astype(float)
            y = torch.tensor([np.linalg.slogdet(minor)[1]], dtype=torch.float32)
        samples.append((degrees, edges, y))
    return samples


def split(samples: list[Sample], seed: int) -> dict[str, list[Any]]:
    """Split 60 to 15 to 25 at random; degrees are standardised."""
    order = torch.randperm(len(samples), generator=torch.Generator().manual_seed(seed)).tolist()
    cuts = [round(0.6 * len(order)), round(0.75 * len(order))]
    degrees = torch.cat([samples[i][0] for i in order[: cuts[0]]])
    ready = [((x - degrees.mean()) / degrees.std(), edges, y) for x, edges, y in samples]
    parts = {"train": order[: cuts[0]], "validation": order[cuts[0] : cuts[1]]}
    parts["test"] = order[cuts[1] :]
    return {name: [ready[i] for i in part] for name, part in parts.items()}


def collate(samples: list[Any]) -> Batch:
    """Join graphs to one."""
    x, edges, y = zip(*samples, strict=True)
    sizes = torch.tensor([len(each) for each in x])
    start = (sizes.cumsum(0) - sizes).tolist()
    edge_index = torch.cat([each + first for each, first in zip(edges, start, strict=True)], dim=1)
    index = torch.arange(len(x)).repeat_interleave(sizes)
    return {"x": torch.cat(x), "edge_index": edge_index, "batch": index, "y": torch.stack(y)}


def read(model: nn.Module, batch: Batch) -> Tensor:
    """Give a model its graphs."""
    output: Tensor = model(x=batch["x"], edge_index=batch["edge_index"], batch=batch["batch"])
    return output


class Peer(nn.Module):
    """Four layers of a library's network with batch normalisation, all joined, then the sum over nodes."""

    def __init__(self, kind: type[GIN] | type[GCN], width: int, outputs: int) -> None:
        super().__init__()
        self.nodes = kind(1, width, num_layers=4, out_channels=width, norm="batch_norm", jk="cat")
        self.head = nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, outputs))

    def forward(self, x: Tensor, edge_index: Tensor, batch: Tensor) -> Tensor:
        """Map graphs to (B, outputs)."""
        output: Tensor = self.head(global_add_pool(self.nodes(x, edge_index), batch))
        return output


def task(title: str, planarity: bool) -> Task:
    """Return the data and the models."""
    samples = atlas(planarity)
    kind = {"type": "classification", "classes": 2} if planarity else {"type": "regression"}
    request = {
        "symmetry": {"group": "S_n"},
        "data": {"domain": "graphs", "node_features": 1, "nodes": 7},
        "task": kind,
        "constraints": {"family": "message-passing-gnn", "max_parameters": PARAMETERS},
    }
    outputs = 2 if planarity else 1
    entries = {
        "message-passing-gnn": Entry(generated(f"{title} gnn", request), read, generated=True),
        "PyG GIN": Entry(lambda: Peer(GIN, 48, outputs), read),
        "PyG GCN": Entry(lambda: Peer(GCN, 58, outputs), read),
    }
    score = "accuracy (%)" if planarity else "mean absolute error"
    return Task(title, score, lambda seed: split(samples, seed), collate, entries)
