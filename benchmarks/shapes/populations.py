"""What a set of draws says about its distribution: generated networks against plain ones.

``spread`` is the example ``population-spread``. ``information`` is a task of Zaheer et al. 2017 (section 4.1.1): the
mutual information of two Gaussian variables, from 100 to 200 pairs of draws.
"""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import torch
from recipe import ROOT, Batch, Entry, Task, generated
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence

PARAMETERS, WIDTH = 30_000, 96
Sample = tuple[Tensor, Tensor]


def spread() -> list[Sample]:
    """Read the sets of the example."""
    with np.load(ROOT / "examples" / "population-spread" / "data.npz") as archive:
        x, mask, y = (torch.tensor(archive[name]) for name in ("x", "mask", "y"))
    return [(each[there], target) for each, there, target in zip(x, mask, y, strict=True)]


def information() -> list[Sample]:
    """Draw pairs of correlated variables; the target is -log(1 - rho^2) / 2."""
    torch.manual_seed(0)
    samples = []
    for _ in range(2000):
        rho = 1.9 * torch.rand(()) - 0.95
        pairs = torch.randn(int(torch.randint(100, 201, ())), 2)
        pairs[:, 1] = rho * pairs[:, 0] + (1 - rho**2).sqrt() * pairs[:, 1]
        samples.append((pairs, -0.5 * torch.log1p(-(rho**2)).view(1)))
    return samples


def split(samples: list[Sample], seed: int) -> dict[str, list[Any]]:
    """Split 70 to 10 to 20 at random; elements are standardised by those that are learnt from."""
    order = torch.randperm(len(samples), generator=torch.Generator().manual_seed(seed)).tolist()
    cuts = [round(0.7 * len(order)), round(0.8 * len(order))]
    x = torch.cat([samples[i][0] for i in order[: cuts[0]]])
    ready = [((each - x.mean(0)) / x.std(0), target) for each, target in samples]
    parts = {"train": order[: cuts[0]], "validation": order[cuts[0] : cuts[1]]}
    parts["test"] = order[cuts[1] :]
    return {name: [ready[i] for i in part] for name, part in parts.items()}


def collate(samples: list[Any]) -> Batch:
    """Pad sets (B, N, F); ``mask`` is true where an element exists."""
    x, y = zip(*samples, strict=True)
    sizes = torch.tensor([len(each) for each in x])
    mask = torch.arange(int(sizes.max())) < sizes.unsqueeze(1)
    return {"x": pad_sequence(list(x), batch_first=True), "mask": mask, "y": torch.stack(y)}


def read(model: nn.Module, batch: Batch) -> Tensor:
    """Give a model its sets."""
    output: Tensor = model(x=batch["x"], mask=batch["mask"])
    return output


def perceptron(*widths: int) -> nn.Sequential:
    """Return linear layers with ReLU between them."""
    layers: list[nn.Module] = []
    for before, after in itertools.pairwise(widths):
        layers += [nn.Linear(before, after), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


class DeepSets(nn.Module):
    """Zaheer et al. 2017, eq. 2, as it is mostly written: rho(mean of phi(x))."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.phi = perceptron(features, WIDTH, WIDTH, WIDTH)
        self.rho = perceptron(WIDTH, WIDTH, 1)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """Map sets (B, N, F) to (B, 1)."""
        total = (self.phi(x) * mask.unsqueeze(2)).sum(1)
        output: Tensor = self.rho(total / mask.sum(1, keepdim=True))
        return output


class Perceptron(nn.Module):
    """Dense layers on all elements in a row, as they come or sorted by their first feature."""

    def __init__(self, features: int, largest: int, ordered: bool) -> None:
        super().__init__()
        self.largest, self.ordered = largest, ordered
        rows = (features + 1) * largest
        width = round(math.sqrt(rows**2 / 4 + PARAMETERS) - rows / 2)
        self.net = perceptron(rows, width, width, 1)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """Map sets (B, N, F) to (B, 1)."""
        if self.ordered:
            key = x[..., 0].masked_fill(~mask, math.inf)
            x = x.gather(1, key.argsort(1).unsqueeze(2).expand_as(x))
        rows = torch.cat([x, mask.unsqueeze(2)], dim=2)
        rows = nn.functional.pad(rows, (0, 0, 0, self.largest - x.shape[1]))
        output: Tensor = self.net(rows.flatten(1))
        return output


def task(title: str, samples: list[Sample]) -> Task:
    """Return the data and the models."""
    features, sizes = samples[0][0].shape[1], [len(x) for x, _ in samples]
    entries = {}
    for family in ("deepsets", "set-transformer"):
        request = {
            "symmetry": {"group": "S_n"},
            "data": {"domain": "sets", "features": features, "size": sum(sizes) // len(sizes)},
            "task": {"type": "regression", "targets": 1},
            "constraints": {"family": family, "max_parameters": PARAMETERS},
        }
        build = generated(f"{title} {family}", request)
        entries[family] = Entry(build, read, generated=True)
    entries["plain DeepSets"] = Entry(lambda: DeepSets(features), read)
    for name, ordered in (("perceptron", False), ("perceptron, sorted", True)):
        entries[name] = Entry(lambda o=ordered: Perceptron(features, max(sizes), o), read)
    return Task(title, "mean absolute error", lambda seed: split(samples, seed), collate, entries)
