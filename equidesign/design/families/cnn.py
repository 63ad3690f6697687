"""The baseline: convolutions, and what keeps shifts exact where shifts are the symmetry."""

from __future__ import annotations

from collections.abc import Iterator

from equidesign.design.families._grid import (
    features,
    grid_outputs,
    grid_shape,
    grid_space,
    latent_channels,
    pixel_head,
    strided,
)
from equidesign.design.families._images import TOPOLOGIES, dense, resampling_layer, trunk_steps
from equidesign.design.families._stages import kernel_that_fits, stages
from equidesign.design.family import Family, Size
from equidesign.design.making import make_layer, scalars
from equidesign.design.problem import Problem
from equidesign.groups.rep import Rep
from equidesign.spec.field import Space
from equidesign.spec.layer import Layer
from equidesign.spec.specification import Topology

MAX_DILATION = 16
WHY_CIRCULAR = (
    "stride 1 and a circular border: every circular shift is exact, where strides keep only their "
    "multiples (Azulay & Weiss 2019); dilation widens the view instead"
)
WHY_SPHERE = (
    "columns wrap around and rows go on beyond the poles; stride 1: every turn by whole columns is "
    "exact; dilation widens the view"
)
WHY_ZEROS = "shared weights, local features: shifts are learned once"


class CNN(Family):
    """A residual network; circular and without strides where shifts must hold exactly."""

    id = "cnn"
    title = "Convolutional network"
    idea = "translations only: the baseline every other family has to beat"
    cite = "He et al., Deep residual learning for image recognition, CVPR (2016)"
    backend = "torch"
    groups = ("trivial", "T(n)", "SO(2)")
    domains = ("images", "sphere")
    tasks = ("classification", "regression", "segmentation", "generation")
    expressiveness = 2
    speed = 5
    memory = 4
    trunk = ("conv-block", "residual-conv-block")
    step = 4

    def objection(self, problem: Problem) -> str | None:
        """Shifts of the plane for images, turns about the polar axis for the sphere; scalars."""
        kind = problem.group.kind
        if problem.domain == "images" and kind not in ("trivial", "translation"):
            return (
                "a plain convolution keeps no rotation: regular-gcnn or steerable-cnn does "
                f"{problem.group.name} on images"
            )
        reps = [target.rep for target in problem.targets]
        reps += [problem.features] if problem.features is not None else []
        if not all(rep.is_scalar for rep in reps):
            return "plain channels carry invariant scalars only; spherical-cnn carries irreps"
        return None

    def sizes(self, problem: Problem) -> tuple[Size, ...]:
        """Without strides fewer channels run at full resolution; one convolution a stage is the least."""
        priority = problem.request.constraints.priority
        if strided(problem):
            width, depth = {"speed": (32, 2), "balanced": (48, 2), "accuracy": (64, 3)}[priority]
            return (Size(width, depth), Size(width, 1))
        width, depth = {"speed": (24, 3), "balanced": (40, 5), "accuracy": (64, 7)}[priority]
        return tuple(dict.fromkeys((Size(width, depth), Size(width, 3), Size(width, 1))))

    def topology(self, problem: Problem) -> Topology:
        """Pool for one output a sample, keep or restore the resolution for one output a pixel."""
        if problem.task == "generation":
            return TOPOLOGIES["generation"]
        if not dense(problem):
            return Topology(
                pattern="encoder-pooling",
                why="one answer for the whole image: the mean over pixels, wherever things are",
            )
        if strided(problem):
            return TOPOLOGIES["segmentation"]
        return Topology(
            pattern="equivariant-head",
            why="one answer a pixel: the resolution is never lowered, so none has to be restored",
        )

    def build(self, problem: Problem, size: Size) -> tuple[Layer, ...]:
        """U-shaped or pooled with strides; at full resolution where shifts are the symmetry."""
        if strided(problem):
            return tuple(_strided_layers(problem, size))
        return tuple(_full_resolution_layers(problem, size))

    def caveats(self, problem: Problem) -> tuple[str, ...]:
        """What of the shifts is exact."""
        if problem.domain == "sphere":
            columns = 2 * problem.data.bandwidth
            return (
                f"Exact for turns about the polar axis by multiples of 360/{columns} degrees "
                f"(whole "
                "columns); turns in between hold as far as the features are resolved by the grid.",
                "Cells shrink towards the poles, and with them what a kernel covers: the "
                "network is "
                "told the latitude.",
            )
        if not strided(problem):
            return (
                "Exact for circular shifts by whole pixels: what leaves on one side enters on the "
                "other. For shifts that bring new content in, features near the border change.",
                "All layers run at full resolution, which costs time and memory on large images.",
            )
        halvings = sum(stage.halved for stage in stages(problem.data.size, 1))
        return (
            f"Shifts are kept approximately: away from the border, and by multiples of "
            f"{2**halvings} pixels; anti-aliased halving keeps the rest small (Zhang 2019). "
            f"Declare "
            "T(2) for a network that keeps all circular shifts exactly.",
        )


