"""Which axis of a tensor is what: samples, points, components, grid. No torch here.

The rules, for a shape of numbers and names:

- A named axis counts what it is named after. Unnamed axes are the components of the representation, the grid of the
  space, and what is left in front: the points (elements, nodes, edges) that the space calls for, before them samples.
- Components lie on one axis of ``rep.dim``, or on several: (channels, dim) and (dim, channels) for ``16x1o``, equal
  counts of several irreps too; (3, 3), (3, 3, 3), ... for a Cartesian tensor whose irreps the representation names,
  such as ``1x0e + 1x2e`` for a symmetric one; (n, n) for ``T(2,0)``. With the layout ``columns`` the first of two axes
  is turned.
- Grids: pixels (..., C, H, W), voxels (..., C, D, H, W), sphere (..., C, β, α), positions (..., C, L), cells
  (..., rows, columns, C).
  Where only that fits, components come last on the first four and first on cells; a layout ``channels_last`` or
  ``channels_first`` decides.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from equidesign.groups.irrep import scheme
from equidesign.groups.rep import Rep
from equidesign.spec.field import Space
from equidesign.spec.specification import TensorSpec
from equidesign.verify.cartesian import cartesian_parity

GRID_AXES: dict[str, int] = {Space.pixels: 2, Space.sphere: 2, Space.voxels: 3, Space.positions: 1}
ITEMS: dict[str, str] = {
    Space.points: "points",
    Space.atoms: "points",
    Space.elements: "elements",
    Space.nodes: "nodes",
    Space.edges: "edges",
}
JOINT = ("nodes", "points", "elements")
ROWS, COLUMNS = "rows", "columns"
CHANNELS_LAST, CHANNELS_FIRST = "channels_last", "channels_first"
LAYOUTS = ("columns", ROWS, CHANNELS_LAST, CHANNELS_FIRST)


class MisfitError(ValueError):
    """The representation of a tensor cannot act on its shape; the text says why."""


class Form(StrEnum):
    """How the components of a representation lie on the axes of a tensor."""

    none = "none"
    flat = "flat"
    block = "block"
    cartesian = "cartesian"


@dataclass(frozen=True)
class Layout:
    """What the axes of a tensor are.

    Attributes:
        names: what each axis counts; None for components and the axes of a grid.
        form: ``flat``: the components axes taken together are those of the representation; ``block``: the
            representation ``unit`` acts on the axis ``block`` alone; ``cartesian``: every axis turns as a vector.
        components: axes of the components.
        grid: axes of the grid, in the order of the tensor.
        unit: of ``block``.
        odd: a Cartesian tensor changes its sign under reflections beyond what its axes do.
    """

    names: tuple[str | None, ...]
    grid: tuple[int, ...] = ()
    form: Form = Form.none
    components: tuple[int, ...] = ()
    block: int = -1
    unit: Rep | None = None
    odd: bool = False


@dataclass(frozen=True)
class Setting:
    """What the tensors of an interface say about each other.

    Attributes:
        cells: names of the two axes of a table; equal where one permutation acts on both.
        table: their lengths as the interface writes them.
        item: what a point is called where its space does not say.
        dense: samples have an axis of their own beside that of points.
        batch: number of samples where their axis has a number instead of a name.
    """

    cells: tuple[str, str] = (ROWS, COLUMNS)
    table: tuple[int | str, int | str] | None = None
    item: str = "points"
    dense: bool = False
    batch: int | None = None


def layout_of(spec: TensorSpec, rep: Rep | None, setting: Setting) -> Layout:
    """Return what the axes of a tensor are.

    Raises:
        MisfitError: the representation does not fit; ``free_layout`` then still tells the other axes.
    """
    if rep is None or spec.role is not None:
        return free_layout(spec, setting)
    for lead, components, grid in _splits(spec):
        found = _arrangement([spec.shape[axis] for axis in components], rep, spec.layout)
        names = _names(spec, lead, setting)
        if found is None or names is None:
            continue
        form, place, unit, odd = found
        block = components[place] if place is not None else -1
        return _layout(spec, names, grid, setting, form, tuple(components), block, unit, odd)
    raise MisfitError(f"the representation {rep} does not fit the shape {list(spec.shape)}")


def free_layout(spec: TensorSpec, setting: Setting) -> Layout:
    """Return what the axes are of a tensor whose components nobody turns."""
    names: list[str | None] = [size if isinstance(size, str) else None for size in spec.shape]
    count = len(names)
    if not names:
        return Layout(())
    if spec.role == "edge_index":
        names[-1] = names[-1] or "edges"
    elif spec.role == "cell":
        names[0] = names[0] or ("samples" if count == 3 else None)
    elif spec.role == "batch":
        names[0] = names[0] or ITEMS.get(spec.space, setting.item)
    else:
        first = int(names[0] == "samples")
        wide = grid_width(spec)
        if wide and count - first >= wide:
            start = count - wide
            if spec.space == Space.cells and spec.role != "mask":
                start = first
            if start == 1 and spec.role == "mask":
                names[0] = names[0] or "samples"
            return _layout(spec, names, range(start, start + wide), setting)
        _name_items(names, spec, setting)
    return Layout(tuple(names))


def _layout(
    spec: TensorSpec, names: Sequence[str | None], grid: Sequence[int], setting: Setting, *more: Any
) -> Layout:
    """Return the layout; the axes of a table are no grid but are permuted, so they have names."""
    found = list(names)
    if spec.space == Space.cells:
        for axis, name in zip(grid, setting.cells, strict=False):
            found[axis] = found[axis] or name
        grid = ()
    return Layout(tuple(found), tuple(grid), *more)


def _name_items(names: list[str | None], spec: TensorSpec, setting: Setting) -> None:
    """Name the axes of points and samples of a tensor without a representation."""
    item = item_of(spec, setting)
    if item is None or item in names:
        return
    place = 0
    if names[0] == "samples" or (len(names) > 1 and (setting.dense or spec.role == "mask")):
        names[0], place = names[0] or "samples", 1
    if place < len(names):
        names[place] = names[place] or item


def grid_width(spec: TensorSpec) -> int:
    """Return how many axes the grid of a space takes; 0 for a space that is none."""
    return 2 if spec.space == Space.cells else GRID_AXES.get(spec.space, 0)


def _splits(spec: TensorSpec) -> Iterator[tuple[list[int], list[int], tuple[int, ...]]]:
    """Yield ways to read a shape, the likeliest first: axes in front, of components, of the grid."""
    every = list(range(len(spec.shape)))
    lead = [a for a in every if all(isinstance(size, str) for size in spec.shape[: a + 1])]
    if spec.space == Space.cells:
        lead = [axis for axis in lead if spec.shape[axis] == "samples"]
    free, wide = every[len(lead) :], grid_width(spec)
    if wide and len(free) >= wide:
        last = spec.layout == CHANNELS_LAST
        last = last or (spec.space == Space.cells and spec.layout != CHANNELS_FIRST)
        for at_end in (last, not last):
            for extra in (0, 1) if not lead else (0,):
                rest = free[extra:]
                if len(rest) >= wide:
                    grid = rest[:wide] if at_end else rest[-wide:]
                    components = [axis for axis in rest if axis not in grid]
                    yield [*lead, *free[:extra]], components, tuple(grid)
        return
    for stop in range(len(every), 0, -1):
        for start in range(stop - 1, -1, -1):
            inside = every[start:stop]
            if isinstance(spec.shape[start], str):
                break
            yield [axis for axis in every if axis not in inside], inside, ()
    yield every, [], ()


def _names(
    spec: TensorSpec, lead: Sequence[int], setting: Setting
) -> tuple[str | None, ...] | None:
    """Return what each axis counts; None if one is left that nothing accounts for."""
    names: list[str | None] = [size if isinstance(size, str) else None for size in spec.shape]
    left = [axis for axis in lead if names[axis] is None]
    item = item_of(spec, setting)
    if item is not None and item not in names and left:
        names[left.pop()] = item
    if left == [0] and "samples" not in names:
        # A number of rows that nothing explains may be anything, so it is left alone.
        known = item is not None or grid_width(spec) or spec.shape[0] == setting.batch
        names[0] = "samples" if known else None
        left = []
    return None if left else tuple(names)


def item_of(spec: TensorSpec, setting: Setting) -> str | None:
    """Return what the points of a tensor's space are called; None for a space without points."""
    item = ITEMS.get(spec.space)
    if item == "elements" and setting.table and setting.cells == (ROWS, COLUMNS):
        if spec.layout in (ROWS, COLUMNS):
            return spec.layout
        rows, columns = setting.table
        sizes = [size for size in spec.shape if size != "samples"][:1]
        if rows != columns and sizes in ([rows], [columns]):
            return ROWS if sizes == [rows] else COLUMNS
    return item


