"""Real spherical harmonics and Wigner matrices, written without any library, in float64.

The basis is that of e3nn: degree l has the components m = -l..l about the polar axis y, so that l = 1 is (x, y, z). No
Condon-Shortley phase. References: E. W. Hobson, "The Theory of Spherical and Ellipsoidal Harmonics" (recurrences);
E. P. Wigner, "Group Theory", chapter 15 (D matrices).
"""

from __future__ import annotations

import math
from functools import lru_cache

import torch
from torch import Tensor


def harmonics(lmax: int, points: Tensor) -> list[Tensor]:
    """Return the orthonormal real harmonics of every degree up to ``lmax``.

    Args:
        points: unit vectors (P, 3) as (x, y, z), float64.

    Returns:
        For each degree l a tensor (P, 2l + 1). ∫ Y Y' over the sphere is 1 on the diagonal.
    """
    # About the polar axis y the usual formulas hold with (z, x, y) for their (x, y, z).
    x, y, z = points[:, 2], points[:, 0], points[:, 1]
    cos, sin = [torch.ones_like(x)], [torch.zeros_like(x)]
    for _ in range(lmax):
        c, s = cos[-1], sin[-1]
        cos.append(x * c - y * s)
        sin.append(x * s + y * c)
    # legendre[l][m]: normalised associated Legendre functions divided by sin^m of the colatitude.
    legendre: list[list[Tensor]] = []
    diagonal = torch.full_like(x, math.sqrt(1 / (4 * math.pi)))
    for l in range(lmax + 1):
        row: list[Tensor] = []
        for m in range(l):
            a = math.sqrt((4 * l * l - 1) / (l * l - m * m))
            value = a * z * legendre[l - 1][m]
            if m <= l - 2:
                b = math.sqrt(((l - 1) ** 2 - m * m) / (4 * (l - 1) ** 2 - 1))
                value = value - a * b * legendre[l - 2][m]
            row.append(value)
        if l:
            diagonal = diagonal * math.sqrt((2 * l + 1) / (2 * l))
        legendre.append([*row, diagonal])
    found = []
    for l in range(lmax + 1):
        parts = [math.sqrt(2) * legendre[l][m] * sin[m] for m in range(l, 0, -1)]
        parts.append(legendre[l][0])
        parts += [math.sqrt(2) * legendre[l][m] * cos[m] for m in range(1, l + 1)]
        found.append(torch.stack(parts, dim=1))
    return found


@lru_cache(maxsize=64)
def _fit(l: int) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(l)
    points = torch.randn(8 * l + 8, 3, generator=generator, dtype=torch.float64)
    points = points / points.norm(dim=1, keepdim=True)
    return points, torch.linalg.pinv(harmonics(l, points)[l])


def wigner(l: int, matrix: Tensor) -> Tensor:
    """Return D (2l + 1, 2l + 1) with Y(R p) = D Y(p) for a rotation matrix R (3, 3).

    From degree two on it is fitted at more points than there are components, so that a wrong basis could not pass.
    """
    if l < 2:
        return matrix if l else torch.ones(1, 1, dtype=torch.float64)
    points, inverse = _fit(l)
    turned = harmonics(l, points @ matrix.T)[l]
    return (inverse @ turned).T


def axis_rotation(axis: Tensor, angle: float) -> Tensor:
    """Return the rotation (3, 3) about ``axis`` by ``angle``, counter-clockwise seen from its tip (Rodrigues)."""
    x, y, z = (axis / axis.norm()).tolist()
    cross = torch.tensor([[0, -z, y], [z, 0, -x], [-y, x, 0]], dtype=torch.float64)
    eye = torch.eye(3, dtype=torch.float64)
    return eye + math.sin(angle) * cross + (1 - math.cos(angle)) * cross @ cross
