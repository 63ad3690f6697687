"""NequIP: radial-network-weighted channelwise tensor products with gates."""

from __future__ import annotations

from equidesign.design.families._points import (
    input_layers,
    irreps_outputs,
    point_space,
    target_rep,
)
from equidesign.design.family import Family, Size
from equidesign.design.making import make_layer
from equidesign.design.problem import Problem
from equidesign.groups.irreps import irreps_of, trivial, vector
from equidesign.groups.rep import Irrep, Rep
from equidesign.layers.irreps_math import reachable
from equidesign.layers.kinds.edge_embedding import harmonics
from equidesign.spec.field import Space
from equidesign.spec.layer import Layer
from equidesign.spec.specification import Topology

NUM_BASIS = 8
RADIAL_HIDDEN = 64


class NequIP(Family):
    """The interaction network of Batzner et al. 2022."""

    id = "nequip"
    title = "NequIP"
    idea = "radial-network-weighted channelwise tensor products, Bessel basis with smooth cutoff, per-species self-connections, gates"
    cite = "Batzner et al., E(3)-equivariant graph neural networks for data-efficient and accurate interatomic potentials, Nature Communications 13, 2453 (2022)"
    backend = "e3nn"
    groups = ("SO(3)", "O(3)", "SE(3)", "E(3)", "SO(2)", "O(2)")
    domains = ("molecules", "point_clouds")
    tasks = (
        "classification",
        "regression",
        "segmentation",
        "force_prediction",
        "pose_estimation",
        "generation",
    )
    expressiveness = 5
    speed = 3
    memory = 3
    step = 4

    def sizes(self, problem: Problem) -> tuple[Size, ...]:
        """Speed: l=1; balanced: l=1 with more channels; accuracy: l=2."""
        least = max(1, target_rep(problem).lmax)
        width, depth, lmax = {"speed": (16, 2, 1), "balanced": (32, 3, 1), "accuracy": (64, 4, 2)}[
            problem.request.constraints.priority
        ]
        lmax = max(lmax, least)
        return tuple(
            dict.fromkeys(
                (Size(width, depth, lmax), Size(width, depth, least), Size(width, 2, least))
            )
        )

    def topology(self, problem: Problem) -> Topology:
        """Messages between neighbours, whatever the output."""
        return Topology(
            pattern="message-passing",
            why="points interact with their neighbours; outputs are read from the points",
        )

    def build(self, problem: Problem, size: Size) -> tuple[Layer, ...]:
        """Embeddings, ``depth`` interactions, readouts."""
        fiber, space = problem.fiber, point_space(problem)
        layers = [*input_layers(problem, size.width)]
        rep = Rep.parse(layers[-1].out.rep, fiber)
        edge = harmonics(rep, size.lmax)
        radial = {"num_basis": NUM_BASIS}
        data = problem.data
        layers.append(
            make_layer(
                "edge_embedding",
                "spherical-edge-embedding",
                (space, vector(fiber)),
                (Space.edges, edge),
                "directions as harmonics, distances as a smooth basis",
                source="pos",
                options={"cutoff": data.cutoff, "neighbours": data.neighbours, **radial},
            )
        )
        previous = layers[-2].name
        species = len(data.species) if data.domain == "molecules" else 1
        for step in range(1, size.depth + 1):
            left = size.depth - step
            out = hidden_rep(problem, size, rep, edge, left)
            layers.append(
                make_layer(
                    f"interaction_{step}",
                    "nequip-interaction",
                    (space, rep),
                    (space, out),
                    "neighbours' features times harmonics, weighted by distance"
                    if left
                    else "only the irreps that the outputs read",
                    source=previous,
                    nonlinearity="gate",
                    options={
                        "edge_irreps": str(edge),
                        **radial,
                        "radial_hidden": [RADIAL_HIDDEN],
                        "neighbours": problem_neighbours(problem),
                        "num_species": species,
                    },
                )
            )
            rep, previous = out, f"interaction_{step}"
        layers += irreps_outputs(problem, previous, rep)
        return tuple(layers)


def problem_neighbours(problem: Problem) -> float:
    """Return the average number of neighbours of the data."""
    return float(problem.data.neighbours)


def hidden_rep(problem: Problem, size: Size, rep: Rep, edge: Rep, left: int) -> Rep:
    """Return the features after an interaction: every irrep that it can make and that later layers can still use.

    The last interaction keeps scalars and what the outputs read.
    """
    fiber = problem.fiber
    made = reachable(rep, edge, 1)
    needed = {trivial(fiber), *target_rep(problem).irreps}
    if left:
        useful = {
            irrep
            for irrep in irreps_of(fiber, size.lmax)
            if needed & reachable(Rep(fiber, ((1, irrep),)), edge, left)
        }
        keep = useful & made
    else:
        keep = needed & made
    return Rep(fiber, tuple((channels(size.width, irrep), irrep) for irrep in sorted(keep)))


def channels(width: int, irrep: Irrep) -> int:
    """Return the multiplicity of an irrep: the full width for scalars and vectors, half beyond."""
    return width if irrep.l <= 1 else max(width // 2, 1)


FAMILY = NequIP()
