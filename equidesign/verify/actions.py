"""How a group element acts on the model's inputs and outputs: components, positions, pixels, points of the sphere."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from equidesign.groups.group import Group
from equidesign.groups.rep import Rep
from equidesign.spec.field import Space
from equidesign.spec.layer import parse_rep
from equidesign.spec.specification import Interface, TensorSpec
from equidesign.verify.elements import Element, UnsupportedError
from equidesign.verify.representations import rep_matrix

Tensors = dict[str, Tensor]
GRIDS = (Space.pixels, Space.sphere)


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

    def rep(self, spec: TensorSpec) -> Rep | None:
        """Return the representation of a tensor, None for one that the group leaves alone."""
        return parse_rep(spec.rep, self.fiber) if spec.rep else None

    def act(self, value: Tensor, spec: TensorSpec, element: Element) -> Tensor:
        """Return g·value.

        Raises:
            UnsupportedError: the action is not implemented.
        """
        rep = self.rep(spec)
        if rep is None:
            return value
        if not rep.is_scalar or spec.translates:
            value = mix(value, self.matrix(rep, spec, element), component_axis(spec))
        if spec.space == Space.pixels and _on_grid(spec):
            value = move_pixels(value, element)
        elif spec.space == Space.sphere and _on_grid(spec):
            value = move_sphere(value, element)
        if spec.translates and element.translation is not None:
            value = value + element.translation.to(value)
        return value

    def matrix(self, rep: Rep, spec: TensorSpec, element: Element) -> Tensor:
        """Return the matrix that mixes the components of a tensor (of one column, with the layout columns)."""
        size = spec.shape[component_axis(spec)]
        matrix = rep_matrix(rep, element)
        if spec.layout == "columns" and isinstance(size, int):
            return matrix[:size, :size]
        return matrix

    @cached_property
    def dimension(self) -> int:
        """Dimension of the space that positions live in, 2 on images, 3 on the sphere, 0 where there is none."""
        for spec in self.interface.inputs.values():
            if spec.translates and isinstance(spec.shape[-1], int):
                return spec.shape[-1]
            if spec.space in GRIDS:
                return 2 if spec.space == Space.pixels else 3
        return 0


def component_axis(spec: TensorSpec) -> int:
    """Return the axis of a tensor along which its components lie."""
    if spec.layout == "columns" or (spec.space in GRIDS and _on_grid(spec)):
        return 1
    return len(spec.shape) - 1


def _on_grid(spec: TensorSpec) -> bool:
    return len(spec.shape) == 4


def mix(value: Tensor, matrix: Tensor, axis: int) -> Tensor:
    """Multiply the components along ``axis`` by a matrix."""
    if value.shape[axis] != len(matrix):
        raise UnsupportedError(
            f"a representation of dimension {len(matrix)} on {value.shape[axis]} components"
        )
    moved = value.movedim(axis, -1) @ matrix.T.to(value)
    return moved.movedim(-1, axis)


def move_pixels(value: Tensor, element: Element) -> Tensor:
    """Turn and mirror images (..., H, W) on the grid; x points right and y up, so rows run against y.

    Raises:
        UnsupportedError: the element does not map pixels to pixels.
    """
    quarters = element.quarter_turns
    if quarters is None:
        raise UnsupportedError(f"{element.label} does not map pixels to pixels")
    if element.flip:
        value = value.flip(-2)
    return torch.rot90(value, quarters, dims=(-2, -1))


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
    if off.max() > 1e-6:
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
