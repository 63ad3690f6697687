"""What convolutional networks on the grids of images and of the sphere share: shapes, poolings, heads."""

from __future__ import annotations

from collections.abc import Iterator

from equidesign.design.families._stages import half
from equidesign.design.making import make_layer, scalars
from equidesign.design.problem import Problem, Target
from equidesign.groups.rep import Rep
from equidesign.spec.field import Space
from equidesign.spec.layer import Layer

COARSEST = 8


def strided(problem: Problem) -> bool:
    """Tell whether the resolution may be lowered: no shift has to hold exactly."""
    return problem.domain == "images" and problem.group.kind == "trivial"


def grid_outputs(problem: Problem, trunk: str, rep: Rep, shape: tuple[int, int]) -> Iterator[Layer]:
    """Yield pooling, heads and decoder; ``trunk`` is the layer whose features ``rep`` are read."""
    if problem.task == "generation":
        yield from _decoder(problem, trunk, rep, shape)
        return
    (target,) = problem.targets
    if target.per_sample:
        yield pooling(problem, target.name, rep, shape)
        yield vector_head(problem, target, rep)
    else:
        yield pixel_head(problem, f"{target.name}_head", rep, target.rep, shape, target.name)


def _decoder(problem: Problem, trunk: str, rep: Rep, shape: tuple[int, int]) -> Iterator[Layer]:
    target, space = problem.target("reconstruction"), grid_space(problem)
    if strided(problem):
        yield pixel_head(problem, "reconstruction_head", rep, target.rep, shape, target.name)
        return
    code = Target("latent", Space.global_, scalars(2 * rep.dim, problem.fiber))
    yield pooling(problem, "latent", rep, shape)
    yield vector_head(problem, code, rep)
    sizes = [shape]
    while min(sizes[0]) > COARSEST:
        sizes.insert(0, half(sizes[0]))
    axes = ["width"] if space is Space.sphere else ["height", "width"]
    longer = [axis for axis, side in zip(("height", "width"), shape, strict=True) if side > 1]
    yield make_layer(
        "decoder",
        "canonical-decoder",
        (space, rep),
        (space, target.rep),
        "the code forgets the place, phases of a learned map bring it back, equivariantly",
        source=trunk,
        writes=target.name,
        nonlinearity="relu",
        normalization="batch",
        options={
            "skip": "latent_head",
            "code": code.rep.dim,
            "axes": [axis for axis in axes if axis in longer],
            "sizes": [list(size) for size in sizes],
            "size": list(shape),
        },
    )


def features(problem: Problem) -> Rep:
    """Return the channels of the input."""
    if problem.features is None:
        raise ValueError("an image has channels")
    return problem.features


def grid_space(problem: Problem) -> Space:
    """Return the space of the grid."""
    return Space.sphere if problem.domain == "sphere" else Space.pixels


def grid_shape(problem: Problem) -> tuple[int, int]:
    """Return rows and columns of the grid."""
    if problem.domain == "sphere":
        return 2 * problem.data.bandwidth, 2 * problem.data.bandwidth
    height, width = problem.data.size
    return height, width


def latent_channels(problem: Problem, size: tuple[int, int]) -> int:
    """Return the channels of a code on a coarse grid: a quarter of the image's numbers."""
    height, width = problem.data.size
    numbers = features(problem).dim * int(height) * int(width)
    return max(numbers // (4 * size[0] * size[1]), 1)


def pooling(problem: Problem, name: str, rep: Rep, shape: tuple[int, int]) -> Layer:
    """Return the mean over the image, or over the sphere by area."""
    sphere = problem.domain == "sphere"
    return make_layer(
        f"{name}_pooling",
        "sphere-mean" if sphere else "pool-pixels",
        (grid_space(problem), rep),
        (Space.global_, rep),
        "what it sees counts, not where it is",
        writes=name,
        pooling="mean",
        options={"bandwidth": problem.data.bandwidth} if sphere else {"size": list(shape)},
    )


def vector_head(problem: Problem, target: Target, rep: Rep) -> Layer:
    """Return the perceptron from pooled features to an output."""
    return make_layer(
        f"{target.name}_head",
        "mlp-head",
        (Space.global_, rep),
        (Space.global_, target.rep),
        "on invariants any nonlinearity is legal",
        writes=target.name,
        nonlinearity="relu",
        options={"hidden": [max(rep.dim, min(target.rep.dim, 2 * rep.dim), 32)]},
    )


def pixel_head(
    problem: Problem,
    name: str,
    before: Rep,
    after: Rep,
    shape: tuple[int, int],
    writes: str,
    source: str | None = None,
) -> Layer:
    """Return the perceptron that every pixel's features go through."""
    space = grid_space(problem)
    return make_layer(
        name,
        "pixel-head",
        (space, before),
        (space, after),
        "the same for every pixel, so shifts pass through",
        source=source,
        writes=writes,
        nonlinearity="relu",
        options={"hidden": [before.dim], "size": list(shape)},
    )
