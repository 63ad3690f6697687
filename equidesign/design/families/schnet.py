"""SchNet: invariant filters of the distance."""

from __future__ import annotations

from typing import ClassVar

from equidesign.design.families._points import input_layers, point_space
from equidesign.design.families._scalar_vector import (
    PointFamily,
    chirality_caveats,
    invariant_objection,
    outputs,
)
from equidesign.design.family import Size
from equidesign.design.making import make_layer, scalars
from equidesign.design.problem import Problem
from equidesign.groups.irreps import vector
from equidesign.spec.field import Space
from equidesign.spec.layer import Layer

# The paper has one each 0.1 Å. Fewer and wider ones make smoother potentials: 41 instead of
# 51 meV/Å on 200 frames of ethanol (docs/benchmarks-molecules.md).
NUM_BASIS = 20


class SchNet(PointFamily):
    """The continuous-filter convolutional network of Schuett et al. 2017."""

    id = "schnet"
    title = "SchNet"
    idea = "invariant features, convolved with filters that a network makes of the distance"
    cite = (
        "Schütt et al., SchNet: a continuous-filter convolutional neural network for modeling "
        "quantum interactions, NeurIPS (2017)"
    )
    backend = "pytorch_geometric"
    tasks = ("classification", "regression", "segmentation", "force_prediction")
    expressiveness = 2
    speed = 5
    memory = 5
    trunk = ("schnet-interaction",)
    # The paper has width 64 and depth 3 on trajectories, 6 interactions on QM9.
    presets: ClassVar = {"speed": (32, 2), "balanced": (64, 3), "accuracy": (128, 6)}

    def objection(self, problem: Problem) -> str | None:
        """Invariants only."""
        return invariant_objection(problem)

    def caveats(self, problem: Problem) -> tuple[str, ...]:
        """Distances alone know neither angles within one layer nor mirror images."""
        return (
            *chirality_caveats(problem),
            "messages know distances only: angles enter with the depth alone, and there are "
            "different arrangements of points that it can't tell apart",
        )

    def build(self, problem: Problem, size: Size) -> tuple[Layer, ...]:
        """Embeddings, ``depth`` interactions, heads."""
        fiber, space, data = problem.fiber, point_space(problem), problem.data
        layers = [*input_layers(problem, size.width)]
        previous, rep = layers[-1].name, scalars(size.width, fiber)
        basis = {"num_basis": NUM_BASIS}
        layers.append(
            make_layer(
                "edge_embedding",
                "gaussian-edge-embedding",
                (space, vector(fiber)),
                (Space.edges, scalars(NUM_BASIS + 1, fiber)),
                "distances as Gaussians, ending smoothly at the cutoff",
                source="pos",
                options={"cutoff": data.cutoff, "neighbours": data.neighbours, **basis},
            )
        )
        for step in range(1, size.depth + 1):
            layers.append(
                make_layer(
                    f"interaction_{step}",
                    "schnet-interaction",
                    (space, rep),
                    (space, rep),
                    "neighbours' features, filtered by distance",
                    source=previous,
                    nonlinearity="shifted_softplus",
                    options={"neighbours": data.neighbours, **basis},
                )
            )
            previous = f"interaction_{step}"
        return (*layers, *outputs(problem, previous, rep))


FAMILY = SchNet()
