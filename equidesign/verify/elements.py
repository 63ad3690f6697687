"""How group elements are sampled: all of a small finite group, generators and random ones of the others."""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from torch import Tensor

from equidesign.groups.group import Group
from equidesign.groups.irrep import scheme
from equidesign.spec.generators import Generators
from equidesign.verify.element import (
    AXES,
    Element,
    UnsupportedError,
    compose,
    in_space,
    inverse,
    is_planar,
    is_polyhedral,
    is_spatial,
    planar_element,
)
from equidesign.verify.matrix_groups import sample_matrices
from equidesign.verify.polyhedral import matrices, rotation_of

__all__ = [
    "AXES",
    "Element",
    "UnsupportedError",
    "compose",
    "generators",
    "haar_rotation",
    "in_space",
    "inverse",
    "is_planar",
    "is_polyhedral",
    "is_spatial",
    "planar_element",
    "point_elements",
    "polyhedral_element",
    "translations",
]

MAX_ELEMENTS = 128
SCALES = (1.0, 30.0)
IDENTITY = "identity"


def haar_rotation(generator: torch.Generator) -> Tensor:
    """Return a rotation (3, 3) uniform under the Haar measure (a normalised random quaternion)."""
    return rotation_of(_unit(4, generator).roll(-1))


def _unit(size: int, generator: torch.Generator) -> Tensor:
    vector = torch.randn(size, generator=generator, dtype=torch.float64)
    unit: Tensor = vector / vector.norm()
    return unit


def point_elements(
    group: Group,
    count: int,
    generator: torch.Generator,
    axis: str | None = None,
    every: bool = True,
    given: Generators | None = None,
) -> list[Element]:
    """Return elements to test a point group with, the identity left out.

    Of a finite group with at most 128 elements all, unless ``every`` is False: then generators of the group and
    others, ``count`` together or a few more. Of other groups ``count`` random ones, Haar-uniform in a compact group;
    of a group with reflections both mirrors and point inversions times a rotation. With an axis a planar group turns
    space about it. ``given`` are the generators of a custom group.

    Raises:
        UnsupportedError: the elements of the group cannot be sampled.
    """
    way = scheme(group)
    if way == "trivial":
        return []
    if is_planar(group):
        found = list(_planar(group, count, generator))
        found = [in_space(element, axis) for element in found] if axis else found
    elif is_spatial(group):
        return list(_spatial(group, count, generator))
    elif is_polyhedral(group):
        found = [polyhedral_element(group, place) for place in range(group.order or 0)]
        found = [element for element in found if element.label != IDENTITY]
    else:
        return _matrix_elements(group, count, generator, given)
    if every or not group.finite or len(found) <= count:
        return found
    first = [each for each in found if each.label in _generator_labels(group, axis)]
    rest = [each for each in found if each not in first]
    order = torch.randperm(len(rest), generator=generator).tolist()
    return [*first, *(rest[place] for place in order[: max(count - len(first), 1)])]


def generators(
    group: Group,
    generator: torch.Generator,
    axis: str | None = None,
    given: Generators | None = None,
) -> list[Element]:
    """Return a small set that generates a finite group; of a continuous one a few random elements.

    Raises:
        UnsupportedError: the elements of the group cannot be sampled.
    """
    found = point_elements(group, 2, generator, axis, given=given)
    labels = _generator_labels(group, axis) if group.finite else []
    return [each for each in found if each.label in labels] or found


def _generator_labels(group: Group, axis: str | None) -> list[str]:
    if is_polyhedral(group):
        places = [21, 0] if group.kind == "icosahedral" else [12, 14]
        if group.reflections:
            places.append(27)  # after the 24 rotations, of which the identity has place 3
        return [polyhedral_element(group, place).label for place in places]
    found = [planar_element(group, 0.0, False, 1)] if (group.n or 1) > 1 else []
    if group.reflections:
        found.append(planar_element(group, 0.0, True, 0))
    return [(in_space(each, axis) if axis else each).label for each in found]


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


def polyhedral_element(group: Group, place: int) -> Element:
    """Return the element of O, O_h or I with the given place in the list."""
    matrix = matrices(group)[place]
    flip = bool(torch.linalg.det(matrix) < 0)
    rotation = -matrix if flip else matrix
    cos = (float(rotation.trace()) - 1) / 2
    angle = math.degrees(math.acos(max(-1.0, min(1.0, cos))))
    turn = IDENTITY
    if angle > 1e-3:
        turn = f"turn by {angle:.4g}° about ({', '.join(f'{c:.2g}' for c in _axis_of(rotation))})"
    if not flip:
        return Element(turn, matrix)
    return Element("inversion" if turn == IDENTITY else f"{turn}, inversion", matrix, flip=True)


def _axis_of(rotation: Tensor) -> list[float]:
    """Return the axis of a rotation, counter-clockwise seen from its tip, with its largest component scaled to one."""
    skew = rotation - rotation.T
    axis = torch.stack([skew[2, 1], skew[0, 2], skew[1, 0]])
    if float(axis.norm()) < 1e-6:  # a half turn: R + 1 is twice the projection on the axis
        projection = rotation + torch.eye(3, dtype=torch.float64)
        axis = projection[:, int(projection.norm(dim=0).argmax())]
    return [round(c, 6) + 0.0 for c in (axis / axis.abs().max()).tolist()]


def _matrix_elements(
    group: Group, count: int, generator: torch.Generator, given: Generators | None
) -> list[Element]:
    if group.kind == "custom" and given is None:
        raise UnsupportedError("a custom group needs its generators")
    if group.kind != "custom" and group.n is None:
        raise UnsupportedError(f"elements of {group.name} need a number instead of n")
    return [
        Element(label, matrix, flip=bool(torch.linalg.det(matrix) < 0))
        for label, matrix in sample_matrices(group, count, generator, given)
    ]


def translations(dim: int, scale: float, generator: torch.Generator) -> list[tuple[str, Tensor]]:
    """Return random shifts of several lengths, in units of the data's own size ``scale``."""
    found = []
    for factor in SCALES:
        shift = factor * scale * _unit(dim, generator)
        found.append((f"shift by {float(shift.norm()):.3g}", shift))
    return found
