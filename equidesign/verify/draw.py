"""Inputs drawn from an interface, for models that bring no ``example_inputs``."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from equidesign.errors import InputError
from equidesign.groups.names import parse_group
from equidesign.spec.field import Space
from equidesign.spec.layer import parse_rep
from equidesign.spec.specification import Interface, TensorSpec
from equidesign.verify.random_data import (
    cloud,
    crystal,
    lattice,
    normal,
    observed,
    pairs,
    prefixes,
    scattered,
    smooth,
    uniform,
    waves_on_sphere,
    whole,
)

COUNT = 8
DEGREE = 4
ATOMIC_SPACING = 1.2
ATOMS = (1, 6, 7, 8)
FEW = (0, 1, 2)
ATOM_NAMES = ("z", "atomic_numbers", "numbers", "atomic_number", "charges")
TIMES = ("t", "time", "times", "timestep")
POSITIVE = ("weight", "length", "dist", "distance", "mass", "radius")
NODE_SIZES = ("nodes", "points", "elements")
Size = int | str


def draw_inputs(
    interface: Interface,
    batch: int = 2,
    seed: int = 0,
    *,
    dtype: torch.dtype = torch.float32,
    cutoff: float | None = None,
) -> dict[str, Tensor]:
    """Return random inputs that an interface allows: the same for the same seed.

    Args:
        interface: names, shapes, spaces and roles; ``sizes`` are means of one sample.
        batch: number of samples.
        seed: of all random choices.
        dtype: of floats.
        cutoff: points are close enough together to have several neighbours within it.

    Raises:
        InputError: the shapes leave no room for the edges or samples.
    """
    drawing = _Drawing(interface, batch, torch.Generator().manual_seed(seed), cutoff)
    return {
        name: _typed(drawing.tensors[name], spec, dtype) for name, spec in interface.inputs.items()
    }


def drawn_blindly(interface: Interface) -> list[str]:
    """Return the integer inputs of which the interface does not say which values they take."""
    return [
        name
        for name, spec in interface.inputs.items()
        if spec.role is None and spec.values is None and _is_whole(spec)
    ]


def _is_whole(spec: TensorSpec) -> bool:
    return "int" in spec.dtype


def _typed(value: Tensor, spec: TensorSpec, dtype: torch.dtype) -> Tensor:
    if _is_whole(spec) or spec.dtype == "bool":
        kind: torch.dtype = getattr(torch, spec.dtype)
        return value.to(kind)
    return value.to(dtype)


class _Drawing:
    """One draw: sizes first, then what others refer to (cells, positions, edges), then the rest."""

    def __init__(
        self, interface: Interface, batch: int, generator: torch.Generator, cutoff: float | None
    ) -> None:
        self.specs = interface.inputs
        self.generator = generator
        self.cutoff = cutoff
        self.batch = batch
        self.mean = dict(interface.sizes)
        self.fiber = parse_group(interface.group).geometric.point_group
        self.counts: dict[Size, list[int]] = {}
        self.sizes: dict[str, int] = {"samples": batch}
        self.tensors: dict[str, Tensor] = {}
        for _, spec in self.of_role("batch"):
            self.settle(spec.shape[0])
        self.draw_in_order()

    def of_role(self, role: str) -> list[tuple[str, TensorSpec]]:
        return [(name, spec) for name, spec in self.specs.items() if spec.role == role]

    def draw_in_order(self) -> None:
        for name, spec in self.specs.items():
            if spec.role == "batch":
                counts = torch.tensor(self.counts[spec.shape[0]])
                self.tensors[name] = torch.arange(len(counts)).repeat_interleave(counts)
        cells = self.of_role("cell")
        for name, spec in cells:
            self.tensors[name] = self.cell(spec)
        cell = self.tensors[cells[0][0]] if cells else None
        for name, spec in self.specs.items():
            if spec.translates and name not in self.tensors:
                self.tensors[name] = self.positions(spec, cell)
        for name, spec in self.of_role("edge_index"):
            self.tensors[name] = self.edges(spec)
        for name, spec in self.specs.items():
            if name not in self.tensors:
                self.tensors[name] = self.plain(name, spec)

    def settle(self, size: Size) -> None:
        """Choose how many items each sample has of a size that is listed flat."""
        if isinstance(size, int):
            if size < self.batch:
                raise InputError(
                    f"{size} items cannot be shared among {self.batch} samples",
                    hint="write the name of a size, such as points, instead of the number",
                )
            share, rest = divmod(size, self.batch)
            self.counts[size] = [share + (index < rest) for index in range(self.batch)]
            return
        mean = self.mean.get(size, COUNT)
        spread = min(max(1, round(0.3 * mean)), mean - 1)
        counts = whole(self.generator, mean - spread, mean + spread + 1, self.batch).tolist()
        if len(counts) > 1 and len(set(counts)) == 1:
            counts[0] += 1
        self.counts[size] = [max(count, 2) if mean > 1 else count for count in counts]
        self.sizes[size] = sum(self.counts[size])

    def length(self, size: Size) -> int:
        """Return the length of an axis."""
        if isinstance(size, int):
            return size
        return self.sizes.setdefault(size, self.mean.get(size, COUNT))

    def shape(self, spec: TensorSpec) -> tuple[int, ...]:
        return tuple(self.length(size) for size in spec.shape)

    def groups(self, size: Size) -> list[int]:
        """Return the number of items in each sample, of an axis that lists items."""
        return self.counts.get(size) or [self.length(size)]

    def spacing(self, spec: TensorSpec) -> float:
        """Return the distance of nearest neighbours."""
        if spec.scale is not None:
            return spec.scale
        atomic = spec.space == Space.atoms or spec.unit in ("Å", "A", "angstrom", "Angstrom")
        usual = ATOMIC_SPACING if atomic else 1.0
        return min(usual, self.cutoff / 1.8) if self.cutoff else usual

    def cell(self, spec: TensorSpec) -> Tensor:
        """Return lattice vectors with room for the points."""
        shape = self.shape(spec)
        moving = [s for s in self.specs.values() if s.translates]
        space = self.spacing(moving[0]) if moving else self.spacing(spec)
        counts = (
            self.groups(moving[0].shape[-2]) if moving and len(moving[0].shape) > 1 else [COUNT]
        )
        number = math.prod(shape[:-2])
        counts = counts if len(counts) == number else [max(counts)] * number
        return lattice(counts, shape[-1], space, self.generator).reshape(shape)

    def positions(self, spec: TensorSpec, cell: Tensor | None) -> Tensor:
        """Return points of each sample, inside its cell if there is one."""
        shape, spacing = self.shape(spec), self.spacing(spec)
        dim = shape[-1]
        if len(shape) < 2 or spec.shape[-2] == "samples":
            return spacing * normal(self.generator, *shape)
        counts = self.groups(spec.shape[-2]) * math.prod(shape[:-2])
        if cell is None or cell.shape[-1] != dim:
            found = [cloud(count, dim, spacing, self.generator) for count in counts]
        else:
            cells = cell.reshape(-1, dim, dim)
            cells = cells if len(cells) == len(counts) else cells[:1].expand(len(counts), -1, -1)
            found = [
                crystal(count, one, self.generator)
                for count, one in zip(counts, cells, strict=True)
            ]
        return torch.cat(found).reshape(shape)

    def node_size(self) -> Size:
        """Return the size that edges index into."""
        named = [s for spec in self.specs.values() for s in spec.shape if s in NODE_SIZES]
        for name in NODE_SIZES:
            if name in named:
                return name
        for spec in self.specs.values():
            if spec.role == "batch" or spec.space in (Space.nodes, Space.points, Space.atoms):
                axis = 1 if len(spec.shape) > 2 and spec.shape[0] == "samples" else 0
                return spec.shape[axis]
        return "nodes"

    def edges(self, spec: TensorSpec) -> Tensor:
        """Return edges in both directions within samples, in random order."""
        size, wanted = self.node_size(), spec.shape[-1]
        counts = self.groups(size)
        fixed = isinstance(wanted, int) or (wanted in self.sizes)
        total = self.length(wanted) if fixed else 0
        degree_edges = self.mean.get(str(wanted), 0)
        where = self._points_of(size)
        found, start = [], 0
        for index, count in enumerate(counts):
            share = degree_edges or DEGREE * count
            if fixed:
                share = total // len(counts) + (index < total % len(counts)) + 1
            points = where[start : start + count] if where is not None else None
            found.append(start + pairs(count, (share + 1) // 2, points, self.generator))
            start += count
        once = torch.cat(found, dim=1)
        both = torch.stack([once, once.flip(0)], dim=-1).flatten(1)
        if fixed:
            if both.shape[1] < total:
                raise InputError(
                    f"{start} {size if isinstance(size, str) else 'nodes'} have at most {both.shape[1]} edges here",
                    expected=f"{total}, as the interface says",
                    hint="write `edges` for the number of edges, or give more nodes under `sizes`",
                )
            both = both[:, :total]
        else:
            self.sizes[str(wanted)] = both.shape[1]
        return both[:, torch.randperm(both.shape[1], generator=self.generator, device="cpu")]

    def _points_of(self, size: Size) -> Tensor | None:
        for name, spec in self.specs.items():
            if spec.translates and len(spec.shape) == 2 and spec.shape[0] == size:
                return self.tensors[name]
        return None

    def plain(self, name: str, spec: TensorSpec) -> Tensor:
        """Return features, integers, masks, times and fields on grids."""
        shape = self.shape(spec)
        if spec.role == "mask":
            return self.mask(spec, shape)
        if spec.dtype == "bool":
            return uniform(self.generator, *shape) < 0.7
        if spec.values is not None or _is_whole(spec):
            atoms = spec.space == Space.atoms or name.lower() in ATOM_NAMES
            values = torch.tensor(spec.values or (ATOMS if atoms else FEW))
            return values[whole(self.generator, 0, len(values), *shape)]
        return (spec.scale or 1.0) * self.floats(name, spec, shape)

    def floats(self, name: str, spec: TensorSpec, shape: tuple[int, ...]) -> Tensor:
        """Return numbers of unit size."""
        lower = name.lower()
        if spec.shape == ("samples",) or (lower in TIMES and spec.shape[:1] == ("samples",)):
            return uniform(self.generator, *shape)
        if spec.space == Space.edges and any(word in lower for word in POSITIVE):
            return 0.2 + 1.6 * uniform(self.generator, *shape)
        if spec.space == Space.sphere and len(shape) > 2 and shape[-1] == shape[-2]:
            return waves_on_sphere(shape, self.generator)
        dims = {Space.pixels.value: 2, Space.voxels.value: 3}.get(spec.space, 0)
        if dims and len(shape) > dims:
            return smooth(shape, dims, self.generator)
        return self.vectors(spec, normal(self.generator, *shape))

    def vectors(self, spec: TensorSpec, values: Tensor) -> Tensor:
        """Make the four-vectors of the Lorentz group time-like, of positive energy (first component)."""
        if self.fiber.kind != "lorentz" or spec.rep is None:
            return values
        start = 0
        for count, term in parse_rep(spec.rep, self.fiber).terms:
            for _ in range(count):
                part = values[..., start : start + term.dim]
                if str(term) == "V" and part.shape[-1] == term.dim:
                    mass = 0.5 + part[..., 0].abs()
                    part[..., 0] = (mass**2 + part[..., 1:].square().sum(-1)).sqrt()
                start += term.dim
        return values

    def mask(self, spec: TensorSpec, shape: tuple[int, ...]) -> Tensor:
        """Return where something exists."""
        if len(shape) == 1 or (len(shape) == 2 and spec.shape[0] != "samples"):
            return scattered(self.groups(spec.shape[0]), shape, self.generator)
        if len(shape) == 2:
            return prefixes((shape[0], shape[1]), self.generator)
        return observed(shape, self.generator)
