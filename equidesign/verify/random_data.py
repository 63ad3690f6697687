"""Random clouds, lattices, graphs and smooth fields of realistic spacing and size."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from equidesign.verify.actions import sphere_points

# Sites of a lattice are this much wider than the mean distance of nearest neighbours after the jitter.
STRETCH = 1.2
JITTER = 0.28
# In more dimensions lattices have too many sites, and random points keep their distance anyway.
LATTICE_DIMENSIONS = 4
SMOOTHING = 1.5
WAVES = 24
HALF = torch.float64


def uniform(generator: torch.Generator, *shape: int) -> Tensor:
    """Return numbers in [0, 1), float64."""
    return torch.rand(shape, generator=generator, dtype=HALF, device="cpu")


def normal(generator: torch.Generator, *shape: int) -> Tensor:
    """Return standard normal numbers, float64."""
    return torch.randn(shape, generator=generator, dtype=HALF, device="cpu")


def whole(generator: torch.Generator, low: int, high: int, *shape: int) -> Tensor:
    """Return integers from ``low`` up to but not including ``high``."""
    return torch.randint(low, high, shape, generator=generator, device="cpu")


def cloud(count: int, dim: int, spacing: float, generator: torch.Generator) -> Tensor:
    """Return points (count, dim) in a ball whose nearest neighbours are about ``spacing`` apart, none closer than 0.5.

    They are sites of a jittered lattice, turned at random, about a centre of their own.
    """
    centre = spacing * normal(generator, dim)
    if dim > LATTICE_DIMENSIONS:
        spread = normal(generator, count, dim)
        apart = torch.cdist(spread, spread).fill_diagonal_(math.inf).amin(1)
        return centre + spread * spacing / (apart.mean() if count > 1 else 1.0)
    side = math.ceil((2 * count) ** (1 / dim)) + 1
    axis = torch.arange(side, dtype=HALF)
    sites = torch.cartesian_prod(*[axis] * dim).reshape(-1, dim)
    middle = (side - 1) / 2 + uniform(generator, dim) - 0.5
    near = (sites - middle).norm(dim=1).argsort()[:count]
    chosen = sites[near[torch.randperm(count, generator=generator, device="cpu")]]
    jitter = JITTER * (2 * uniform(generator, count, dim) - 1)
    turn = torch.linalg.qr(normal(generator, dim, dim)).Q
    points: Tensor = centre + STRETCH * spacing * (chosen - middle + jitter) @ turn
    return points


def lattice(counts: list[int], dim: int, spacing: float, generator: torch.Generator) -> Tensor:
    """Return oblique cells (samples, dim, dim), rows the lattice vectors, with room for ``counts`` points each."""
    cells = []
    for count in counts:
        side = _cells_per_side(count, dim) * STRETCH * spacing
        skew = 0.15 * (2 * uniform(generator, dim, dim) - 1)
        cells.append(side * (torch.eye(dim, dtype=HALF) + skew))
    return torch.stack(cells)


def crystal(count: int, cell: Tensor, generator: torch.Generator) -> Tensor:
    """Return points (count, dim) inside a cell, on sites of a jittered lattice."""
    dim = len(cell)
    side = _cells_per_side(count, dim)
    axis = torch.arange(side, dtype=HALF)
    sites = torch.cartesian_prod(*[axis] * dim).reshape(-1, dim)
    chosen = sites[torch.randperm(len(sites), generator=generator, device="cpu")[:count]]
    jitter = JITTER * (2 * uniform(generator, count, dim) - 1)
    return ((chosen + 0.5 + jitter) / side) @ cell


def _cells_per_side(count: int, dim: int) -> int:
    side = 1
    while side**dim < count:
        side += 1
    return side


def pairs(count: int, wanted: int, points: Tensor | None, generator: torch.Generator) -> Tensor:
    """Return undirected edges (2, pairs) among ``count`` nodes, each pair once: the nearest ones if there are points.

    Every node has one at least; beyond that there are ``wanted``, if there are so many.
    """
    if count < 2:
        return torch.zeros(2, 0, dtype=torch.int64)
    if points is None:
        distance = uniform(generator, count, count)
        distance = distance + distance.T
    else:
        distance = torch.cdist(points[None], points[None])[0]
    distance.fill_diagonal_(math.inf)
    upper = torch.triu_indices(count, count, 1)
    taken = torch.zeros(count, count, dtype=torch.bool)
    taken[torch.arange(count), distance.argmin(1)] = True
    taken |= taken.T.clone()
    order = distance[upper[0], upper[1]].argsort()
    touching = taken[upper[0], upper[1]]
    first = torch.cat([order[touching[order]], order[~touching[order]]])
    return upper[:, first[: max(wanted, int(touching.sum()))]]


def prefixes(shape: tuple[int, int], generator: torch.Generator) -> Tensor:
    """Return masks (samples, items), true at the front: no sample is empty, and none of several items is full."""
    high = max(shape[1], 2)
    counts = whole(generator, min(2, high - 1), high, shape[0])
    return torch.arange(shape[1]) < counts[:, None]


def scattered(counts: list[int], shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    """Return a mask of items listed sample after sample, ``counts`` each: one at least of each sample is true."""
    found = uniform(generator, *shape) < 0.75
    start = 0
    for count in counts:
        found[start + int(whole(generator, 0, count, 1))] = True
        start += count
    return found


def observed(shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    """Return masks (..., rows, columns) with a true cell in every row and column."""
    found = uniform(generator, *shape) < 0.75
    rows, columns = shape[-2:]
    steps = torch.arange(max(rows, columns))
    order = torch.randperm(columns, generator=generator, device="cpu")
    found[..., steps % rows, order[steps % columns]] = True
    return found


def smooth(shape: tuple[int, ...], dims: int, generator: torch.Generator) -> Tensor:
    """Return fields that vary over a few pixels along the last ``dims`` axes, of unit variance."""
    noise = normal(generator, *shape)
    axes = tuple(range(-dims, 0))
    spectrum = torch.fft.fftn(noise, dim=axes)
    for axis in axes:
        frequency = torch.fft.fftfreq(shape[axis], dtype=HALF, device="cpu")
        damping = torch.exp(-2 * (math.pi * SMOOTHING * frequency) ** 2)
        spectrum = spectrum * damping.reshape(-1, *[1] * (-axis - 1))
    field = torch.fft.ifftn(spectrum, dim=axes).real
    # Some of the noise stays: no pixel is the mean of its neighbours.
    field = field / field.std().clamp_min(1e-12) + 0.1 * noise
    scaled: Tensor = field / field.std().clamp_min(1e-12)
    return scaled


def waves_on_sphere(shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    """Return smooth signals (..., side, side) on the grid of the sphere: sums of plane waves of space."""
    side = shape[-1]
    points = sphere_points(side).to(HALF)
    outer = shape[:-2]
    direction = normal(generator, *outer, WAVES, 3)
    wave = min(4.0, side / 6) * direction / direction.norm(dim=-1, keepdim=True)
    phase = 2 * math.pi * uniform(generator, *outer, WAVES)
    height = normal(generator, *outer, WAVES) / math.sqrt(WAVES / 2)
    angle = torch.einsum("...wd,ijd->...wij", wave, points) + phase[..., None, None]
    return (height[..., None, None] * angle.cos()).sum(-3)
