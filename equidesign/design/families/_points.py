"""What all families on points share: embeddings at the start, outputs at the end."""

from __future__ import annotations

from collections.abc import Iterator

from equidesign.design.making import make_layer, scalars
from equidesign.design.problem import Problem, Target
from equidesign.groups.irreps import trivial, vector
from equidesign.groups.rep import Irrep, Rep
from equidesign.spec.field import Space
from equidesign.spec.layer import Layer


def point_space(problem: Problem) -> Space:
    """Return the space the nodes live on: atoms of molecules, points else."""
    return Space.atoms if problem.domain == "molecules" else Space.points


def needed_irreps(problem: Problem) -> frozenset[Irrep]:
    """Return the irreps that the readouts take from the node features."""
    fiber = problem.fiber
    found: set[Irrep] = set()
    for target in energy_first(problem):
        if target.name == "forces" and conservative(problem):
            continue
        found |= {*target.rep.irreps}
        if target.name == "translation":
            found.add(trivial(fiber))
    return frozenset(found)


def conservative(problem: Problem) -> bool:
    """Tell whether forces are the gradient of the energy."""
    task = problem.request.task
    return task.type == "force_prediction" and task.conservative


def input_layers(problem: Problem, width: int, vectors: int | None = None) -> Iterator[Layer]:
    """Yield the layers that make the first node features: ``width`` scalars, plus what features and the axis add.

    Every other irrep of the features gets ``vectors`` channels; by default a quarter of the width, or as many as
    it has.
    """
    space, fiber = point_space(problem), problem.fiber
    rep = scalars(width, fiber)
    data = problem.data
    if data.domain == "molecules":
        species = list(data.species)
        yield make_layer(
            "species_embedding",
            "species-embedding",
            (space, scalars(1, fiber)),
            (space, rep),
            "atoms differ by their element",
            source="z",
            options={"species": species},
        )
    else:
        yield make_layer(
            "constant_embedding",
            "constant-embedding",
            (space, vector(fiber)),
            (space, rep),
            "points carry no label: geometry alone decides",
            source="pos",
        )
    if problem.features is not None:
        extra = problem.features.simplify().non_scalars
        extra = Rep(
            fiber, tuple((vectors or max(mul, width // 4), irrep) for mul, irrep in extra.terms)
        )
        yield make_layer(
            "feature_embedding",
            "feature-embedding",
            (space, problem.features),
            (space, rep + extra),
            "input features enter irrep by irrep",
            source="x",
        )
        rep = rep + extra
    if any(target.name == "velocity" for target in problem.targets):
        yield make_layer(
            "time_embedding",
            "time-embedding",
            (space, rep),
            (space, rep),
            "the flow's time conditions every node",
        )
    if problem.axis is not None and problem.group.point_group.n == 2:
        axis = rep + vector(fiber)
        yield make_layer(
            "axis_embedding",
            "axis-embedding",
            (space, rep),
            (space, axis),
            "the preferred axis is an input: what is left is the symmetry that fixes it",
            options={"axis": problem.axis},
        )


def energy_first(problem: Problem) -> tuple[Target, ...]:
    """Return the targets, with the energy that conservative forces need even where it is not an output."""
    if conservative(problem) and "energy" not in problem.interface.outputs:
        energy = Target("energy", Space.global_, scalars(1, problem.fiber), "eV", extensive=True)
        return (energy, *problem.targets)
    return problem.targets


def irreps_outputs(problem: Problem, trunk: str, rep: Rep) -> Iterator[Layer]:
    """Yield readout, pooling and what turns them into the outputs, for families with irreps on nodes.

    ``trunk`` is the layer whose node features ``rep`` are read.
    """
    for target in energy_first(problem):
        if target.name == "forces" and conservative(problem):
            energy = (Space.global_, scalars(1, problem.fiber))
            yield make_layer(
                "forces",
                "gradient-forces",
                energy,
                (point_space(problem), target.rep),
                "conservative: the exact gradient of the energy",
                writes="forces",
            )
        elif target.name in ("rotation", "translation"):
            yield from _pose(problem, target, trunk, rep)
        else:
            yield from _readout(problem, target, trunk, rep)


def _readout(problem: Problem, target: Target, trunk: str, rep: Rep) -> Iterator[Layer]:
    space, name = point_space(problem), target.name
    if target.rep.is_scalar and target.name in ("logits", "prediction"):
        yield from _invariant_head(problem, target, trunk, rep)
        return
    yield make_layer(
        f"{name}_readout",
        "irreps-readout",
        (space, rep),
        (space, target.rep),
        f"Schur: linear from the features to the irreps of the {name}",
        source=trunk,
        writes=name,
        options={"bias": False} if name == "energy" else {},
    )
    if name == "energy" and problem.domain == "molecules":
        species = list(problem.data.species)
        yield make_layer(
            "scale_shift",
            "scale-shift",
            (space, target.rep),
            (space, target.rep),
            "energies are standardised per species, which keeps the symmetry",
            writes=name,
            options={"species": species},
        )
    if target.per_sample:
        pooling = "sum" if target.extensive else "mean"
        yield make_layer(
            f"{name}_pooling",
            "pool-points",
            (space, target.rep),
            (Space.global_, target.rep),
            f"one {name} a sample, whatever the order of the points",
            writes=name,
            pooling=pooling,
        )


def standardised(
    problem: Problem, target: Target, rep: Rep, source: str | None = None
) -> Iterator[Layer]:
    """Yield a normalisation where features are averaged to classify whole samples.

    Averages of many points hardly differ from sample to sample; what they have in common hides the rest.
    """
    if problem.task == "classification" and target.per_sample:
        space = point_space(problem)
        yield make_layer(
            f"{target.name}_norm",
            "batch-norm",
            (space, rep),
            (space, rep),
            "what all points have in common would drown what averages over samples differ by",
            source=source,
            writes=target.name,
            normalization="batch",
        )


def _invariant_head(problem: Problem, target: Target, trunk: str, rep: Rep) -> Iterator[Layer]:
    space, fiber, name = point_space(problem), problem.fiber, target.name
    width = scalars(rep.scalars, fiber)
    yield make_layer(
        f"{name}_readout",
        "irreps-readout",
        (space, rep),
        (space, width),
        "the invariant part of the features",
        source=trunk,
        writes=name,
    )
    where = space
    yield from standardised(problem, target, width)
    if target.per_sample:
        pooling = "sum" if target.extensive else "mean"
        yield make_layer(
            f"{name}_pooling",
            "pool-points",
            (space, width),
            (Space.global_, width),
            "whatever the order of the points",
            writes=name,
            pooling=pooling,
        )
        where = Space.global_
    yield make_layer(
        f"{name}_head",
        "mlp-head",
        (where, width),
        (where, target.rep),
        "on invariants any nonlinearity is legal",
        writes=name,
        nonlinearity="silu",
        options={"hidden": [rep.scalars]},
    )


def _pose(problem: Problem, target: Target, trunk: str, rep: Rep) -> Iterator[Layer]:
    space, fiber, name = point_space(problem), problem.fiber, target.name
    one = vector(fiber)
    if name == "rotation":
        needed = one * (one.dim if fiber.reflections else one.dim - 1)
        yield make_layer(
            "frame_readout",
            "irreps-readout",
            (space, rep),
            (space, needed),
            "the vectors the frame is made of",
            source=trunk,
            writes=name,
        )
        yield make_layer(
            "frame_pooling",
            "pool-points",
            (space, needed),
            (Space.global_, needed),
            "one frame a sample",
            writes=name,
            pooling="mean",
        )
        yield make_layer(
            "frame",
            "orthonormal-frame",
            (Space.global_, needed),
            (Space.global_, target.rep),
            "orthonormal columns that turn with the input",
            writes=name,
        )
        return
    weights = scalars(1, fiber) + one
    yield make_layer(
        "centre_readout",
        "irreps-readout",
        (space, rep),
        (space, weights),
        "a weight and an offset for every point",
        source=trunk,
        writes=name,
        options={"bias": False},
    )
    yield make_layer(
        "centre",
        "weighted-centroid",
        (space, weights),
        (Space.global_, one),
        "moves and turns with the input",
        writes=name,
    )
