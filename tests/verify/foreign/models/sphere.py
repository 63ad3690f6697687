"""Signals on the sphere, latitude by longitude."""

import torch
from e3nn import o3
from torch import nn

BANDWIDTH = 6


class PowerSpectrum(nn.Module):
    """Spherical transform, squared length of each degree, an MLP."""

    def __init__(self, weighted=True):
        super().__init__()
        side, lmax = 2 * BANDWIDTH, BANDWIDTH // 2 - 1
        step = torch.arange(side, dtype=torch.float64)
        beta, alpha = (step + 0.5) * torch.pi / side, step * 2 * torch.pi / side
        b, a = torch.meshgrid(beta, alpha, indexing="ij")
        place = torch.stack([b.sin() * a.sin(), b.cos(), b.sin() * a.cos()], -1)
        y = o3.spherical_harmonics(list(range(lmax + 1)), place, False)
        k = torch.arange(BANDWIDTH, dtype=torch.float64)
        weights = (torch.sin(beta[:, None] * (2 * k + 1)) / (2 * k + 1)).sum(1) * beta.sin()
        if not weighted:
            weights = torch.full_like(weights, weights.mean())
        self.register_buffer("exact", y * weights[:, None, None], persistent=False)
        self.degrees = [2 * l + 1 for l in range(lmax + 1)]
        self.net = nn.Sequential(nn.Linear(lmax + 1, 8), nn.SiLU(), nn.Linear(8, 3))

    def forward(self, x):
        spectrum = torch.einsum("bhw,hwk->bk", x[:, 0], self.exact.to(x))
        parts = spectrum.split(self.degrees, dim=-1)
        return self.net(torch.stack([p.square().sum(-1) for p in parts], -1))


class FlatCNN(nn.Module):
    """A CNN on the map, periodic in longitude, mean over pixels."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 6, 3, padding=1, padding_mode="circular")
        self.head = nn.Linear(6, 3)

    def forward(self, x):
        return self.head(torch.tanh(self.conv(x)).mean((-2, -1)))


def power_spectrum():
    return PowerSpectrum()


def no_quadrature():
    return PowerSpectrum(weighted=False)


flat_cnn = FlatCNN
