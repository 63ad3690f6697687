"""How functions on a grid move: images, volumes, sequences, signals on the sphere.

- Images (..., H, W): x points right and y up, so rows run against y; turns are counter-clockwise.
- Volumes (..., D, H, W): the voxel at (d, h, w) lies at (x, y, z) = (w, -h, -d) up to the centre; a vector channel is
  (x, y, z). This is the convention of escnn's ``gspaces`` on R3, to which the tests compare it.
- Sequences (..., L): a reflection reverses them.
- The sphere (..., 2b, 2b): colatitude by longitude, polar axis y, longitude 0 at z.

Cyclic shifts move contents towards larger indices.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import torch
from torch import Tensor

from equidesign.verify.element import Element, UnsupportedError

ON_GRID = 1e-6
VOXEL_AXES = (-3, -2, -1)


def move_pixels(value: Tensor, element: Element) -> Tensor:
    """Turn and mirror images (..., H, W).

    Raises:
        UnsupportedError: the element does not map pixels to pixels.
    """
    quarters = element.quarter_turns
    if quarters is None:
        raise UnsupportedError(f"{element.label} does not map pixels to pixels")
    if element.flip:
        value = value.flip(-2)
    return torch.rot90(value, quarters, dims=(-2, -1))


def voxel_permutation(matrix: Tensor) -> list[tuple[int, bool]] | None:
    """Return, for each of x, y, z, which coordinate it becomes from and whether reversed; None if not on the grid."""
    rounded = matrix.round()
    if len(matrix) != 3 or float((matrix - rounded).abs().max()) > ON_GRID:
        return None
    places = rounded.abs().argmax(1).tolist()
    return [(j, bool(rounded[i, j] < 0)) for i, j in enumerate(places)]


def move_voxels(value: Tensor, element: Element) -> Tensor:
    """Turn and mirror volumes (..., D, H, W).

    Raises:
        UnsupportedError: the element does not map voxels to voxels.
    """
    if element.matrix is None:
        return value
    sources = voxel_permutation(element.matrix)
    if sources is None:
        raise UnsupportedError(f"{element.label} does not map voxels to voxels")
    straight = value.flip(-3, -2).movedim(VOXEL_AXES, (-1, -2, -3))  # now (..., x, y, z)
    start = straight.dim() - 3
    order = [*range(start), *(start + j for j, _ in sources)]
    moved = straight.permute(order).flip([start + i for i, (_, back) in enumerate(sources) if back])
    return moved.movedim((-1, -2, -3), VOXEL_AXES).flip(-3, -2)


def roll(value: Tensor, shift: Sequence[Fraction], axes: Sequence[int]) -> Tensor:
    """Shift cyclically by parts of the length of each axis.

    Raises:
        UnsupportedError: they are no whole numbers of pixels.
    """
    if len(shift) != len(axes):
        raise UnsupportedError(f"a shift in {len(shift)} dimensions on a grid of {len(axes)}")
    steps = [part * value.shape[axis] for part, axis in zip(shift, axes, strict=True)]
    if any(step.denominator != 1 for step in steps):
        raise UnsupportedError("a shift by a part of a pixel")
    return torch.roll(value, [int(step) for step in steps], list(axes))


def grid_shifts(
    grids: Sequence[Sequence[int]], count: int, generator: torch.Generator
) -> list[Element]:
    """Return cyclic shifts that move every one of several grids by whole pixels: one step an axis, then random ones.

    Args:
        grids: lengths of the axes of every grid. A smaller one has larger pixels.
    """
    common = [math.gcd(*lengths) for lengths in zip(*grids, strict=True)]
    chosen = [[int(i == axis) for i in range(len(common))] for axis in range(len(common))]
    for _ in range(count):
        chosen.append(
            [int(torch.randint(max(size, 1), (1,), generator=generator)) for size in common]
        )
    found = []
    for steps in chosen:
        parts = tuple(Fraction(step, size) for step, size in zip(steps, common, strict=True))
        if any(part % 1 for part in parts):
            text = ", ".join(
                str(part * max(lengths))
                for part, lengths in zip(parts, zip(*grids, strict=True), strict=True)
            )
            found.append(Element(f"cyclic shift by ({text}) pixels", shift=parts))
    return found


def sphere_grid(side: int) -> tuple[Tensor, Tensor]:
    """Return colatitudes (side,) and longitudes (side,) of the grid, side = 2b."""
    steps = torch.arange(side, dtype=torch.float64)
    return (steps + 0.5) * math.pi / side, steps * 2 * math.pi / side


def sphere_points(side: int) -> Tensor:
    """Return the unit vectors (side, side, 3) of the grid; the polar axis is y, longitude 0 is z."""
    beta, alpha = sphere_grid(side)
    sin = torch.sin(beta)[:, None]
    x, z = sin * torch.sin(alpha), sin * torch.cos(alpha)
    return torch.stack([x, torch.cos(beta)[:, None].expand_as(x), z], dim=-1)


def sphere_index(side: int, matrix: Tensor) -> Tensor | None:
    """Return where each grid point is read from, as a flat index (side², ), or None if not on the grid."""
    source = sphere_points(side).reshape(-1, 3) @ matrix
    beta = torch.acos(source[:, 1].clamp(-1, 1))
    alpha = torch.atan2(source[:, 0], source[:, 2])
    row, column = beta * side / math.pi - 0.5, alpha * side / (2 * math.pi)
    off = torch.maximum((row - row.round()).abs(), (column - column.round()).abs())
    if off.max() > ON_GRID:
        return None
    return (row.round().long() * side) + column.round().long() % side


def move_sphere(value: Tensor, element: Element) -> Tensor:
    """Turn signals (..., 2b, 2b) on the sphere by an element that maps the grid to itself.

    Raises:
        UnsupportedError: it does not.
    """
    if element.matrix is None:
        return value
    index = sphere_index(value.shape[-1], element.matrix)
    if index is None:
        raise UnsupportedError("the rotation does not map the grid of the sphere to itself")
    return value.flatten(-2)[..., index].view(value.shape)
