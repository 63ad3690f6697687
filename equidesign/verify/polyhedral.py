"""The finite rotation groups O, O_h and I of space as exact matrices, and the matrices of their irreps.

Elements are listed as unit quaternions in the order of escnn, so that ``regular`` has the same basis there and here (of
O_h: the 24 rotations, then each of them with the inversion). What agrees with escnn 1.0.11, entry by entry:

- O: irrep(0), irrep(2), irrep(3), irrep(-1) and regular. irrep(1) is the matrix itself, on components (x, y, z);
  escnn's irrep(1) are the same matrices on components (y, z, x), and irrep(-1) is in that order there as well as here.
- O_h: irrep(j,k) is irrep(k) of O, times -1 on the inversion if j = 1: escnn's ((j,), (k,), 0), with k = 1 as for O.
- I: irrep(0), irrep(2), irrep(3), irrep(4) and regular; irrep(1) as for O. The icosahedron has the vertices (±φ, 0, ±1)
  and their cyclic permutations, so that the axes of coordinates are axes of half turns.

The irreps are those of the character tables in ``equidesign.groups.characters``: the tests compare them.
"""

from __future__ import annotations

import itertools
import math
from functools import lru_cache

import torch
from torch import Tensor

from equidesign.groups.group import Group
from equidesign.verify.wigner import wigner

TOLERANCE = 1e-6
PHI = (1 + math.sqrt(5)) / 2
# Places in the list of I of a fifth turn and of a half turn that generate it.
_FIVEFOLD, _TWOFOLD = 21, 0
# Degree 2 about the polar axis z is degree 2 about the polar axis y in the coordinates (y, z, x).
_POLAR = torch.tensor([[0.0, 1, 0], [0, 0, 1], [1, 0, 0]], dtype=torch.float64)

# Directions of the three axes of the cube in the plane of irrep(2), in degrees.
_AXES_IN_PLANE = (45.0, -75.0, 165.0)

Quaternions = list[tuple[float, ...]]


def rotation_of(quaternion: Tensor) -> Tensor:
    """Return the rotations (..., 3, 3) of unit quaternions (..., 4) given as (x, y, z, w)."""
    x, y, z, w = quaternion.unbind(-1)
    rows = (
        (1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)),
        (2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)),
        (2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)),
    )
    return torch.stack([torch.stack(row, dim=-1) for row in rows], dim=-2)


def _tetrahedral() -> Quaternions:
    units: Quaternions = [tuple(float(i == j) for j in range(4)) for i in range(4)]
    halves = itertools.product((0.5, -0.5), (-0.5, 0.5), (-0.5, 0.5))
    return [*units, *((0.5, y, z, w) for w, y, z in halves)]


def _octahedral() -> Quaternions:
    half = math.sqrt(0.5)
    quarter_turns = [({i: half, 3: half}) for i in (0, 1, 2)]
    quarter_turns += [({i: -half, 3: half}) for i in (2, 1, 0)]
    half_turns = [{i: s, j: half} for i, j in ((1, 2), (0, 2), (0, 1)) for s in (half, -half)]
    entries = [*quarter_turns, *half_turns]
    return [*_tetrahedral(), *(tuple(e.get(i, 0.0) for i in range(4)) for e in entries)]


def _icosahedral() -> Quaternions:
    a, b, c = 0.5, 0.5 / PHI, PHI / 2
    blocks: list[list[tuple[float, ...]]] = []
    for x, y, z in ((a, b, c), (b, c, a), (c, a, b)):
        pair = [(x, y, z, 0.0), (x, z, 0.0, y)]
        blocks += [sorted(pair, key=lambda row: {a: 0, b: 1, c: 2}[row[1]]), [(x, 0.0, y, z)]]
    blocks += [[(0.0, a, c, b)], [(0.0, b, a, c)], [(0.0, c, b, a)]]
    found = _tetrahedral()
    for block in blocks:
        for second, row, third in itertools.product((1, -1), block, (1, -1)):
            used = [i for i in range(4) if row[i]]
            signs = {used[1]: second, used[2]: third}
            found.append(tuple(signs.get(i, 1) * row[i] for i in range(4)))
    return found


@lru_cache(maxsize=2)
def _rotations(kind: str) -> Tensor:
    if kind == "icosahedral":
        return rotation_of(torch.tensor(_icosahedral(), dtype=torch.float64))
    return rotation_of(torch.tensor(_octahedral(), dtype=torch.float64)).round()


