"""Signals on the sphere: the elements that map the grid to itself, and band-limited signals for all others."""

from __future__ import annotations

import math

import torch

from equidesign.groups.group import Group
from equidesign.verify.elements import Element, is_spatial
from equidesign.verify.wigner import axis_rotation


def grid_elements(group: Group, side: int, generator: torch.Generator) -> list[Element]:
    """Return elements of SO(3) or O(3) that map the grid of ``side`` colatitudes and longitudes to itself."""
    if not is_spatial(group):
        return []
    polar = torch.tensor([0.0, 1.0, 0.0], dtype=torch.float64)
    found = []
    for step in {1, side // 4, side // 2, int(torch.randint(1, side, (1,), generator=generator))}:
        matrix = axis_rotation(polar, 2 * math.pi * step / side)
        found.append(Element(f"turn about the polar axis by {step} columns", matrix))
    for step in (0, 1):
        angle = math.pi * step / side
        axis = torch.tensor([math.sin(angle), 0.0, math.cos(angle)], dtype=torch.float64)
        found.append(
            Element("half turn about an axis in the equator", axis_rotation(axis, math.pi))
        )
    if group.reflections:
        eye = torch.eye(3, dtype=torch.float64)
        found.append(Element("inversion", -eye, flip=True))
        for name, axis in (("equator", polar), ("meridian", eye[0])):
            found.append(
                Element(f"mirror in the {name}", eye - 2 * torch.outer(axis, axis), flip=True)
            )
    return found
