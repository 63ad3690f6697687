"""What all families on images share: encoder, U-shaped decoder, autoencoder, and what reads the outputs."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from equidesign.design.families._stages import Stage, stages
from equidesign.design.family import Family, Size
from equidesign.design.making import make_layer, scalars, vectors
from equidesign.design.problem import Problem, Target
from equidesign.groups.irreps import vector
from equidesign.groups.rep import Rep
from equidesign.spec.field import Space
from equidesign.spec.layer import Layer
from equidesign.spec.specification import Topology

PIXELS = Space.pixels
TOPOLOGIES = {
    "classification": Topology(
        pattern="encoder-pooling",
        why="one answer for the whole image: resolution is traded for channels, then the mean over pixels is taken",
    ),
    "segmentation": Topology(
        pattern="encoder-decoder",
        why="one answer a pixel: a U-shaped net sees context at low resolution and brings details back by skips",
    ),
    "generation": Topology(
        pattern="encoder-decoder",
        why="an autoencoder: everything the decoder knows passes through the latent field, without skips",
    ),
    "equivariant": Topology(
        pattern="equivariant-head",
        why="the answer turns with the image: it is read from fields of its own representation",
    ),
}


@dataclass(frozen=True)
class Step:
    """One step of the trunk, before it is known which representation it carries.

    Attributes:
        name: name of the layer.
        kind: ``conv``, ``down``, ``up`` (to the size of ``skip``) or ``join`` (the same, and its channels stacked).
        size, size_out: height and width before and after.
        factor: width in units of the first stage's; of a convolution only.
        writes: variable of the generated code.
        reads: name of the step before; empty for the image.
        skip: name of the encoder's step.
        latent: whether it is the bottleneck of an autoencoder.
    """

    name: str
    kind: str
    size: tuple[int, int]
    size_out: tuple[int, int]
    reads: str = ""
    factor: int = 0
    skip: str = ""
    writes: str = "h"
    latent: bool = False


def dense(problem: Problem) -> bool:
    """Tell whether there is one output a pixel."""
    return any(not target.per_sample for target in problem.targets)


def trunk_steps(problem: Problem, depth: int, late: bool = False) -> tuple[Step, ...]:
    """Return the steps from the image to the features that the outputs read.

    Args:
        problem: what is asked for.
        depth: convolutions of a stage.
        late: whether an encoder without decoder works at low resolution, see `stages`.
    """
    pooled = problem.task != "generation" and not dense(problem)
    plan = stages(problem.data.size, depth, late and pooled)
    if problem.task == "generation":
        down = [*_encoder(plan, keep=True)]
        latent = Step("bottleneck", "conv", plan[-1].size, plan[-1].size, latent=True)
        return _chained([*down, latent, *_decoder(plan, down, join=False)])
    if pooled:
        return _chained([*_encoder(plan, keep=False)])
    down = [*_encoder(plan, keep=True)]
    return _chained([*down, *_decoder(plan, down, join=True)])


def _encoder(plan: tuple[Stage, ...], keep: bool) -> Iterator[Step]:
    counted = any(stage.depth > 1 for stage in plan)
    for number, stage in enumerate(plan, start=1):
        if stage.halved:
            yield Step(f"down_{number}", "down", plan[number - 2].size, stage.size)
        for index in range(1, stage.depth + 1):
            last = index == stage.depth and number < len(plan) and plan[number].halved
            writes = f"level_{number}" if keep and last else "h"
            name = f"encode_{number}_{index}" if counted else f"encode_{number}"
            yield Step(name, "conv", stage.size, stage.size, factor=stage.factor, writes=writes)


def _decoder(plan: tuple[Stage, ...], down: list[Step], join: bool) -> Iterator[Step]:
    """Mirror the encoder: one convolution a stage, two where details come back."""
    for number in range(len(plan) - 1, 0, -1):
        coarse, fine = plan[number], plan[number - 1]
        if coarse.halved:
            skip = next(step for step in down if step.writes == f"level_{number}")
            kind = "join" if join else "up"
            yield Step(f"up_{number}", kind, coarse.size, fine.size, skip=skip.name)
        elif join:
            continue
        yield Step(f"decode_{number}", "conv", fine.size, fine.size, factor=fine.factor)


def _chained(steps: list[Step]) -> tuple[Step, ...]:
    names = ["", *(step.name for step in steps)]
    return tuple(replace(step, reads=name) for step, name in zip(steps, names, strict=False))


class ImageFamily(Family):
    """A convolutional trunk on the pixels; families say which fields it carries and how they are convolved."""

    domains = ("images",)
    tasks = ("classification", "regression", "segmentation", "pose_estimation", "generation")
    layout: ClassVar[str]

    @abstractmethod
    def convolutions(
        self, problem: Problem, size: Size, steps: tuple[Step, ...]
    ) -> dict[str, tuple[Rep, Layer | None]]:
        """Return for each step its output's representation, and for convolutions the layer."""

    @abstractmethod
    def invariants(
        self, problem: Problem, target: str, trunk: Layer, size: tuple[int, int]
    ) -> Layer:
        """Return the layer from the trunk's features to invariant channels, for a target."""

    @abstractmethod
    def readout(
        self, problem: Problem, target: str, trunk: Layer, rep: Rep, size: tuple[int, int]
    ) -> Layer:
        """Return the layer from the trunk's features to fields of the representation of a target."""

    @abstractmethod
    def values(self, problem: Problem, field: Layer, size: tuple[int, int]) -> Layer:
        """Return the layer that writes the latent field as an output."""

    def objection(self, problem: Problem) -> str | None:
        """One pixel of plain channels looks the same from all sides."""
        moving = any(
            not t.rep.is_scalar and t.name not in ("latent", "reconstruction")
            for t in problem.targets
        )
        plain = problem.features is not None and problem.features.is_scalar
        if tuple(problem.data.size) == (1, 1) and moving and plain:
            return "an image of one pixel without vectors has no direction that an output could turn with"
        return None

    def topology(self, problem: Problem) -> Topology:
        """Pool for one output a sample, restore the resolution for one output a pixel."""
        if problem.task in ("segmentation", "generation"):
            return TOPOLOGIES[problem.task]
        if dense(problem):
            return TOPOLOGIES["segmentation"]
        moving = any(not target.rep.is_scalar for target in problem.targets)
        return TOPOLOGIES["equivariant" if moving else "classification"]

    def build(self, problem: Problem, size: Size) -> tuple[Layer, ...]:
        """Trunk, then what reads the outputs from it."""
        steps = trunk_steps(problem, size.depth, late=True)
        made = self.convolutions(problem, size, steps)
        layers: list[Layer] = []
        for step in steps:
            rep, layer = made[step.name]
            if layer is None:
                before = made[step.reads][0]
                layer = resampling_layer(step, before, rep)
            layers.append(layer)
            if step.latent:
                layers.append(self.values(problem, layer, step.size))
        trunk = layers[-1]
        for target in problem.targets:
            if target.name != "latent":
                layers += self._output(problem, target, trunk, steps[-1].size_out)
        return tuple(layers)

    def _output(
        self, problem: Problem, target: Target, trunk: Layer, size: tuple[int, int]
    ) -> Iterator[Layer]:
        if target.name == "rotation":
            yield from self._rotation(problem, target, trunk, size)
        elif target.name == "translation":
            yield from self._translation(problem, target, trunk, size)
        elif target.rep.is_scalar and target.name in ("logits", "prediction"):
            yield from self._scalars(problem, target, trunk, size)
        else:
            yield self.readout(problem, target.name, trunk, target.rep, size)
            if target.per_sample:
                yield _mean(problem, target.name, target.rep, size)

    def _scalars(
        self, problem: Problem, target: Target, trunk: Layer, size: tuple[int, int]
    ) -> Iterator[Layer]:
        invariants = self.invariants(problem, target.name, trunk, size)
        yield invariants
        rep = Rep.parse(invariants.out.rep, problem.fiber)
        where = Space.global_ if target.per_sample else PIXELS
        if target.per_sample:
            yield _mean(problem, target.name, rep, size)
        yield make_layer(
            f"{target.name}_head",
            "mlp-head" if target.per_sample else "pixel-head",
            (where, rep),
            (where, target.rep),
            "on invariants any nonlinearity is legal",
            writes=target.name,
            nonlinearity="silu",
            options={
                "hidden": [max(rep.dim, 32)],
                **({} if target.per_sample else {"size": list(size)}),
            },
        )

    def _rotation(
        self, problem: Problem, target: Target, trunk: Layer, size: tuple[int, int]
    ) -> Iterator[Layer]:
        fiber = problem.fiber
        one = vector(fiber)
        needed = vectors(one.dim if fiber.reflections else 1, fiber)
        yield self.readout(problem, "rotation", trunk, needed, size)
        yield _mean(problem, "rotation", needed, size)
        yield make_layer(
            "frame",
            "orthonormal-frame",
            (Space.global_, needed),
            (Space.global_, target.rep),
            "two polar vectors, orthonormalised: a reflection may swap their orientation"
            if fiber.reflections
            else "one vector fixes a rotation of the plane: its second column is the first, turned by 90 degrees",
            writes="rotation",
        )

    def _translation(
        self, problem: Problem, target: Target, trunk: Layer, size: tuple[int, int]
    ) -> Iterator[Layer]:
        fiber = problem.fiber
        needed = scalars(1, fiber) + vector(fiber)
        yield self.readout(problem, "translation", trunk, needed, size)
        height = problem.data.size[0]
        halvings, side = 0, height
        while side > size[0]:
            side, halvings = (side + 1) // 2, halvings + 1
        yield make_layer(
            "centre",
            "pixel-centroid",
            (PIXELS, needed),
            (Space.global_, target.rep),
            "positions of pixels, weighted by an invariant and corrected by a vector",
            writes="translation",
            options={"size": list(size), "spacing": 2**halvings},
        )


def _mean(problem: Problem, name: str, rep: Rep, size: tuple[int, int]) -> Layer:
    return make_layer(
        f"{name}_pooling",
        "pool-pixels",
        (PIXELS, rep),
        (Space.global_, rep),
        f"one {name} an image, wherever its content is",
        writes=name,
        pooling="mean",
        options={"size": list(size)},
    )


WHY_RESAMPLING = {
    "down": "anti-aliased, with a filter centred on the grid: half the resolution, the same symmetry",
    "up": "back to the size of the encoder's level, about the same centre",
    "join": "back to the size of the encoder's level, whose fields bring the details",
}


def resampling_layer(step: Step, before: Rep, after: Rep) -> Layer:
    """Return the layer of a step that halves the resolution or brings it back."""
    kinds = {"down": "blur-pool", "up": "upsample", "join": "upsample-join"}
    skip = {"skip": step.skip} if step.skip else {}
    return make_layer(
        step.name,
        kinds[step.kind],
        (PIXELS, before),
        (PIXELS, after),
        WHY_RESAMPLING[step.kind],
        source=step.reads,
        pooling="blur" if step.kind == "down" else "none",
        options={"size": list(step.size), "size_out": list(step.size_out), **skip},
    )
