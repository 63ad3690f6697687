"""Voxels: a mean over the 24 turns of the cube, and a plain network."""

import itertools

import torch
from torch import nn


class CNN(nn.Module):
    def __init__(self, pixels=False):
        super().__init__()
        self.one, self.two = nn.Conv3d(1, 4, 3, padding=1), nn.Conv3d(4, 4, 3, padding=1)
        self.pixels = pixels
        self.head = nn.Conv3d(4, 2, 1) if pixels else nn.Linear(4, 3)

    def forward(self, x):
        y = torch.tanh(self.two(torch.tanh(self.one(x))))
        return self.head(y if self.pixels else y.mean((-3, -2, -1)))


def cube():
    """The 24 turns of the cube as permutations of the axes and flips."""
    for axes in itertools.permutations(range(3)):
        for flips in itertools.product((False, True), repeat=3):
            odd = sum(axes[i] > axes[j] for i in range(3) for j in range(i + 1, 3)) % 2
            if (odd + sum(flips)) % 2 == 0:
                yield axes, [2 + k for k in range(3) if flips[k]]


class Averaged(nn.Module):
    def __init__(self, net, keep=24):
        super().__init__()
        self.net, self.keep = net, keep

    def forward(self, x):
        made = [
            self.net(x.permute(0, 1, *(2 + a for a in axes)).flip(flips))
            for axes, flips in list(cube())[: self.keep]
        ]
        return torch.stack(made).mean(0)


def averaged():
    return Averaged(CNN())


def averaged_some():
    return Averaged(CNN(), 12)


def plain():
    return CNN()


def plain_per_voxel():
    return CNN(True)
