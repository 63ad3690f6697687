"""Space and Field: what a layer maps from and to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from equidesign.groups.rep import Rep


class Space(StrEnum):
    """What a field lives on."""

    pixels = "pixels"
    voxels = "voxels"
    sphere = "sphere"
    points = "points"
    atoms = "atoms"
    elements = "elements"
    nodes = "nodes"
    edges = "edges"
    cells = "cells"
    positions = "positions"
    global_ = "global"


@dataclass(frozen=True)
class Field:
    """A representation of the group attached to every point of a space.

    Text form: ``REP @ SPACE``, for instance ``32x0e + 16x1o @ atoms``.
    """

    space: Space
    rep: Rep

    def __str__(self) -> str:
        return f"{self.rep} @ {self.space.value}"
