"""Harmonic network: features are vectors of one frequency each; their norms are activated."""

from __future__ import annotations

from equidesign.design.families._images import trunk_steps
from equidesign.design.families._steerable import (
    DEPTH,
    SteerableFamily,
    fields_wide,
    needed_irreps,
)
from equidesign.design.family import Size
from equidesign.design.problem import Problem
from equidesign.groups.group import Group
from equidesign.groups.irreps import irreps_of
from equidesign.groups.rep import Irrep, Rep

FREQUENCY = {"speed": 1, "balanced": 2, "accuracy": 3}


class HarmonicNetwork(SteerableFamily):
    """The network of Worrall et al., on SO(2) and O(2)."""

    id = "harmonic-network"
    title = "Harmonic network"
    idea = "circular harmonics as filters; the norm of every feature is activated, its phase only turns"
    cite = (
        "Worrall et al., Harmonic Networks: Deep Translation and Rotation Equivariance, CVPR 2017"
    )
    groups = ("SO(2)", "O(2)")
    expressiveness = 3
    speed = 4
    memory = 4
    layout = "irreps"
    nonlinearity = "norm-relu"
    normalization = "iid-batch"

    def objection(self, problem: Problem) -> str | None:
        """Norm nonlinearities make no new frequencies: each must be reached by kernels."""
        if reason := super().objection(problem):
            return reason
        size = self.sizes(problem)[-1]
        steps = trunk_steps(problem, size.depth, late=True)
        missing = needed_irreps(problem) - self.reach(problem, size, steps)[steps[-1].name]
        if missing:
            names = ", ".join(map(str, sorted(missing)))
            return (
                f"its smallest size does not reach {names} through its kernels; steerable-cnn does"
            )
        return None

    def sizes(self, problem: Problem) -> tuple[Size, ...]:
        """The highest frequency serves the targets."""
        group = problem.fiber
        least = max((irrep.l for irrep in needed_irreps(problem)), default=0)
        frequency = max(least, FREQUENCY[problem.request.constraints.priority])
        depth = DEPTH[problem.request.constraints.priority]
        width = fields_wide(problem, sum(irrep.dim for irrep in irreps_of(group, frequency)))
        return tuple(
            dict.fromkeys(
                (
                    Size(width, depth, frequency),
                    Size(width, 1, frequency),
                    Size(width, 1, max(least, 1)),
                )
            )
        )

    def candidates(self, group: Group, size: Size) -> frozenset[Irrep]:
        """All frequencies up to the highest."""
        return frozenset(irreps_of(group, size.lmax))

    def features(self, group: Group, width: int, size: Size, allowed: frozenset[Irrep]) -> Rep:
        """As many fields of every irrep."""
        return Rep(group, tuple((width, irrep) for irrep in sorted(allowed)))

    def stacked(self, before: Rep, skip: Rep) -> Rep:
        """The order of the fields is that of the tensors."""
        return before + skip


FAMILY = HarmonicNetwork()
