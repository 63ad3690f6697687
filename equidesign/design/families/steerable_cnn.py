"""Steerable CNN: features are Fourier coefficients of functions on the group."""

from __future__ import annotations

from typing import Any

from equidesign.design.families._steerable import (
    DEPTH,
    SteerableFamily,
    fields_wide,
    needed_irreps,
)
from equidesign.design.family import Size
from equidesign.design.problem import Problem
from equidesign.groups.group import Group
from equidesign.groups.rep import Irrep, Rep
from equidesign.layers.kinds._fieldtypes import band_limited

FREQUENCY = {"speed": 2, "balanced": 2, "accuracy": 3}
SAMPLES_PER_FREQUENCY = 8


class SteerableCNN(SteerableFamily):
    """Band-limited regular fields with Fourier nonlinearities."""

    id = "steerable-cnn"
    title = "Steerable CNN"
    idea = (
        "features are functions on the group up to a frequency; nonlinearities act on their values, "
        "sampled on rotations that contain the grid's"
    )
    cite = (
        "Weiler & Cesa, General E(2)-Equivariant Steerable CNNs, NeurIPS 2019; "
        "Cesa, Lang & Weiler, A Program to Build E(N)-Equivariant Steerable CNNs, ICLR 2022"
    )
    groups = ("C_N", "D_N", "SO(2)", "O(2)")
    expressiveness = 5
    speed = 3
    memory = 3
    layout = "spectral"
    nonlinearity = "fourier-relu"
    normalization = "iid-batch"

    def sizes(self, problem: Problem) -> tuple[Size, ...]:
        """The band limit serves the targets, and the group's own highest frequency is enough."""
        group = problem.fiber
        least = max((irrep.l for irrep in needed_irreps(problem)), default=0)
        highest = (group.n or 1) // 2 if group.finite else 10**9
        highest = max(highest, 1)
        frequency = max(1, least, min(FREQUENCY[problem.request.constraints.priority], highest))
        depth = DEPTH[problem.request.constraints.priority]
        width = fields_wide(problem, band_limited(group, frequency).dim)
        low = max(1, least)
        return tuple(
            dict.fromkeys(
                (Size(width, depth, frequency), Size(width, 1, frequency), Size(width, 1, low))
            )
        )

    def features(self, group: Group, width: int, size: Size, allowed: frozenset[Irrep]) -> Rep:
        """Band-limited regular fields."""
        return band_limited(group, size.lmax) * width

    def block_options(self, group: Group, size: Size) -> dict[str, Any]:
        """A finite group is sampled on all its elements, a continuous one on a multiple of four."""
        if group.finite:
            return {"samples": max(group.n or 1, 2)}
        return {"samples": SAMPLES_PER_FREQUENCY * size.lmax}


FAMILY = SteerableCNN()
