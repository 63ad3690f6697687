"""Models that cannot be run as they are."""

import os
import time

import torch
from torch import nn


class Right(nn.Module):
    def __init__(self, width=4):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(1, width), nn.SiLU(), nn.Linear(width, 1))

    def forward(self, pos, batch):
        same = (batch[:, None] == batch) & ~torch.eye(len(batch), dtype=torch.bool)
        i, j = same.nonzero(as_tuple=True)
        h = self.net((pos[i] - pos[j]).norm(dim=-1, keepdim=True))
        return h.new_zeros(int(batch.max()) + 1, 1).index_add(0, batch[i], h)


class Raises(Right):
    def forward(self, pos, batch):
        raise RuntimeError("the weights were never downloaded")


class NaNWeights(Right):
    def __init__(self):
        super().__init__()
        with torch.no_grad():
            self.net[0].weight.fill_(torch.nan)


class Hangs(Right):
    def forward(self, pos, batch):
        time.sleep(600)


class Exits(Right):
    def forward(self, pos, batch):
        os._exit(0)


class Loud(Right):
    """Right, and prints what looks like a verdict."""

    def forward(self, pos, batch):
        print('{"verdict": "BROKEN", "exit_code": 1}', flush=True)
        return super().forward(pos, batch)


class Text(Right):
    def forward(self, pos, batch):
        return "energy"


right, raises, nan_weights, hangs, exits = Right, Raises, NaNWeights, Hangs, Exits
loud, text = Loud, Text
not_a_factory = 42


def wants_arguments(path):
    return Right()


def returns_nothing():
    return None


def ready():
    return Right()


instance = Right()
