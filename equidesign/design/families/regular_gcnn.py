"""Regular group CNN: features are functions on the group, permuted by it."""

from __future__ import annotations

from equidesign.design.families._images import PIXELS
from equidesign.design.families._steerable import DEPTH, SteerableFamily, fields_wide
from equidesign.design.family import Size
from equidesign.design.making import make_layer, scalars
from equidesign.design.problem import Problem
from equidesign.groups.group import Group
from equidesign.groups.irreps import regular
from equidesign.groups.rep import Irrep, Rep
from equidesign.spec.layer import Layer

MAX_ORDER = 72


class RegularGCNN(SteerableFamily):
    """The group CNN of Cohen and Welling, for any C_N and D_N with steerable kernels."""

    id = "regular-gcnn"
    title = "Regular group CNN"
    idea = (
        "every filter is applied in all poses of the group; pointwise nonlinearities commute with "
        "the permutation of poses"
    )
    cite = (
        "Cohen & Welling, Group Equivariant Convolutional Networks, ICML 2016; "
        "Weiler & Cesa, General E(2)-Equivariant Steerable CNNs, NeurIPS 2019"
    )
    groups = ("C_N", "D_N")
    expressiveness = 4
    speed = 4
    memory = 3
    layout = "regular"
    latent_layout = "regular"
    nonlinearity = "relu"
    normalization = "inner-batch"

    def objection(self, problem: Problem) -> str | None:
        """A kernel between two regular fields has |G|^3 numbers a frequency and pixel."""
        order = problem.fiber.order or 0
        if order > MAX_ORDER:
            return (
                f"regular fields of a group of {order} elements are too large; steerable-cnn keeps "
                "their low frequencies only"
            )
        return super().objection(problem)

    def sizes(self, problem: Problem) -> tuple[Size, ...]:
        """Channels times the order of the group is kept constant."""
        width = fields_wide(problem, problem.fiber.order or 1)
        depth = DEPTH[problem.request.constraints.priority]
        return tuple(dict.fromkeys((Size(width, depth), Size(width, 1))))

    def features(self, group: Group, width: int, size: Size, allowed: frozenset[Irrep]) -> Rep:
        """Regular fields."""
        return Rep.of((width, regular(group)))

    def invariants(
        self, problem: Problem, target: str, trunk: Layer, size: tuple[int, int]
    ) -> Layer:
        """The maximum over poses."""
        rep = Rep.parse(trunk.out.rep, problem.fiber)
        return make_layer(
            f"{target}_invariants",
            "group-pooling",
            (PIXELS, rep),
            (PIXELS, scalars(sum(count for count, _ in rep.terms), problem.fiber)),
            "the strongest response of every filter, whatever its pose",
            source=trunk.name,
            writes=target,
            pooling="max",
            options={"size": list(size)},
        )


FAMILY = RegularGCNN()
