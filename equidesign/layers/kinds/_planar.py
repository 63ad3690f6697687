"""Symmetry of the square grid of pixels: which rotations and reflections it has, which strides keep them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from equidesign.groups.catalogue import cyclic, dihedral
from equidesign.groups.group import Group
from equidesign.layers.base import Grid, Option, TypedLayer
from equidesign.spec.layer import Exactness, Level

MAX_SIDE = 4096
MAX_KERNEL = 127
SIDES = Option(int, "pixels", minimum=1, maximum=MAX_SIDE)


def size_option(doc: str) -> Option:
    """Return an option that holds height and width."""
    return Option(list, doc, items=SIDES, length=(2, 2))


def grid_of(layer: TypedLayer, key: str = "size") -> Grid:
    """Return the grid that an option holds."""
    height, width = layer.option(key)
    return height, width


def half(grid: Grid) -> Grid:
    """Return the grid after one exact halving: n/2 of an even side, (n + 1)/2 of an odd one."""
    return (grid[0] + 1) // 2, (grid[1] + 1) // 2


def largest_kernel(grid: Grid) -> int:
    """Return the side of the largest kernel whose every pixel can meet the image; of one row the longer side counts."""
    side = min(grid) if min(grid) > 1 else max(grid)
    return 2 * side - 1


def grid_subgroup(group: Group) -> Group:
    """Return the elements of a planar group that map the square grid of pixels to itself.

    >>> from equidesign.groups.names import parse_group
    >>> [grid_subgroup(parse_group(text)).name for text in ("C8", "C6", "D3", "SO(2)", "O(2)")]
    ['C4', 'C2', 'D1', 'C4', 'D4']
    """
    point = group.point_group
    turns = math.gcd(point.n or 1, 4) if point.finite else 4
    return dihedral(turns) if point.reflections else cyclic(turns)


def on_the_grid(layer: TypedLayer, what: str) -> Exactness:
    """Return the ledger's line of a layer that keeps every symmetry the grid has."""
    kept = grid_subgroup(layer.group)
    if kept == layer.group.point_group:
        return Exactness(level=Level.exact, subgroup=kept.name, why=f"{what} has its symmetry")
    return Exactness(
        level=Level.approximate,
        subgroup=kept.name,
        why=f"{what} is exact for {kept.name}; other elements of {layer.group.name} "
        "fall between the pixels and are interpolated",
    )


def stride_exactness(
    layer: TypedLayer, size: Sequence[int], kernel: int, stride: int, padding: int
) -> Exactness:
    """Return the ledger's line of a layer with a stride: exact iff (n + 2p - k) mod s = 0 on both axes."""
    kept = grid_subgroup(layer.group)
    for name, side in zip(("height", "width"), size, strict=True):
        rest = (side + 2 * padding - kernel) % stride
        if rest and kept.order != 1:
            legal = f"{side - rest} or {side + stride - rest}"
            return Exactness(
                level=Level.broken,
                subgroup="trivial",
                why=f"stride {stride} at {name} {side}: {kept.name} broken, ({name} + 2*{padding} "
                f"- {kernel}) mod {stride} must be 0; {name} {legal} repairs it",
            )
    return on_the_grid(layer, f"a {kernel}x{kernel} kernel with stride {stride}")