@lru_cache(maxsize=4)
def matrices(group: Group) -> Tensor:
    """Return the elements of O, O_h or I as orthogonal matrices (order, 3, 3)."""
    found = _rotations(group.kind)
    return torch.cat([found, -found]) if group.reflections else found


def index_of(group: Group, matrix: Tensor) -> int | None:
    """Return the place of an orthogonal matrix in the list of elements; None for one that is no element."""
    away = (matrices(group) - matrix).abs().amax((1, 2))
    place = int(away.argmin())
    return place if float(away[place]) < TOLERANCE else None


def polyhedral_matrix(group: Group, kind: str, index: tuple[int, ...], place: int) -> Tensor:
    """Return the matrix of ``irrep`` or ``regular`` at the element with the given place."""
    if kind == "regular":
        return _regular(group, place)
    inverted, rotation = divmod(place, len(_rotations(group.kind)))
    sign = -1 if inverted and index[0] == 1 else 1
    return sign * _table(group.kind, index[-1])[rotation]


def _regular(group: Group, place: int) -> Tensor:
    """Element g maps the basis vector of h to that of gh."""
    every = matrices(group)
    targets = torch.einsum("aij,bij->ab", every[place] @ every, every).argmax(1)
    found = torch.zeros(len(every), len(every), dtype=torch.float64)
    found[targets, torch.arange(len(every))] = 1
    return found


@lru_cache(maxsize=16)
def _table(kind: str, k: int) -> Tensor:
    """Return the matrices (elements, d, d) of an irrep on the rotations."""
    rotations = _rotations(kind)
    if k == 0:
        return torch.ones(len(rotations), 1, 1, dtype=torch.float64)
    if k == 1:
        return rotations
    return _of_octahedral(rotations, k) if kind == "octahedral" else _of_icosahedral(rotations, k)


def _of_octahedral(rotations: Tensor, k: int) -> Tensor:
    """Rotations permute the axes of the cube: irrep(3) is the sign, irrep(2) acts on what the sum leaves."""
    permutations = rotations.abs()
    sign: Tensor = torch.linalg.det(permutations).round()[:, None, None]
    if k == 3:
        return sign
    if k == -1:
        return torch.mul(sign, _POLAR @ rotations @ _POLAR.T)
    angles = torch.tensor(_AXES_IN_PLANE, dtype=torch.float64).deg2rad()
    plane = math.sqrt(2 / 3) * torch.stack([angles.cos(), angles.sin()], dim=-1)
    found: Tensor = plane.T @ permutations @ plane
    return found


def _of_icosahedral(rotations: Tensor, k: int) -> Tensor:
    if k == 2:
        return torch.stack([wigner(2, _POLAR @ rotation @ _POLAR.T) for rotation in rotations])
    five, root = 2 * math.pi / 5, math.sqrt(5)
    if k == 3:
        fifth = torch.block_diag(_turn(2 * five), torch.ones(1, 1, dtype=torch.float64))  # type: ignore[no-untyped-call]
        half = [[1 / root, 0, -2 / root], [0, -1, 0], [-2 / root, 0, -1 / root]]
    else:
        fifth = torch.block_diag(_turn(five), _turn(2 * five))  # type: ignore[no-untyped-call]
        half = [
            [0, 0, -1, 0],
            [0, 2 / root, 0, 1 / root],
            [-1, 0, 0, 0],
            [0, 1 / root, 0, -2 / root],
        ]
    images = {_FIVEFOLD: fifth, _TWOFOLD: torch.tensor(half, dtype=torch.float64)}
    return _generated(rotations, images)


def _turn(angle: float) -> Tensor:
    cos, sin = math.cos(angle), math.sin(angle)
    return torch.tensor([[cos, -sin], [sin, cos]], dtype=torch.float64)


def _generated(rotations: Tensor, images: dict[int, Tensor]) -> Tensor:
    """Extend the images of generators to the whole group, by words of growing length."""
    products = {
        g: torch.einsum("aij,bij->ab", rotations[g] @ rotations, rotations).argmax(1).tolist()
        for g in images
    }
    identity = int(torch.einsum("aii->a", rotations).argmax())
    size = len(next(iter(images.values())))
    found = {identity: torch.eye(size, dtype=torch.float64)}
    frontier = [identity]
    while frontier:
        reached = []
        for h in frontier:
            for g, image in images.items():
                if products[g][h] not in found:
                    found[products[g][h]] = image @ found[h]
                    reached.append(products[g][h])
        frontier = reached
    return torch.stack([found[place] for place in range(len(rotations))])