def _strided_layers(problem: Problem, size: Size) -> Iterator[Layer]:
    fiber = problem.fiber
    reps: dict[str, Rep] = {"": features(problem)}
    steps = trunk_steps(problem, size.depth)
    for step in steps:
        before = reps[step.reads]
        if step.latent:
            reps[step.name] = scalars(latent_channels(problem, step.size), fiber)
            yield pixel_head(
                problem, "bottleneck", before, reps[step.name], step.size, "latent", step.reads
            )
            continue
        if step.kind != "conv":
            reps[step.name] = before + reps[step.skip] if step.kind == "join" else before
            reps[step.name] = reps[step.name].simplify()
            yield resampling_layer(step, before, reps[step.name])
            continue
        after = reps[step.name] = scalars(size.width * step.factor, fiber)
        residual = {"dilation": 1} if before == after else {}
        yield make_layer(
            step.name,
            "residual-conv-block" if residual else "conv-block",
            (Space.pixels, before),
            (Space.pixels, after),
            WHY_ZEROS,
            source=step.reads or "x",
            writes=step.writes,
            nonlinearity="relu",
            normalization="batch",
            options={
                "border": "zeros",
                "kernel": kernel_that_fits(3, step.size),
                "size": list(step.size),
                **residual,
            },
        )
    last = steps[-1]
    yield from grid_outputs(problem, last.name, reps[last.name], last.size_out)


def _full_resolution_layers(problem: Problem, size: Size) -> Iterator[Layer]:
    space, fiber, shape = grid_space(problem), problem.fiber, grid_shape(problem)
    sphere = space is Space.sphere
    border, why = ("sphere", WHY_SPHERE) if sphere else ("circular", WHY_CIRCULAR)
    rep, source = features(problem), "x"
    common = {"border": border, "kernel": 3, "size": list(shape)}
    if sphere:
        before, rep, source = rep, (rep + scalars(1, fiber)).simplify(), "latitude"
        yield make_layer(
            "latitude",
            "latitude-channel",
            (space, before),
            (space, rep),
            "turns about the polar axis keep the latitude, so filters may depend on it",
            source="x",
            options={"bandwidth": problem.data.bandwidth},
        )
    field = (space, scalars(size.width, fiber))
    settings = {"nonlinearity": "relu", "normalization": "batch"}
    yield make_layer(
        "stem", "conv-block", (space, rep), field, why, source=source, options=common, **settings
    )
    for step, dilation in enumerate(dilations(shape, size.depth), start=1):
        yield make_layer(
            f"block_{step}",
            "residual-conv-block",
            field,
            field,
            why,
            options={**common, "dilation": dilation},
            **settings,
        )
    yield from grid_outputs(problem, f"block_{size.depth}", field[1], shape)


def dilations(shape: tuple[int, int], depth: int) -> list[int]:
    """Return the dilations of ``depth`` blocks: doubling up to half the shorter side, and down again.

    >>> dilations((28, 28), 5)
    [1, 2, 4, 8, 4]
    """
    limit = min(max((min(shape) - 1) // 2, 1), MAX_DILATION)
    rising = [2**power for power in range(limit.bit_length())]
    wave = [*rising, *rising[-2:0:-1]]
    return [wave[step % len(wave)] for step in range(depth)]


FAMILY = CNN()
