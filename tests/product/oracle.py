"""How inputs and outputs must transform, derived from the request and the documented conventions alone.

Nothing of equidesign is used here: representations come from e3nn and from cosines and sines, the
conventions from the documentation (y up, counter-clockwise turns, irreps in e3nn's basis, polar axis y).
An element is a dictionary: ``matrix`` (d x d), ``shift`` (d,), and on grids ``turns`` and ``flip``.
"""

from __future__ import annotations

import math
import re
from typing import Any

import torch
from e3nn import o3
from torch import Tensor

Element = dict[str, Any]
F64 = torch.float64


def planar_matrix(turns: float, flip: bool) -> Tensor:
    """A turn by ``turns`` quarter turns after, if asked, the mirror (x, y) -> (x, -y)."""
    angle = turns * math.pi / 2
    c, s = math.cos(angle), math.sin(angle)
    matrix = torch.tensor([[c, -s], [s, c]], dtype=F64)
    return matrix @ torch.diag(torch.tensor([1.0, -1.0], dtype=F64)) if flip else matrix


def planar_irrep(group: str, index: tuple[int, ...], turns: float, flip: bool) -> Tensor:
    """Matrix of ``irrep(k)`` (rotations) or ``irrep(j,k)`` (with the mirror as diag(1, -1))."""
    j, k = index if len(index) == 2 else (0, index[0])
    order = int(group[1:]) if re.fullmatch(r"[CD]\d+", group) else None
    angle = k * turns * math.pi / 2
    if k == 0 or (order is not None and 2 * k == order):
        sign = math.cos(angle) * ((-1.0) ** j if flip else 1.0)
        return torch.tensor([[sign]], dtype=F64)
    c, s = math.cos(angle), math.sin(angle)
    turn = torch.tensor([[c, -s], [s, c]], dtype=F64)
    return turn @ torch.diag(torch.tensor([1.0, -1.0], dtype=F64)) if flip else turn


def representation(text: str, group: str, element: Element) -> Tensor:
    """Matrix of a sum such as ``2x0e + 1x2e``, ``1x1``, ``2xirrep(1)``, ``irrep(1,1)`` or ``3xtrivial``."""
    blocks: list[Tensor] = []
    for term in text.replace(" ", "").split("+"):
        match = re.fullmatch(r"(?:(\d+)x)?(.+)", term)
        assert match
        count, name = int(match[1] or 1), match[2]
        if name == "trivial":
            block = torch.ones(1, 1, dtype=F64)
        elif inner := re.fullmatch(r"irrep\(([\d,]+)\)", name):
            index = tuple(int(part) for part in inner[1].split(","))
            block = planar_irrep(group, index, element["turns"], element["flip"])
        else:
            block = wigner(int(name.rstrip("eo")), element["matrix"])
            if element["matrix"].det() < 0 and name[-1] == "o":
                block = -block
        blocks += [block] * count
    return torch.block_diag(*blocks)


def wigner(degree: int, matrix: Tensor) -> Tensor:
    """D of the rotation part, from Y(R x) = D Y(x) at many points: exact in float64."""
    generator = torch.Generator().manual_seed(0)
    points = torch.randn(8 * degree + 8, 3, generator=generator, dtype=F64)
    irreps = o3.Irreps([(1, (degree, 1))])
    turned = points @ (matrix * matrix.det().sign()).T
    there = o3.spherical_harmonics(irreps, turned, normalize=True)
    here = o3.spherical_harmonics(irreps, points, normalize=True)
    return torch.linalg.lstsq(here, there).solution.T


def random_rotation(generator: torch.Generator) -> Tensor:
    """A rotation drawn from the Haar measure, exact in float64."""
    q = torch.randn(4, generator=generator, dtype=F64)
    w, x, y, z = (q / q.norm()).tolist()
    return torch.tensor(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ],
        dtype=F64,
    )


def turn_about(axis: str, angle: float) -> Tensor:
    """The rotation by ``angle`` about a coordinate axis."""
    c, s = math.cos(angle), math.sin(angle)
    i = "xyz".index(axis)
    j, k = (i + 1) % 3, (i + 2) % 3
    matrix = torch.eye(3, dtype=F64)
    matrix[j, j], matrix[j, k], matrix[k, j], matrix[k, k] = c, -s, s, c
    return matrix


def turn_image(image: Tensor, turns: int, flip: bool) -> Tensor:
    """Move the pixels of (..., H, W): the mirror flips rows, turns are counter-clockwise."""
    if flip:
        image = torch.flip(image, (-2,))
    return torch.rot90(image, turns, (-2, -1))


def mix(matrix: Tensor, values: Tensor, dim: int) -> Tensor:
    """Apply a representation along one dimension."""
    return torch.movedim(torch.movedim(values, dim, -1) @ matrix.T.to(values), -1, dim)


def relative(got: Tensor, want: Tensor) -> float:
    """The largest difference over the largest value."""
    assert got.shape == want.shape, (got.shape, want.shape)
    assert torch.isfinite(got).all()
    assert torch.isfinite(want).all()
    scale = want.abs().max().item()
    assert scale > 0, "the output vanishes"
    return (got - want).abs().max().item() / scale
