"""Group elements as values: products, inverses, turns of a plane within space.

An element of a planar group is r^a s^f: first the reflection (x, y) -> (x, -y) if f, then the
counter-clockwise turn by a. Any other element is the matrix of the defining representation: an orthogonal
matrix of SO(n), O(n), O, O_h and I, the matrix of V of the other groups (``matrix_groups`` says in which
coordinates). All may carry a translation, or a cyclic shift of a grid.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction

import torch
from torch import Tensor

from equidesign.groups.group import Group
from equidesign.groups.irrep import scheme
from equidesign.verify.wigner import axis_rotation

AXES = {"x": 0, "y": 1, "z": 2}
POLYHEDRAL = ("octahedral", "full_octahedral", "icosahedral")


class UnsupportedError(Exception):
    """A group or representation whose action is not implemented; the text says which."""


@dataclass(frozen=True, eq=False)
class Element:
    """An element of the point group, and a translation. Equal to itself only.

    Attributes:
        label: in words, for reports.
        matrix: matrix (d, d), float64: how it moves directions of space; None for groups that move none.
        angle: the turn of an element of a planar group, in radians.
        flip: whether it reverses the orientation of space.
        steps: the turn as a multiple of 2π/N in C_N and D_N.
        translation: shift (d,), applied after the matrix.
        shift: cyclic shift along every axis of the grid in the order of the tensor's axes, towards larger indices, as a
            part of the whole length; applied after the turn.
    """

    label: str
    matrix: Tensor | None = None
    angle: float = 0.0
    flip: bool = False
    steps: int = 0
    translation: Tensor | None = None
    shift: tuple[Fraction, ...] | None = None

    @property
    def quarter_turns(self) -> int | None:
        """The turn in multiples of 90 degrees, None when it is no such multiple."""
        quarters = self.angle / (math.pi / 2)
        return round(quarters) % 4 if abs(quarters - round(quarters)) < 1e-9 else None

    def shifted(self, translation: Tensor, label: str) -> Element:
        """Return this element followed by a translation."""
        return replace(self, label=f"{self.label} and {label}", translation=translation)


def compose(group: Group, g: Element, h: Element) -> Element:
    """Return the product gh: first h, then g.

    Raises:
        UnsupportedError: a turn of the plane together with a cyclic shift.
    """
    matrix = h.matrix if g.matrix is None else g.matrix
    if g.matrix is not None and h.matrix is not None:
        matrix = g.matrix @ h.matrix
    found = Element("product", matrix, flip=g.flip != h.flip)
    if is_planar(group):
        sign = -1 if g.flip else 1
        angle, steps = g.angle + sign * h.angle, g.steps + sign * h.steps
        planar = planar_element(group, angle, g.flip != h.flip, steps)
        found = planar if matrix is None or len(matrix) == 2 else replace(planar, matrix=matrix)
    return replace(found, translation=_translation(g, h), shift=_shift(group, g, h))


def _translation(g: Element, h: Element) -> Tensor | None:
    if h.translation is None:
        return g.translation
    moved = h.translation if g.matrix is None else g.matrix @ h.translation
    return moved if g.translation is None else moved + g.translation


def _shift(group: Group, g: Element, h: Element) -> tuple[Fraction, ...] | None:
    if h.shift is None:
        return g.shift
    moved = h.shift
    if is_planar(group) and (g.flip or g.quarter_turns != 0):
        if len(moved) > 1:
            raise UnsupportedError("a turn of the grid after a cyclic shift is not implemented")
        moved = tuple(-part for part in moved)
    if g.shift is None:
        return moved
    return tuple((a + b) % 1 for a, b in zip(g.shift, moved, strict=True))


def inverse(group: Group, element: Element) -> Element:
    """Return the inverse of an element, its translation and cyclic shift included."""
    matrix = None if element.matrix is None else torch.linalg.inv(element.matrix)
    still = Element(f"inverse of {element.label}", matrix, flip=element.flip)
    if is_planar(group):
        sign = 1 if element.flip else -1
        still = replace(still, angle=sign * element.angle, steps=sign * element.steps)
    if element.translation is not None:
        back = -element.translation
        still = replace(still, translation=back if matrix is None else matrix @ back)
    if element.shift is not None:
        turned = element.shift if element.flip else tuple(-part % 1 for part in element.shift)
        still = replace(still, shift=turned)
    return still


def is_planar(group: Group) -> bool:
    """Whether the group turns a plane: C_N, D_N, SO(2), O(2)."""
    return scheme(group) in ("frequency", "reflection")


def is_spatial(group: Group) -> bool:
    """Whether the group is SO(3) or O(3)."""
    return scheme(group) in ("degree", "parity")


def is_polyhedral(group: Group) -> bool:
    """Whether the group is O, O_h or I."""
    return scheme(group) in POLYHEDRAL


def planar_element(group: Group, angle: float, flip: bool, steps: int = 0) -> Element:
    """Return r^angle s^flip; of a finite group the one with that many steps."""
    if group.finite:
        steps %= group.n or 1
        angle = 2 * math.pi * steps / (group.n or 1)
    cos, sin = math.cos(angle), math.sin(angle)
    matrix = torch.tensor([[cos, -sin], [sin, cos]], dtype=torch.float64)
    if flip:
        matrix = matrix @ torch.diag(torch.tensor([1.0, -1.0], dtype=torch.float64))
    degrees = math.degrees(angle) % 360
    turn = f"turn by {degrees:.4g}°"
    label = f"reflection, {turn}" if flip else turn
    return Element(label, matrix, angle, flip, steps)


def in_space(element: Element, axis: str) -> Element:
    """Return a planar element as one that turns space about an axis.

    A reflection is the mirror that contains the axis and the first of the two directions that follow it cyclically: y
    after x, z after y.
    """
    index = AXES[axis]
    direction = torch.zeros(3, dtype=torch.float64)
    direction[index] = 1
    matrix = axis_rotation(direction, element.angle)
    if element.flip:
        mirror = torch.eye(3, dtype=torch.float64)
        mirror[(index + 2) % 3, (index + 2) % 3] = -1
        matrix = matrix @ mirror
    return replace(element, label=f"{element.label} about {axis}", matrix=matrix)
