"""EGNN: messages from distances, that move copies of the points."""

from __future__ import annotations

from typing import ClassVar

from equidesign.design.families._points import input_layers, point_space
from equidesign.design.families._scalar_vector import (
    PointFamily,
    needs_vectors,
    outputs,
    read_targets,
)
from equidesign.design.family import Size
from equidesign.design.making import make_layer
from equidesign.design.problem import Problem
from equidesign.groups.irreps import vector
from equidesign.groups.rep import Rep
from equidesign.layers.scalar_vector import scalar_vector_rep, scalars_and_vectors
from equidesign.spec.field import Space
from equidesign.spec.layer import Layer

WIDTH_PER_VECTOR = 16
NUM_BASIS = 8


class EGNN(PointFamily):
    """The E(n)-equivariant graph network of Satorras et al. 2021, with vector channels."""

    id = "egnn"
    title = "EGNN"
    idea = (
        "messages from features and distances update the features, and move copies of the points "
        "along their differences; any dimension"
    )
    cite = (
        "Satorras, Hoogeboom, Welling, E(n) equivariant graph neural networks, ICML (2021); "
        "vector channels: Levy et al., Using multiple vector channels improves E(n)-equivariant "
        "graph neural networks (2023)"
    )
    backend = "pytorch_geometric"
    expressiveness = 3
    speed = 4
    memory = 4
    trunk = ("egnn-layer",)
    # The paper has width 64 and depth 4 on dynamics, 128 and 7 on molecules.
    presets: ClassVar = {"speed": (32, 3), "balanced": (64, 4), "accuracy": (128, 6)}

    def build(self, problem: Problem, size: Size) -> tuple[Layer, ...]:
        """Embeddings, ``depth`` layers, heads."""
        fiber, space, data = problem.fiber, point_space(problem), problem.data
        copies = num_vectors(problem, size.width)
        layers = [*input_layers(problem, size.width, vectors=copies)]
        rep, previous = Rep.parse(layers[-1].out.rep, fiber), layers[-1].name
        full = scalar_vector_rep(size.width, copies, rep)
        last = full if needs_vectors(problem) else scalar_vector_rep(size.width, 0, rep)
        layers.append(
            make_layer(
                "relative_positions",
                "relative-positions",
                (space, vector(fiber)),
                (Space.edges, scalar_vector_rep(1 + NUM_BASIS, 1, rep)),
                "differences do not notice translations; a radial basis resolves their lengths",
                source="pos",
                options={
                    "cutoff": data.cutoff,
                    "neighbours": data.neighbours,
                    "num_basis": NUM_BASIS,
                },
            )
        )
        for step in range(1, size.depth + 1):
            after = full if step < size.depth else last
            layers.append(
                make_layer(
                    f"layer_{step}",
                    "egnn-layer",
                    (space, rep),
                    (space, after),
                    "messages from distances update the features and move the points"
                    if after is full
                    else "no output reads vectors: only the features are updated",
                    source=previous,
                    nonlinearity="silu",
                    options={"num_basis": NUM_BASIS, "neighbours": data.neighbours},
                )
            )
            rep, previous = after, f"layer_{step}"
        return (*layers, *outputs(problem, previous, rep))


def num_vectors(problem: Problem, width: int) -> int:
    """Return how many vectors a point has: what the outputs need, and more with the width."""
    needed = max((scalars_and_vectors(t.rep).vectors for t in read_targets(problem)), default=0)
    return max(needed, width // WIDTH_PER_VECTOR, 1)


FAMILY = EGNN()
