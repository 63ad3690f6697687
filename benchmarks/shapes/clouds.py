"""Solids that lie anyhow: generated networks against PointNet, DGCNN and PointNet++."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from recipe import Batch, Entry, Task, generated
from torch import Tensor, nn
from torch.nn.functional import normalize

POINTS, NEIGHBOURS, NOISE, STRETCH, PARAMETERS = 96, 12, 0.05, 0.3, 40_000
COUNTS = {"train": 50, "validation": 20, "test": 100}
FAMILIES = ("egnn", "painn", "schnet", "tensor-field-network")
CORNERS = torch.tensor([[1.0, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]])


def swept(radius: Tensor, height: Tensor) -> Tensor:
    """Return points at random angles about the z axis."""
    angle = 2 * math.pi * torch.rand(len(radius))
    return torch.stack([radius * angle.cos(), radius * angle.sin(), height], dim=1)


def sphere(count: int) -> Tensor:
    """Draw points on the unit sphere."""
    return normalize(torch.randn(count, 3), dim=1)


def cube(count: int) -> Tensor:
    """Draw points on the faces of a cube."""
    pos = 2 * torch.rand(count, 3) - 1
    pos[torch.arange(count), torch.randint(3, (count,))] = torch.randn(count).sign()
    return pos


def octahedron(count: int) -> Tensor:
    """Draw points on the faces of an octahedron."""
    pos = torch.randn(count, 3)
    return pos / pos.abs().sum(dim=1, keepdim=True)


def tetrahedron(count: int) -> Tensor:
    """Draw points on the faces of a tetrahedron, by weights of three of its corners."""
    weights = torch.distributions.Dirichlet(torch.ones(3)).sample((count,))
    faces = torch.combinations(torch.arange(4), 3)[torch.randint(4, (count,))]
    return (weights.unsqueeze(2) * CORNERS[faces]).sum(1)


def cylinder(count: int) -> Tensor:
    """Draw points on a cylinder with its ends."""
    end = torch.rand(count) < 1 / 3
    radius = torch.where(end, torch.rand(count).sqrt(), 1.0)
    return swept(radius, torch.where(end, torch.randn(count).sign(), 2 * torch.rand(count) - 1))


def cone(count: int) -> Tensor:
    """Draw points on a cone with its base."""
    radius = torch.rand(count).sqrt()
    return swept(radius, torch.where(torch.rand(count) < 0.3, -1.0, 1 - 2 * radius))


def torus(count: int) -> Tensor:
    """Draw points on a ring."""
    angle = 2 * math.pi * torch.rand(count)
    return swept(1 + 0.4 * angle.cos(), 0.4 * angle.sin())


def capsule(count: int) -> Tensor:
    """Draw points on a cylinder with round ends."""
    pos, side = sphere(count), torch.rand(count) < 0.4
    radius = torch.where(side, 1.0, pos[:, :2].norm(dim=1))
    height = pos[:, 2].sign() + pos[:, 2]
    return swept(radius, torch.where(side, 2 * torch.rand(count) - 1, height))


SOLIDS = (sphere, cube, octahedron, tetrahedron, cylinder, cone, torus, capsule)


def cloud(solid: Callable[[int], Tensor]) -> Tensor:
    """Draw a stretched, noisy, unevenly sampled cloud, centred, of RMS radius 1."""
    pos = solid(4 * POINTS) * torch.exp(STRETCH * (2 * torch.rand(3) - 1))
    density = torch.exp(pos @ normalize(torch.randn(3), dim=0))
    pos = pos[torch.multinomial(density, POINTS)] + NOISE * torch.randn(POINTS, 3)
    pos = pos - pos.mean(0)
    return pos / pos.square().sum(1).mean().sqrt()


def turns(count: int) -> Tensor:
    """Draw rotations (count, 3, 3), uniformly."""
    q, r = torch.linalg.qr(torch.randn(count, 3, 3))
    q = q * r.diagonal(dim1=1, dim2=2).sign().unsqueeze(1)
    return q * q.det().sign().view(-1, 1, 1)


def split(seed: int) -> dict[str, list[Any]]:
    """Draw clouds that stand upright to learn from, and turned ones to be tested on."""
    torch.manual_seed(seed)
    parts = {
        name: [(cloud(solid), label) for label, solid in enumerate(SOLIDS) for _ in range(count)]
        for name, count in COUNTS.items()
    }
    parts["upright"] = parts["test"]
    for name in ("validation", "test"):
        turn = turns(len(parts[name]))
        parts[name] = [(pos @ t.T, y) for (pos, y), t in zip(parts[name], turn, strict=True)]
    return parts


def collate(samples: list[Any]) -> Batch:
    """Stack clouds (B, points, 3)."""
    pos, labels = zip(*samples, strict=True)
    return {"pos": torch.stack(pos), "y": torch.tensor(labels)}


def turned(batch: Batch) -> Batch:
    """Turn every cloud at random."""
    return {**batch, "pos": batch["pos"] @ turns(len(batch["pos"])).mT}


def read_rows(model: nn.Module, batch: Batch, centred: bool = False) -> Tensor:
    """Give a generated model its points in a row; ``centred``: and where they lie from the centroid, as a feature."""
    pos = batch["pos"]
    count, points, _ = pos.shape
    inputs = {
        "pos": pos.flatten(0, 1),
        "batch": torch.arange(count).repeat_interleave(points),
    }
    if centred:
        inputs["x"] = (pos - pos.mean(1, keepdim=True)).flatten(0, 1)
    output: Tensor = model(**inputs)
    return output


def read_dense(model: nn.Module, batch: Batch) -> Tensor:
    """Give a peer its clouds."""
    output: Tensor = model(batch["pos"])
    return output


class Norm(nn.BatchNorm1d):
    """Batch normalisation of the last axis."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.flatten(0, -2)).view(x.shape)