Arrangement = tuple[Form, int | None, Rep | None, bool]


def _arrangement(sizes: list[int | str], rep: Rep, layout: str | None) -> Arrangement | None:
    """Return how a representation lies on axes of the given sizes: form, place of the block, its unit, odd."""
    numbers = [size for size in sizes if isinstance(size, int)]
    if len(numbers) != len(sizes):
        return None
    if layout == "columns" and len(numbers) == 2:
        unit = _leading(rep, numbers[0])
        return (Form.block, 0, unit, False) if unit else None
    if len(numbers) < 2:
        return (Form.flat, None, None, False) if math.prod(numbers) == rep.dim else None
    odd = cartesian_parity(rep, tuple(numbers))
    if odd is not None:
        return Form.cartesian, None, None, odd
    counts = {count for count, _ in rep.terms}
    if len(numbers) == 2 and len(counts) == 1:
        unit = Rep(rep.group, tuple((1, irrep) for _, irrep in rep.terms))
        for place in (1, 0):
            if numbers[place] == unit.dim and numbers[1 - place] == min(counts):
                return Form.block, place, unit, False
    if rep.dim == math.prod(numbers) and (rep.is_scalar or scheme(rep.group) == "matrix"):
        return Form.flat, None, None, False
    return None


def _leading(rep: Rep, size: int) -> Rep | None:
    """Return the first terms of a representation that have ``size`` components together."""
    terms = []
    for count, irrep in rep.terms:
        for _ in range(count):
            if size > 0:
                terms.append((1, irrep))
                size -= irrep.dim
    return Rep(rep.group, tuple(terms)) if size == 0 else None
