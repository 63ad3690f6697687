"""PaiNN: scalars and vectors with filtered messages and gated updates."""

from __future__ import annotations

from typing import ClassVar

from equidesign.design.families._points import input_layers, point_space
from equidesign.design.families._scalar_vector import (
    PointFamily,
    needs_vectors,
    outputs,
)
from equidesign.design.family import Size
from equidesign.design.making import make_layer
from equidesign.design.problem import Problem
from equidesign.groups.irreps import vector
from equidesign.groups.rep import Rep
from equidesign.layers.scalar_vector import scalar_vector_rep
from equidesign.spec.field import Space
from equidesign.spec.layer import Layer

# The paper has 20 functions up to 5 Å. Eight make smoother potentials, which learn more from
# few samples: 26.8 instead of 42.4 meV/Å on 200 frames of ethanol (docs/benchmarks-molecules.md).
NUM_BASIS = 8


class PaiNN(PointFamily):
    """The polarizable atom interaction network of Schuett et al. 2021."""

    id = "painn"
    title = "PaiNN"
    idea = (
        "as many vectors as scalars: messages filtered by distance, along directions; updates "
        "gated by invariants; no tensor products, hence fast"
    )
    cite = (
        "Schütt, Unke, Gastegger, Equivariant message passing for the prediction of tensorial "
        "properties and molecular spectra, ICML (2021)"
    )
    backend = "torch"
    expressiveness = 4
    speed = 4
    memory = 4
    trunk = ("painn-message", "painn-update")
    # The paper has width 128 and depth 3; wider networks on the points pay more than a third layer.
    presets: ClassVar = {"speed": (32, 2), "balanced": (64, 2), "accuracy": (128, 4)}

    def build(self, problem: Problem, size: Size) -> tuple[Layer, ...]:
        """Embeddings, ``depth`` pairs of message and update, heads."""
        fiber, space, data = problem.fiber, point_space(problem), problem.data
        layers = [*input_layers(problem, size.width, vectors=size.width)]
        rep, previous = Rep.parse(layers[-1].out.rep, fiber), layers[-1].name
        full = scalar_vector_rep(size.width, size.width, rep)
        last = full if needs_vectors(problem) else scalar_vector_rep(size.width, 0, rep)
        layers.append(
            make_layer(
                "edge_embedding",
                "sinc-edge-embedding",
                (space, vector(fiber)),
                (Space.edges, scalar_vector_rep(NUM_BASIS, 1, rep)),
                "directions, and distances as a smooth basis",
                source="pos",
                options={
                    "cutoff": data.cutoff,
                    "neighbours": data.neighbours,
                    "num_basis": NUM_BASIS,
                },
            )
        )
        for step in range(1, size.depth + 1):
            layers.append(
                make_layer(
                    f"message_{step}",
                    "painn-message",
                    (space, rep),
                    (space, full),
                    "neighbours' features and directions, filtered by distance",
                    source=previous,
                    nonlinearity="silu",
                    options={"num_basis": NUM_BASIS, "neighbours": data.neighbours},
                )
            )
            rep = full if step < size.depth else last
            layers.append(
                make_layer(
                    f"update_{step}",
                    "painn-update",
                    (space, full),
                    (space, rep),
                    "scalars and vectors of a point learn from each other",
                    nonlinearity="silu",
                )
            )
            previous = f"update_{step}"
        return (*layers, *outputs(problem, previous, rep))


FAMILY = PaiNN()