def dense(*widths: int) -> nn.Sequential:
    """Return linear layers with batch normalisation and ReLU, over the last axis."""
    layers: list[nn.Module] = []
    for before, after in itertools.pairwise(widths):
        layers += [nn.Linear(before, after, bias=False), Norm(after), nn.ReLU()]
    return nn.Sequential(*layers)


def nearest(pos: Tensor, centres: Tensor, count: int) -> Tensor:
    """Return the indices (B, M, count) of the points nearest to centres (B, M, d)."""
    return torch.cdist(centres, pos).topk(count, largest=False).indices


def gather(x: Tensor, index: Tensor) -> Tensor:
    """Pick rows of x (B, N, F) by an index (B, ...)."""
    rows = torch.arange(len(x)).view(-1, *[1] * (index.ndim - 1))
    return x[rows, index]


class Classifier(nn.Module):
    """Maximum over points, then two layers."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.head = nn.Sequential(dense(width, 64), nn.Dropout(0.3), nn.Linear(64, len(SOLIDS)))

    def forward(self, x: Tensor) -> Tensor:
        """Map features (B, N, width) to scores."""
        scores: Tensor = self.head(x.amax(1))
        return scores


class PointNet(nn.Module):
    """Qi et al. 2017, without the networks that align clouds."""

    def __init__(self) -> None:
        super().__init__()
        self.points = dense(3, 48, 64, 128, 160)
        self.head = Classifier(160)

    def forward(self, pos: Tensor) -> Tensor:
        """Map clouds (B, N, 3) to scores."""
        scores: Tensor = self.head(self.points(pos))
        return scores


class DGCNN(nn.Module):
    """Wang et al. 2019: three edge convolutions, neighbours searched anew among features, all joined."""

    def __init__(self) -> None:
        super().__init__()
        self.convs = nn.ModuleList([dense(6, 32, 32), dense(64, 48), dense(96, 64)])
        self.join = dense(32 + 48 + 64, 128)
        self.head = Classifier(128)

    def forward(self, pos: Tensor) -> Tensor:
        """Map clouds (B, N, 3) to scores."""
        x, found = pos, []
        for conv in self.convs:
            near = gather(x, nearest(x.detach(), x.detach(), NEIGHBOURS))
            here = x.unsqueeze(2).expand_as(near)
            x = conv(torch.cat([here, near - here], dim=3)).amax(2)
            found.append(x)
        scores: Tensor = self.head(self.join(torch.cat(found, dim=2)))
        return scores


class PointNet2(nn.Module):
    """Qi et al. 2017b: PointNets on the neighbourhoods of 32, then 8 points that lie far apart."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = dense(3, 32, 32, 64), dense(67, 64, 96)
        self.last, self.head = dense(99, 128), Classifier(128)

    def forward(self, pos: Tensor) -> Tensor:
        """Map clouds (B, N, 3) to scores."""
        empty = pos.new_zeros(*pos.shape[:2], 0)
        centres, x = self.sample(pos, empty, self.first, 32, 16)
        centres, x = self.sample(centres, x, self.second, 8, 12)
        scores: Tensor = self.head(self.last(torch.cat([centres, x], dim=2)))
        return scores

    @staticmethod
    def sample(
        pos: Tensor, x: Tensor, net: nn.Module, count: int, near: int
    ) -> tuple[Tensor, Tensor]:
        """Choose points by farthest point sampling; return them, and what their neighbours say."""
        chosen = [torch.zeros(len(pos), dtype=torch.int64)]
        distance = pos.new_full(pos.shape[:2], math.inf)
        for _ in range(count - 1):
            last = gather(pos, chosen[-1].unsqueeze(1))
            distance = torch.minimum(distance, (pos - last).square().sum(2))
            chosen.append(distance.argmax(1))
        centres = gather(pos, torch.stack(chosen, dim=1))
        index = nearest(pos, centres, near)
        local = gather(pos, index) - centres.unsqueeze(2)
        return centres, net(torch.cat([local, gather(x, index)], dim=3)).amax(2)


def task() -> Task:
    """Return the data and the models."""
    entries = {}
    for family, centred in itertools.product(FAMILIES, (False, True)):
        if family == "schnet" and centred:  # it takes no vectors
            continue
        data = {"domain": "point_clouds", "points": POINTS, "neighbours": NEIGHBOURS}
        request = {
            "symmetry": {"group": "E(3) x S_n"},
            "data": {**data, "features": "1x1o"} if centred else data,
            "task": {"type": "classification", "classes": len(SOLIDS)},
            "constraints": {"family": family, "max_parameters": PARAMETERS},
        }
        name = f"{family}, centred" if centred else family
        read = partial(read_rows, centred=centred)
        entries[name] = Entry(generated(f"clouds {name}", request), read, generated=True)
    peers = {"PointNet": PointNet, "DGCNN": DGCNN, "PointNet++": PointNet2}
    for name, build in peers.items():
        entries[name] = Entry(build, read_dense)
        entries[f"{name}, turned"] = Entry(build, read_dense, augment=turned)
    return Task("Solids, turned at random", "accuracy (%)", split, collate, entries)
