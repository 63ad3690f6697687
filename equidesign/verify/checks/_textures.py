"""Windowed gratings: images and volumes that are turned without resampling, since they are functions of space.

A grating inside a round window has one direction, so that a model's answer to it depends on the angle wherever the
model has only the symmetry of the grid; smooth blobs have none, and look alike to any small filter.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn import functional

# In pixels. At shorter waves the harmonics that a nonlinearity makes are aliased in any network.
WAVES = (4.0, 6.0, 9.0, 13.0)
REACH = 0.95
HEIGHT = 1.5
PATCHES, PATCH, AWAY, OFFSET = 5, 0.45, 0.5, 0.7


@dataclass(frozen=True)
class Move:
    """The affine map p -> matrix p + shift of space, in pixels about the centre of the grid."""

    matrix: Tensor
    shift: float = 0.0

    def back(self, points: Tensor) -> Tensor:
        """Return where points (..., d) come from."""
        found: Tensor = (points - self.shift) @ torch.linalg.inv(self.matrix).T
        return found


@dataclass(frozen=True)
class Textures:
    """Images, each a sum of waves inside round windows.

    Attributes:
        waves: wave vectors (n, channels, parts, d) in radians per pixel.
        phases: (n, channels, parts).
        heights: (n, channels, parts).
        centres: of the windows, (n, channels, parts, d), in pixels from the centre of the grid.
        window: radius of the windows in pixels.
        offset: added to each wave inside its window.
    """

    waves: Tensor
    phases: Tensor
    heights: Tensor
    centres: Tensor
    window: float
    offset: float

    @staticmethod
    def gratings(channels: int, sides: Sequence[int], generator: torch.Generator) -> Textures:
        """Return gratings about the centre, one for each length; every second image has two that cross.

        A grating is its own image after half a turn, so that it has hardly any direction that a vector could have.
        """
        reach = (min(sides) - 1) / 2
        parts = _parts(channels, sides, 2, generator)
        parts.heights[::2, :, 1:] = 0
        return replace(parts, centres=torch.zeros_like(parts.centres), window=REACH * reach)

    @staticmethod
    def patches(channels: int, sides: Sequence[int], generator: torch.Generator) -> Textures:
        """Return images of patches here and there, which no motion maps to themselves."""
        reach = (min(sides) - 1) / 2
        parts = _parts(channels, sides, PATCHES, generator)
        return replace(parts, window=PATCH * reach, offset=OFFSET)

    def __len__(self) -> int:
        return len(self.waves)

    def scaled(self, factor: float) -> Textures:
        """Return the same pictures for a grid that is finer by a factor."""
        return replace(
            self,
            waves=self.waves / factor,
            centres=self.centres * factor,
            window=self.window * factor,
        )

    def render(self, sides: Sequence[int], move: Move | None = None) -> Tensor:
        """Return the images (n, channels, *sides), moved."""
        points = grid_points(sides)
        if move is not None:
            points = move.back(points)
        blank = (...,) + (None,) * len(sides)
        angle = torch.einsum("nckd,...d->nck...", self.waves, points)
        wave = self.offset + torch.cos(angle + self.phases[blank])
        away = points - self.centres[(..., *(None,) * len(sides), slice(None))]
        radius = (away.norm(dim=-1) / self.window).clamp(max=1)
        return (self.heights[blank] * wave * torch.cos(math.pi / 2 * radius).square()).sum(2)


def _parts(channels: int, sides: Sequence[int], parts: int, generator: torch.Generator) -> Textures:
    reach = (min(sides) - 1) / 2
    lengths = [wave for wave in WAVES if wave <= 1.6 * reach] or [max(2.5, 1.6 * reach)]
    count = len(WAVES)
    shape = (count, channels, parts)
    direction = torch.randn(*shape, len(sides), generator=generator, dtype=torch.float64)
    direction = direction / direction.norm(dim=-1, keepdim=True)
    wave = torch.tensor([lengths[i % len(lengths)] for i in range(count)], dtype=torch.float64)
    heights = 0.5 + torch.rand(shape, generator=generator, dtype=torch.float64)
    phases = 2 * math.pi * torch.rand(shape, generator=generator, dtype=torch.float64)
    centres = torch.randn(*shape, len(sides), generator=generator, dtype=torch.float64)
    distance = reach * AWAY * torch.rand(shape, generator=generator, dtype=torch.float64).sqrt()
    centres = distance[..., None] * centres / centres.norm(dim=-1, keepdim=True)
    waves = direction * (2 * math.pi / wave)[:, None, None, None]
    return Textures(waves, phases, HEIGHT * heights, centres, reach, 0.0)


def grid_points(sides: Sequence[int]) -> Tensor:
    """Return the positions (*sides, d) of pixels (H, W) as (x, y), or voxels (D, H, W) as (x, y, z).

    x runs with the last axis, the others against theirs; the centre of the grid is the origin.
    """
    axes = [(torch.arange(side, dtype=torch.float64) - (side - 1) / 2) for side in sides]
    lines = [axis if i == len(axes) - 1 else -axis for i, axis in enumerate(axes)]
    return torch.stack(torch.meshgrid(*lines, indexing="ij")[::-1], dim=-1)


def resample(value: Tensor, move: Move) -> Tensor:
    """Return fields (n, K, H, W) moved by bicubic interpolation, (n, K, D, H, W) by a trilinear one."""
    sides = value.shape[2:]
    source = move.back(grid_points(sides))
    scale = torch.tensor([max(side - 1, 1) / 2 for side in reversed(sides)], dtype=torch.float64)
    source = source / scale
    source[..., 1:] = -source[..., 1:]
    mode = "bicubic" if len(sides) == 2 else "bilinear"
    places = source.expand(len(value), *source.shape).to(value)
    sampled: Tensor = functional.grid_sample(value, places, mode=mode, align_corners=True)
    return sampled


def disc(sides: Sequence[int], part: float) -> Tensor:
    """Return which points (*sides) lie within a part of the largest disc or ball."""
    inside: Tensor = grid_points(sides).norm(dim=-1) <= part * (min(sides) - 1) / 2 + 1e-9
    return inside
