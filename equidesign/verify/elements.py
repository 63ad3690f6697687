"""Group elements as values, and how they are sampled.

An element of a planar group is r^a s^f: first the reflection (x, y) -> (x, -y) if f, then the
counter-clockwise turn by a. An element of a spatial group is an orthogonal matrix. Both may carry a
translation.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from equidesign.groups.group import Group
from equidesign.groups.irrep import scheme
from equidesign.verify.wigner import axis_rotation

MAX_ELEMENTS = 128
SCALES = (1.0, 30.0)
AXES = {"x": 0, "y": 1, "z": 2}


class UnsupportedError(Exception):
    """A group or representation whose action is not implemented; the text says which."""


@dataclass(frozen=True)
class Element:
    """An element of the point group, and a translation.

    Attributes:
        label: in words, for reports.
        matrix: orthogonal matrix (d, d), float64: how it moves directions of space; None for groups that move none.
        angle: the turn of an element of a planar group, in radians.
        flip: whether it is a reflection.
        steps: the turn as a multiple of 2π/N in C_N and D_N.
        translation: shift (d,), applied after the matrix.
    """

    label: str
    matrix: Tensor | None = None
    angle: float = 0.0
    flip: bool = False
    steps: int = 0
    translation: Tensor | None = None

    @property
    def quarter_turns(self) -> int | None:
        """The turn in multiples of 90 degrees, None when it is no such multiple."""
        quarters = self.angle / (math.pi / 2)
        return round(quarters) % 4 if abs(quarters - round(quarters)) < 1e-9 else None

    def shifted(self, translation: Tensor, label: str) -> Element:
        """Return this element followed by a translation."""
        text = f"{self.label} and {label}"
        return Element(text, self.matrix, self.angle, self.flip, self.steps, translation)


def compose(group: Group, g: Element, h: Element) -> Element:
    """Return the product gh of two elements without translations."""
    if is_planar(group):
        sign = -1 if g.flip else 1
        return planar_element(
            group, g.angle + sign * h.angle, g.flip != h.flip, g.steps + sign * h.steps
        )
    if g.matrix is None or h.matrix is None:
        return g
    matrix = g.matrix @ h.matrix
    return Element("product", matrix, flip=bool(torch.linalg.det(matrix) < 0))


def is_planar(group: Group) -> bool:
    """Whether the group turns a plane: C_N, D_N, SO(2), O(2)."""
    return scheme(group) in ("frequency", "reflection")


def is_spatial(group: Group) -> bool:
    """Whether the group is SO(3) or O(3)."""
    return scheme(group) in ("degree", "parity")


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


def haar_rotation(generator: torch.Generator) -> Tensor:
    """Return a rotation (3, 3) uniform under the Haar measure (a normalised random quaternion)."""
    w, x, y, z = _unit(4, generator).tolist()
    return torch.tensor(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ],
        dtype=torch.float64,
    )


def _unit(size: int, generator: torch.Generator) -> Tensor:
    vector = torch.randn(size, generator=generator, dtype=torch.float64)
    unit: Tensor = vector / vector.norm()
    return unit


def point_elements(
    group: Group, count: int, generator: torch.Generator, axis: str | None = None
) -> list[Element]:
    """Return elements to test a point group with, the identity left out.

    Of a finite group with at most 128 elements all, else ``count`` Haar-uniform ones; of a group with
    reflections both mirrors and point inversions times a rotation. With an axis a planar group turns
    space about it.

    Raises:
        UnsupportedError: the action of the group is not implemented.
    """
    way = scheme(group)
    if way == "trivial":
        return []
    if is_planar(group):
        planar = list(_planar(group, count, generator))
        return [in_space(element, axis) for element in planar] if axis else planar
    if is_spatial(group):
        return list(_spatial(group, count, generator))
    raise UnsupportedError(f"elements of {group.name} cannot be sampled yet")


def _planar(group: Group, count: int, generator: torch.Generator) -> Iterator[Element]:
    flips = (False, True) if group.reflections else (False,)
    n = group.n or 1
    if group.finite:
        steps = list(range(n))
        if n * len(flips) > MAX_ELEMENTS:
            picked = torch.randperm(n - 1, generator=generator)[:count] + 1
            steps = [0, 1, *picked.tolist()]
        for flip in flips:
            for step in steps:
                if step or flip:
                    yield planar_element(group, 0.0, flip, step)
        return
    for flip in flips:
        for quarter in range(4):
            if quarter or flip:
                yield planar_element(group, quarter * math.pi / 2, flip)
        for _ in range(max(count // 2, 2)):
            angle = 2 * math.pi * float(torch.rand(1, generator=generator, dtype=torch.float64))
            yield planar_element(group, angle, flip)


def _spatial(group: Group, count: int, generator: torch.Generator) -> Iterator[Element]:
    eye = torch.eye(3, dtype=torch.float64)
    for index in range(count):
        yield Element(f"random rotation {index + 1}", haar_rotation(generator))
    if group.reflections:
        yield Element("inversion", -eye, flip=True)
        normal = _unit(3, generator)
        yield Element("mirror", eye - 2 * torch.outer(normal, normal), flip=True)
        yield Element("rotation and inversion", -haar_rotation(generator), flip=True)


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
    return Element(f"{element.label} about {axis}", matrix, flip=element.flip)


def translations(dim: int, scale: float, generator: torch.Generator) -> list[tuple[str, Tensor]]:
    """Return random shifts of several lengths, in units of the data's own size ``scale``."""
    found = []
    for factor in SCALES:
        shift = factor * scale * _unit(dim, generator)
        found.append((f"shift by {float(shift.norm()):.3g}", shift))
    return found
