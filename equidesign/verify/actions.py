"""How a group element acts on the model's inputs and outputs: components, positions, grids.

``layout`` says which axis is what, ``grids`` how grids move. A lattice (role ``cell``: rows are vectors) turns without
a representation and does not move with translations; indices are left alone, and a mask moves with its grid. Under a
planar group that turns space about an axis, the representation ``irrep(1) + trivial`` (``irrep(1,1) + trivial``) on
three components is a vector (x, y, z) whatever the axis is. In another order the components are taken as written,
unless they are positions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from torch import Tensor

from equidesign.errors import InputError
from equidesign.groups.group import Group
from equidesign.groups.irrep import scheme
from equidesign.groups.rep import Rep
from equidesign.spec.field import Space
from equidesign.spec.specification import Interface, TensorSpec
from equidesign.verify.axes import Axes
from equidesign.verify.cartesian import is_space_vector, space_vector
from equidesign.verify.element import Element, UnsupportedError, is_planar
from equidesign.verify.grids import (
    move_pixels,
    move_sphere,
    move_voxels,
    roll,
    sphere_grid,
    sphere_index,
    sphere_points,
    voxel_permutation,
)
from equidesign.verify.layout import Form, Layout, MisfitError, grid_width
from equidesign.verify.representations import apply_rep, rep_matrix

__all__ = [
    "Actor",
    "Tensors",
    "component_axis",
    "mix",
    "move_pixels",
    "move_sphere",
    "move_voxels",
    "on_grid",
    "sphere_grid",
    "sphere_index",
    "sphere_points",
]

Tensors = dict[str, Tensor]
SPATIAL_GRIDS = (Space.voxels, Space.sphere)
INDICES = ("batch", "edge_index")


@dataclass(frozen=True)
class Actor:
    """The declared action of the group on every tensor of the interface.

    Attributes:
        interface: the tensors.
        fiber: the group that acts on components.
    """

    interface: Interface
    fiber: Group

    def inputs(self, tensors: Mapping[str, Tensor], element: Element) -> Tensors:
        """Return the transformed inputs."""
        return self._all(tensors, self.interface.inputs, element)

    def outputs(self, tensors: Mapping[str, Tensor], element: Element) -> Tensors:
        """Return the transformed outputs."""
        return self._all(tensors, self.interface.outputs, element)

    def _all(
        self, tensors: Mapping[str, Tensor], specs: Mapping[str, TensorSpec], element: Element
    ) -> Tensors:
        return {
            name: self.act(value, specs[name], element) if name in specs else value
            for name, value in tensors.items()
        }

    @cached_property
    def axes(self) -> Axes:
        """What the axes of the tensors are."""
        return Axes(self.interface, self.fiber)

    def rep(self, spec: TensorSpec) -> Rep | None:
        """Return the representation of a tensor, None for one that the group leaves alone."""
        return self.axes.rep(spec)

    def layout(self, spec: TensorSpec) -> Layout:
        """Return what the axes of a tensor are.

        Raises:
            UnsupportedError: its representation does not fit its shape.
        """
        try:
            return self.axes.layout(spec)
        except MisfitError as error:
            raise UnsupportedError(str(error)) from None

    def act(self, value: Tensor, spec: TensorSpec, element: Element) -> Tensor:
        """Return g·value.

        Raises:
            UnsupportedError: the action is not implemented.
        """
        if spec.role in INDICES:
            return value
        if value.dim() != len(spec.shape):
            raise UnsupportedError(f"a tensor of shape {list(value.shape)} for {list(spec.shape)}")
        if spec.role == "cell":
            turn = element.matrix
            return value if turn is None else value @ turn.T.to(value)
        layout, rep = self.layout(spec), self.rep(spec)
        if rep is not None and not rep.is_scalar:
            value = self._turned(value, rep, layout, element, spec.translates)
        if layout.grid:
            value = self._moved(value, spec, layout, element)
        if spec.translates and element.translation is not None:
            value = _translated(value, layout, element.translation)
        return value

    @staticmethod
    def _turned(
        value: Tensor, rep: Rep, layout: Layout, element: Element, positions: bool
    ) -> Tensor:
        if not value.is_floating_point():
            raise UnsupportedError(f"a tensor of {value.dtype} cannot turn; only real floats can")
        if layout.form is Form.cartesian:
            return _turned_tensor(value, layout, element)
        first, last = layout.components[:1], layout.components[-1:]
        if layout.form is Form.block and layout.unit is not None:
            moved = _apply(value.movedim(layout.block, -1), layout.unit, element, positions)
            return moved.movedim(-1, layout.block)
        if not first:
            return _apply(value[..., None], rep, element, positions)[..., 0]
        flat = value.flatten(first[0], last[0]).movedim(first[0], -1)
        shape = value.shape[first[0] : last[0] + 1]
        back = _apply(flat, rep, element, positions).movedim(-1, first[0])
        return back.reshape(*value.shape[: first[0]], *shape, *value.shape[last[0] + 1 :])

    def _moved(self, value: Tensor, spec: TensorSpec, layout: Layout, element: Element) -> Tensor:
        axes = layout.grid
        ends = tuple(range(-len(axes), 0))
        moved = value.movedim(axes, ends)
        if spec.space == Space.pixels:
            moved = move_pixels(moved, element)
        elif spec.space == Space.sphere:
            moved = move_sphere(moved, element)
        elif spec.space == Space.voxels:
            moved = move_voxels(moved, element)
        elif element.flip and self.fiber.kind == "dihedral" and self.fiber.n == 1:
            moved = moved.flip(-1)
        if element.shift is not None:
            moved = roll(moved, element.shift, ends)
        return moved.movedim(ends, axes)

    def matrix(self, rep: Rep, spec: TensorSpec, element: Element) -> Tensor:
        """Return the matrix that mixes the components of a tensor (of one column, with the layout columns)."""
        layout = self.layout(spec)
        if layout.form is Form.block and layout.unit is not None:
            return rep_matrix(layout.unit, element)
        return rep_matrix(rep, element)

    @cached_property
    def dimension(self) -> int:
        """Dimension of the space that positions live in, 1 to 3 on grids; 0 where there is none."""
        inputs = self.interface.inputs.values()
        if scheme(self.fiber) not in ("trivial", "frequency", "reflection"):
            vector = _vector(self.fiber)
            return vector.dim if vector is not None else 0
        if any(spec.space in SPATIAL_GRIDS or _has_space_vector(self, spec) for spec in inputs):
            return 3
        for spec in inputs:
            if spec.translates or spec.role == "cell":
                return 2 if is_planar(self.fiber) else self._translated_axis(spec)
        return max((grid_width(s) for s in inputs if s.space != Space.cells), default=0)

    def _translated_axis(self, spec: TensorSpec) -> int:
        named = [part.n for part in self.axes.group.parts if part.kind == "translation" and part.n]
        if named:
            return named[0]
        size = spec.shape[component_axis(spec)]
        return size if isinstance(size, int) else 0


def _vector(group: Group) -> Rep | None:
    try:
        for size in range(1, 2 * (group.n or 3) + 1):
            found = space_vector(group, size)
            if found is not None:
                return found
    except InputError:
        return None
    return None


def _has_space_vector(actor: Actor, spec: TensorSpec) -> bool:
    if spec.role == "cell":
        return spec.shape[-1] == 3
    if not (spec.translates and is_planar(actor.fiber)):
        return False
    rep = actor.rep(spec)
    return rep is not None and not rep.is_scalar and rep.scalars > 0


def _turned_tensor(value: Tensor, layout: Layout, element: Element) -> Tensor:
    turn = element.matrix
    if turn is None:
        return value
    for axis in layout.components:
        value = mix(value, turn, axis)
    return -value if layout.odd and element.flip else value


def _apply(value: Tensor, rep: Rep, element: Element, positions: bool) -> Tensor:
    turn = element.matrix
    if turn is not None and len(turn) == 3 and is_space_vector(rep, any_order=positions):
        if value.shape[-1] != rep.dim:
            raise UnsupportedError(f"{rep} on {value.shape[-1]} components")
        return (value.reshape(*value.shape[:-1], -1, 3) @ turn.T.to(value)).reshape(value.shape)
    return apply_rep(value, rep, element)


def _translated(value: Tensor, layout: Layout, translation: Tensor) -> Tensor:
    """Add a translation to every vector along the axis of the components."""
    axis = layout.block if layout.form is Form.block else (layout.components or (-1,))[-1]
    length, size = value.shape[axis], len(translation)
    if length % size:
        raise UnsupportedError(f"a translation in {size} dimensions of {length} components")
    shift = translation.to(value).repeat(length // size)
    return value + shift.view(-1, *[1] * (value.dim() - 1 - axis % value.dim()))


def component_axis(spec: TensorSpec) -> int:
    """Return the axis of a tensor along which its components lie in the usual layout of its space."""
    count = len(spec.shape)
    wide = 0 if spec.space == Space.cells else grid_width(spec)
    if spec.layout == "columns":
        return max(count - 2, 0)
    if wide and count > wide and spec.layout != "channels_last":
        return count - wide - 1
    return max(count - 1, 0)


def on_grid(space: str, element: Element, side: int | None = None) -> bool:
    """Whether an element maps a grid of this kind to itself; on the sphere the number of its colatitudes is needed."""
    if space == Space.pixels:
        return element.quarter_turns is not None
    if space == Space.voxels:
        return element.matrix is None or voxel_permutation(element.matrix) is not None
    if space == Space.sphere and side is not None:
        return element.matrix is None or sphere_index(side, element.matrix) is not None
    return True


def mix(value: Tensor, matrix: Tensor, axis: int) -> Tensor:
    """Multiply the components along ``axis`` by a matrix."""
    if value.shape[axis] != len(matrix):
        raise UnsupportedError(
            f"a representation of dimension {len(matrix)} on {value.shape[axis]} components"
        )
    moved = value.movedim(axis, -1) @ matrix.T.to(value)
    return moved.movedim(-1, axis)
