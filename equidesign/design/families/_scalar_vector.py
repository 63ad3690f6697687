"""What families of scalars and polar vectors share: which requests they can serve, and the outputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from equidesign.design.families._points import (
    conservative,
    energy_first,
    point_space,
    standardised,
)
from equidesign.design.family import Family, Size
from equidesign.design.making import make_layer, scalars
from equidesign.design.problem import Problem, Target
from equidesign.groups.irreps import vector
from equidesign.groups.rep import Rep
from equidesign.layers.scalar_vector import others, scalars_and_vectors
from equidesign.spec.field import Space
from equidesign.spec.layer import Layer
from equidesign.spec.specification import Topology

GROUPS = ("SO(n)", "O(n)", "SE(n)", "E(n)")
DOMAINS = ("molecules", "point_clouds")


class PointFamily(Family):
    """What EGNN, PaiNN and SchNet share: where they apply, their sizes and their topology."""

    groups = GROUPS
    domains = DOMAINS
    tasks: ClassVar[tuple[str, ...]] = (
        "classification",
        "regression",
        "segmentation",
        "force_prediction",
        "pose_estimation",
        "generation",
    )
    step = 4
    presets: ClassVar[Mapping[str, tuple[int, int]]]
    """Width and depth by priority."""

    def objection(self, problem: Problem) -> str | None:
        """Scalars and polar vectors only."""
        return vector_objection(problem)

    def sizes(self, problem: Problem) -> tuple[Size, ...]:
        """The preset of the priority, then shallower ones."""
        width, depth = self.presets[problem.request.constraints.priority]
        return tuple(dict.fromkeys((Size(width, depth), Size(width, 2), Size(width, 1))))

    def topology(self, problem: Problem) -> Topology:
        """Messages between neighbours, whatever the output."""
        return Topology(
            pattern="message-passing",
            why="points interact with their neighbours; outputs are read from the points",
        )

    def caveats(self, problem: Problem) -> tuple[str, ...]:
        """Reflections are a symmetry in any case."""
        return chirality_caveats(problem)


def read_targets(problem: Problem) -> tuple[Target, ...]:
    """Return the targets that are read from the features of the points; a gradient is not."""
    return tuple(
        target
        for target in problem.targets
        if not (target.name == "forces" and conservative(problem))
    )


def needs_vectors(problem: Problem) -> bool:
    """Tell whether an output is read from vectors."""
    return any(not target.rep.is_scalar or target.translates for target in read_targets(problem))


def place_objection(problem: Problem) -> str | None:
    """Return why the group and the space of the data do not fit."""
    dimension = 3 if problem.domain == "molecules" else int(problem.data.dimension)
    turned = vector(problem.fiber).dim
    if problem.axis is not None and problem.group.point_group.n == 2 and dimension == 3:
        return "rotations about an axis of space need the axis as an input: nequip takes it"
    if turned == dimension:
        return None
    return f"{problem.fiber.name} turns {turned} coordinates, and the data have {dimension}"


def vector_objection(problem: Problem) -> str | None:
    """Return why scalars and polar vectors do not suffice, None if they do."""
    if why := place_objection(problem):
        return why
    other = "nequip and tensor-field-network carry any irrep"
    if problem.features is not None and (rest := others(problem.features)).dim:
        return f"it reads scalars and polar vectors, and {rest} of the features is neither; {other}"
    for target in read_targets(problem):
        if (rest := others(target.rep)).dim and target.name != "rotation":
            return f"it makes scalars and polar vectors, and {rest} is neither; {other}"
    size = vector(problem.fiber).dim
    if problem.task == "pose_estimation" and size > 3 and not problem.fiber.reflections:
        return f"a rotation in {size} dimensions needs a product of {size - 1} vectors"
    return None


def invariant_objection(problem: Problem) -> str | None:
    """Return why invariants do not suffice, None if they do."""
    if why := place_objection(problem):
        return why
    if problem.features is not None and not problem.features.is_scalar:
        rest = problem.features.non_scalars
        return (
            f"it reads invariants only, and the features have {rest}; "
            "painn and egnn take vectors, nequip any irrep"
        )
    for target in read_targets(problem):
        if target.translates or not target.rep.is_scalar:
            return (
                f"its features are invariant, and the {target.name} turns with the input; "
                "painn and egnn make vectors, nequip any irrep"
            )
    return None


def chirality_caveats(problem: Problem) -> tuple[str, ...]:
    """Return what a group without reflections must know."""
    if problem.fiber.reflections:
        return ()
    mirrored = problem.group.name.replace("SE(", "E(").replace("SO(", "O(")
    return (
        f"it is built from distances and polar vectors, hence symmetric under {mirrored} too: "
        "it gives mirror images mirrored outputs and can't tell left from right",
    )


def outputs(problem: Problem, trunk: str, rep: Rep) -> Iterator[Layer]:
    """Yield heads, pooling and what turns them into the outputs.

    ``trunk`` is the layer whose features ``rep``, scalars and perhaps vectors, are read.
    """
    fiber = problem.fiber
    for target in energy_first(problem):
        if target.name == "forces" and conservative(problem):
            yield make_layer(
                "forces",
                "gradient-forces",
                (Space.global_, scalars(1, fiber)),
                (point_space(problem), target.rep),
                "conservative: the exact gradient of the energy",
                writes="forces",
            )
        elif target.name in ("rotation", "translation"):
            yield from _pose(problem, target, trunk, rep)
        elif target.rep.is_scalar:
            yield from _scalar_output(problem, target, trunk, rep)
        else:
            yield _gated(problem, target, target.rep, trunk, rep)
            yield from _pooled(problem, target, target.rep)


def _scalar_output(problem: Problem, target: Target, trunk: str, rep: Rep) -> Iterator[Layer]:
    space, name = point_space(problem), target.name
    options: dict[str, Any] = {"hidden": [max(rep.scalars // 2, 1)]}
    if name not in problem.interface.outputs:
        options["last_bias"] = False
    head: dict[str, Any] = {"nonlinearity": "silu", "options": options}
    if target.per_sample and not target.extensive and rep.is_scalar:
        normalised = list(standardised(problem, target, rep, source=trunk))
        yield from normalised
        yield from _pooled(problem, target, rep, source=None if normalised else trunk)
        yield make_layer(
            f"{name}_head",
            "mlp-head",
            (Space.global_, rep),
            (Space.global_, target.rep),
            "on invariants any nonlinearity is legal",
            writes=name,
            **head,
        )
        return
    yield make_layer(
        f"{name}_head",
        "mlp-head" if rep.is_scalar else "scalar-head",
        (space, rep),
        (space, target.rep),
        "on invariants any nonlinearity is legal",
        source=trunk,
        writes=name,
        **head,
    )
    if name == "energy" and problem.domain == "molecules":
        yield make_layer(
            "scale_shift",
            "scale-shift",
            (space, target.rep),
            (space, target.rep),
            "energies are standardised per species, which keeps the symmetry",
            writes=name,
            options={"species": list(problem.data.species)},
        )
    yield from _pooled(problem, target, target.rep)


def _pooled(
    problem: Problem, target: Target, rep: Rep, source: str | None = None
) -> Iterator[Layer]:
    if target.per_sample:
        yield make_layer(
            f"{target.name}_pooling",
            "pool-points",
            (point_space(problem), rep),
            (Space.global_, rep),
            f"one {target.name} a sample, whatever the order of the points",
            source=source,
            writes=target.name,
            pooling="sum" if target.extensive else "mean",
        )


def _gated(problem: Problem, target: Target, out: Rep, trunk: str, rep: Rep) -> Layer:
    space = point_space(problem)
    made = scalars_and_vectors(out)
    what = "vectors, scaled by invariant gates" if not made.scalars else "scalars and gated vectors"
    return make_layer(
        f"{target.name}_readout",
        "gated-readout",
        (space, rep),
        (space, out),
        f"every point contributes {what}",
        source=trunk,
        writes=target.name,
        nonlinearity="silu",
    )


def _pose(problem: Problem, target: Target, trunk: str, rep: Rep) -> Iterator[Layer]:
    fiber, name = problem.fiber, target.name
    one = vector(fiber)
    if name == "translation":
        weights = scalars(1, fiber) + one
        yield _gated(problem, target, weights, trunk, rep)
        yield make_layer(
            "centre",
            "weighted-centroid",
            (point_space(problem), weights),
            (Space.global_, one),
            "moves and turns with the input",
            writes=name,
        )
        return
    needed = one * (one.dim if fiber.reflections else one.dim - 1)
    yield _gated(problem, target, needed, trunk, rep)
    yield from _pooled(problem, target, needed)
    yield make_layer(
        "frame",
        "orthonormal-frame",
        (Space.global_, needed),
        (Space.global_, target.rep),
        "orthonormal columns that turn with the input",
        writes=name,
    )
