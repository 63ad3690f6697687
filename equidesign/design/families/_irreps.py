"""What families with irreps on points share: what each layer carries, and what is around the layers."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

from equidesign.design.families._points import (
    input_layers,
    irreps_outputs,
    needed_irreps,
    point_space,
)
from equidesign.design.family import Family, Size
from equidesign.design.making import make_layer
from equidesign.design.problem import Problem
from equidesign.groups.irreps import irreps_of, product, trivial, vector
from equidesign.groups.rep import Irrep, Rep
from equidesign.layers.kinds.edge_embedding import harmonics
from equidesign.spec.field import Space
from equidesign.spec.layer import Layer
from equidesign.spec.specification import Topology

NUM_BASIS = 8
RADIAL_HIDDEN = 64
MAX_HARMONIC = 11
"""Largest degree of e3nn's spherical harmonics."""
EXTRA_DEPTH = 4
"""An irrep that no layer more can reach with this many is not reached at all."""


@dataclass(frozen=True)
class Block:
    """Where an interaction stands: its fields, and the settings all families share."""

    name: str
    space: Space
    before: Rep
    after: Rep
    source: str
    why: str
    options: Mapping[str, Any]
    species: int
    width: int


class IrrepsFamily(Family):
    """A stack of interactions between neighbours on irreps, with readouts."""

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
    step = 4
    presets: ClassVar[Mapping[str, Size]]
    edge_options: ClassVar[Mapping[str, Any]] = {}

    @abstractmethod
    def interaction(self, block: Block) -> Layer:
        """Return the family's own layer."""

    def objection(self, problem: Problem) -> str | None:
        """Irreps of rotations in space; degrees up to e3nn's largest harmonic."""
        dimension = 3 if problem.domain == "molecules" else problem.data.dimension
        if dimension != 3:
            return f"its features turn with rotations of space, and points have dimension {dimension}; egnn serves any"
        start = first_rep(problem)
        for size in self.sizes(problem):
            if plan(start, needed_irreps(problem), size) is None:
                return f"it does not reach degrees above {MAX_HARMONIC}"
        return None

    def sizes(self, problem: Problem) -> tuple[Size, ...]:
        """The preset of the priority; then fewer degrees, then fewer layers."""
        size = self.presets[problem.request.constraints.priority]
        shapes = (
            size,
            Size(size.width, size.depth, 1),
            Size(size.width, 2, 1),
        )
        return tuple(dict.fromkeys(shapes))

    def learning_rate(self, problem: Problem) -> float:
        """Higher than elsewhere: weights have unit variance, and are scaled where they are used."""
        return 0.02 if problem.task == "force_prediction" else 0.005

    def topology(self, problem: Problem) -> Topology:
        """Messages between neighbours, whatever the output."""
        return Topology(
            pattern="message-passing",
            why="points interact with their neighbours; outputs are read from the points",
        )

    def build(self, problem: Problem, size: Size) -> tuple[Layer, ...]:
        """Embeddings, interactions, readouts."""
        fiber, space, data = problem.fiber, point_space(problem), problem.data
        layers = [*input_layers(problem, size.width)]
        rep = Rep.parse(layers[-1].out.rep, fiber)
        route = plan(rep.irreps, needed_irreps(problem), size)
        if route is None:
            raise ValueError(f"{self.id}: {self.objection(problem)}")
        edge = harmonics(rep, max(route.degrees))
        source = layers[-1].name
        layers.append(
            make_layer(
                "edge_embedding",
                "spherical-edge-embedding",
                (space, vector(fiber)),
                (Space.edges, edge),
                "directions as harmonics, distances as a smooth basis",
                source="pos",
                options={
                    "cutoff": data.cutoff,
                    "neighbours": data.neighbours,
                    "num_basis": NUM_BASIS,
                    **self.edge_options,
                },
            )
        )
        for step, irreps in enumerate(route.hidden, start=1):
            last = step == len(route.hidden)
            out = Rep(fiber, tuple((channels(size.width, irrep), irrep) for irrep in irreps))
            block = Block(
                name=f"interaction_{step}",
                space=space,
                before=rep,
                after=out,
                source=source,
                why="only the irreps that the outputs read"
                if last
                else "neighbours' features times harmonics, weighted by distance",
                options={
                    "edge_irreps": str(harmonics(rep, route.degrees[step - 1])),
                    "num_basis": NUM_BASIS,
                    "radial_hidden": [RADIAL_HIDDEN],
                    "neighbours": max(float(data.neighbours), 1.0),
                },
                species=len(data.species) if data.domain == "molecules" else 1,
                width=size.width,
            )
            layers.append(self.interaction(block))
            rep, source = out, block.name
        layers += irreps_outputs(problem, source, rep)
        return tuple(layers)


def first_rep(problem: Problem) -> tuple[Irrep, ...]:
    """Return the irreps of the node features before the first interaction."""
    return Rep.parse([*input_layers(problem, 4)][-1].out.rep, problem.fiber).irreps


def channels(width: int, irrep: Irrep) -> int:
    """Return the multiplicity of an irrep: the full width for scalars and vectors, ever less beyond."""
    return max(width >> max(irrep.l - 1, 0), 2)


@dataclass(frozen=True)
class Route:
    """The irreps after every interaction, and the degree of the harmonics that it couples with."""

    hidden: tuple[tuple[Irrep, ...], ...]
    degrees: tuple[int, ...]


@lru_cache(maxsize=512)
def plan(start: tuple[Irrep, ...], needed: frozenset[Irrep], size: Size) -> Route | None:
    """Return what every layer carries: the irreps it can make that the outputs can still use.

    Depth and degrees are raised above ``size`` where the outputs would otherwise be out of reach or an input would be
    lost: a pseudoscalar of positions, 0o, takes three products (1o, then 1e, then 0o). High degrees of the outputs are
    made in the last layer only, where they cost least.
    """
    top = max(irrep.l for irrep in needed)
    if top > MAX_HARMONIC:
        return None
    for degree in range(size.lmax, MAX_HARMONIC + 1):
        for depth in range(size.depth, size.depth + EXTRA_DEPTH + 1):
            degrees = (*[degree] * (depth - 1), max(degree, top))
            hidden = _hidden(start, needed, degrees, size.lmax)
            if hidden is not None:
                return Route(hidden, degrees)
    return None


def _hidden(
    start: tuple[Irrep, ...], needed: frozenset[Irrep], degrees: tuple[int, ...], lmax: int
) -> tuple[tuple[Irrep, ...], ...] | None:
    group, depth = start[0].group, len(degrees)
    between = frozenset(irreps_of(group, lmax))
    allowed = [*[between] * (depth - 1), needed]
    like = Rep(group, ((1, start[0]),))

    def made(sources: frozenset[Irrep], step: int) -> frozenset[Irrep]:
        edges = harmonics(like, degrees[step]).irreps
        return frozenset(out for a in sources for b in edges for out in product(a, b))

    ahead = [frozenset(start)]
    for step in range(depth):
        ahead.append(made(ahead[-1], step) & allowed[step])
    if ahead[-1] != needed:
        return None
    useful = needed
    hidden = [tuple(sorted(needed))]
    for step in range(depth - 1, -1, -1):
        if any(irrep.dim > 1 for irrep in useful):
            useful |= {trivial(group)}  # the gates
        useful = frozenset(a for a in ahead[step] if made(frozenset({a}), step) & useful)
        hidden.append(tuple(sorted(useful)))
    if set(start) - set(hidden.pop()):
        return None
    return tuple(reversed(hidden))
