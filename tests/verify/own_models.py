"""A person's own models, right and wrong, in a file with its interface; and the command line to verify them with."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from equidesign.cli.app import app
from equidesign.cli.exits import run

MODEL = """\
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, bias=0.0):
        super().__init__()
        self.inner, self.outer, self.bias = nn.Linear(1, 8), nn.Linear(8, 1), bias

    def forward(self, pos, batch):
        with torch.enable_grad():
            pos = pos if pos.requires_grad else pos.detach().requires_grad_()
            apart = (pos[:, None] - pos).square().sum(-1, keepdim=True)
            weight = self.outer(self.inner(apart).tanh()) * (batch[:, None] == batch)[..., None]
            energy = weight.new_zeros(int(batch.max()) + 1, 1).index_add(0, batch, weight.sum(1))
            (slope,) = torch.autograd.grad(energy.sum(), pos, create_graph=True)
        return {"energy": energy, "forces": self.bias - slope}

    @classmethod
    def build(cls):
        return cls()


def good():
    return Net()


def broken():
    return Net(0.01)


def needs(width):
    return Net(width)


def nothing():
    Net()


def pair():
    return Net(), "optimizer"


def fails():
    raise RuntimeError("no weights here")


def function():
    return lambda pos, batch: Net.good_one(pos=pos, batch=batch)


class Bundled(nn.Module):
    def forward(self, data):
        return data.pos


class Renamed(nn.Module):
    def forward(self, coords, batch):
        return coords


class More(nn.Module):
    def forward(self, pos, batch, charge):
        return pos


class Open(Net):
    def forward(self, **inputs):
        return super().forward(**inputs)


class ByPosition(Net):
    def forward(self, *inputs):
        return super().forward(*inputs)


class Unfinished(nn.Module):
    pass


class Wrong(Net):
    def forward(self, pos, batch):
        return {"energy": pos}


def plain():
    net = Net()

    def call(pos, batch):
        return net(pos, batch)

    return call


instance = Net()
number = 3
"""
INTERFACE = """\
group: E(3) x S_n
inputs:
  pos: {shape: [points, 3], space: points, rep: 1x1o, translates: true}
  batch: {shape: [points], dtype: int64, space: points, role: batch}
outputs:
  energy: {shape: [samples, 1], rep: 1x0e}
  forces: {shape: [points, 3], space: points, rep: 1x1o}
"""


def equidesign(*args: str | Path) -> int:
    return run(lambda: app([str(arg) for arg in args], standalone_mode=False))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current directory, with ``my_model.py`` and ``interface.yaml``."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my_model.py").write_text(MODEL)
    (tmp_path / "interface.yaml").write_text(INTERFACE)
    return tmp_path


def interruptible() -> None:
    """Let a process be interrupted even where the tests run in the background of a shell, which ignores Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
