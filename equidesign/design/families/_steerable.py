"""What the families on escnn share: representations of every step, blocks, readouts, caveats."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from equidesign.design.families._images import PIXELS, ImageFamily, Step
from equidesign.design.families._stages import kernel_that_fits
from equidesign.design.family import Size
from equidesign.design.making import make_layer, scalars
from equidesign.design.problem import Problem
from equidesign.groups.group import Group
from equidesign.groups.irreps import trivial
from equidesign.groups.rep import Irrep, Rep
from equidesign.layers.kinds._planar import grid_subgroup
from equidesign.layers.steerable_basis import basis_size
from equidesign.spec.layer import Layer

KERNELS = {"speed": (3, 5), "balanced": (5, 5), "accuracy": (5, 7)}
"""Side of the kernels, and of the first, by priority."""
LARGE_ORDER = 16
"""Regular fields of larger groups get kernels of side 3: the others would be resolved no better."""
CHANNELS = {"speed": 32, "balanced": 64, "accuracy": 96}
DEPTH = {"speed": 1, "balanced": 2, "accuracy": 2}


class SteerableFamily(ImageFamily):
    """Steerable convolutions with escnn."""

    backend = "escnn"
    trunk = ("lifting-conv", "steerable-conv")
    nonlinearity: ClassVar[str]
    normalization: ClassVar[str]
    latent_layout: ClassVar[str] = "irreps"
    """Latent fields are an output: their components come irrep by irrep, as their representation is written."""

    def owns(self, layer: Layer) -> bool:
        """The families of steerable convolutions differ in what their fields are."""
        return super().owns(layer) and layer.options.get("layout") == self.layout

    @abstractmethod
    def features(self, group: Group, width: int, size: Size, allowed: frozenset[Irrep]) -> Rep:
        """Return ``width`` fields; where fields are single irreps, of those ``allowed``."""

    def block_options(self, group: Group, size: Size) -> dict[str, Any]:
        """Return further options of the convolutions."""
        return {}

    def candidates(self, group: Group, size: Size) -> frozenset[Irrep]:
        """Return the irreps a step may carry where fields are single irreps; empty where they are not."""
        return frozenset()

    def kernel(self, problem: Problem, step: Step) -> int:
        """Return the side of a step's kernel."""
        usual, first = KERNELS[problem.request.constraints.priority]
        order = problem.fiber.order or 0
        if order > LARGE_ORDER:
            usual, first = 3, 3
        return kernel_that_fits(usual if step.reads else first, step.size)

    def convolutions(
        self, problem: Problem, size: Size, steps: tuple[Step, ...]
    ) -> dict[str, tuple[Rep, Layer | None]]:
        """Return the representation of every step, and the layer of every convolution."""
        fiber = problem.fiber
        image = problem.features
        if image is None:
            raise ValueError("an image has channels")
        allowed = self.reach(problem, size, steps)
        made: dict[str, tuple[Rep, Layer | None]] = {"": (image, None)}
        layouts = {"": self.layout}
        for step in steps:
            before = made[step.reads][0]
            layouts[step.name] = layouts[step.reads] if step.kind == "up" else self.layout
            if step.latent:
                layouts[step.name] = self.latent_layout
            if step.kind == "join":
                made[step.name] = (self.stacked(before, made[step.skip][0]), None)
            elif step.kind != "conv":
                made[step.name] = (before, None)
            else:
                width = size.width if step.latent else size.width * step.factor
                after = self.features(fiber, width, size, allowed[step.name])
                source, layout = layouts[step.reads], layouts[step.name]
                bundles = {"layout": layout, **({} if source == layout else {"layout_in": source})}
                layer = self.block(problem, size, step, before, after, bundles)
                made[step.name] = (after, layer)
        return made

    def stacked(self, before: Rep, skip: Rep) -> Rep:
        """Return the direct sum of two field types; equal fields are counted together."""
        return (before + skip).simplify()

    def block(
        self,
        problem: Problem,
        size: Size,
        step: Step,
        before: Rep,
        after: Rep,
        bundles: Mapping[str, str],
    ) -> Layer:
        """Return one convolution with normalisation and nonlinearity."""
        alone = step.size == (1, 1)
        linear = step.latent
        acts, norm = self.nonlinearity, self.normalization
        if after.is_scalar:  # where only invariants are read
            acts, norm = "relu", "inner-batch"
        why = "features of a neighbourhood, for every pose of it"
        if not step.reads:
            why = "the image becomes a field of the group"
        if linear:
            why = "the code: a field, so that it turns with the image"
        return make_layer(
            step.name,
            "steerable-conv" if step.reads else "lifting-conv",
            (PIXELS, before),
            (PIXELS, after),
            why,
            source=step.reads or "x",
            writes=step.writes,
            nonlinearity="none" if linear else acts,
            normalization="none" if linear or alone else norm,
            options={
                "kernel": self.kernel(problem, step),
                "size": list(step.size),
                **bundles,
                **({} if linear else self.block_options(problem.fiber, size)),
            },
        )

    def reach(
        self, problem: Problem, size: Size, steps: tuple[Step, ...]
    ) -> dict[str, frozenset[Irrep]]:
        """Return the irreps of every step that can be made before it and used after it: no dead paths."""
        all_of_them = self.candidates(problem.fiber, size)
        if not all_of_them:
            return dict.fromkeys((step.name for step in steps), frozenset())
        fiber = problem.fiber
        image = problem.features.irreps if problem.features else ()
        made: dict[str, frozenset[Irrep]] = {"": frozenset(image)}
        for step in steps:
            sources = made[step.reads]
            if step.kind == "conv":
                kernel = self.kernel(problem, step)
                made[step.name] = frozenset(
                    out
                    for out in all_of_them
                    if any(basis_size(fiber, a, out, kernel) for a in sources)
                )
            else:
                made[step.name] = sources | (
                    made[step.skip] if step.kind == "join" else frozenset()
                )
        used: dict[str, frozenset[Irrep]] = {name: frozenset() for name in made}
        used[steps[-1].name] = needed_irreps(problem)
        for step in reversed(steps):
            after = used[step.name] & made[step.name]
            if step.kind == "conv":
                kernel = self.kernel(problem, step)
                after = frozenset(
                    a
                    for a in all_of_them
                    if any(basis_size(fiber, a, out, kernel) for out in after)
                )
            used[step.reads] |= after
            if step.kind == "join":
                used[step.skip] |= after
        return {name: made[name] & used[name] for name in made}

    def invariants(
        self, problem: Problem, target: str, trunk: Layer, size: tuple[int, int]
    ) -> Layer:
        """A learned invariant map."""
        rep = Rep.parse(trunk.out.rep, problem.fiber)
        return make_layer(
            f"{target}_invariants",
            "invariant-map",
            (PIXELS, rep),
            (PIXELS, scalars(max(2 * rep.terms[0][0], 16), problem.fiber)),
            "the invariant part of the features",
            source=trunk.name,
            writes=target,
            nonlinearity="relu",
            normalization="none" if size == (1, 1) else "inner-batch",
            options={"size": list(size), "layout": self.layout},
        )

    def readout(
        self, problem: Problem, target: str, trunk: Layer, rep: Rep, size: tuple[int, int]
    ) -> Layer:
        """A 1 x 1 steerable convolution."""
        return make_layer(
            f"{target}_readout",
            "field-readout",
            (PIXELS, Rep.parse(trunk.out.rep, problem.fiber)),
            (PIXELS, rep),
            f"Schur: linear from the features to the representation of the {target}",
            source=trunk.name,
            writes=target,
            options={
                "size": list(size),
                "layout": self.layout,
                # a softmax over pixels does not see a constant
                **({"bias": False} if target == "translation" else {}),
            },
        )

    def values(self, problem: Problem, field: Layer, size: tuple[int, int]) -> Layer:
        """The latent field's components."""
        rep = Rep.parse(field.out.rep, problem.fiber)
        return make_layer(
            "latent",
            "field-values",
            (PIXELS, rep),
            (PIXELS, rep),
            "the code is an output too",
            source=field.name,
            writes="latent",
            options={"size_out": list(size)},
        )

    def caveats(self, problem: Problem) -> tuple[str, ...]:
        """What the grid does not allow."""
        group, kept = problem.fiber, grid_subgroup(problem.fiber)
        notes: list[str] = []
        if kept != group:
            rest = "only the identity" if kept.order == 1 else kept.name
            notes.append(
                f"The pixel grid has {rest} of {group.name}'s elements: for these the model is exact, for other "
                "angles as good as the resolution allows, since an image turned by them is interpolated."
            )
            notes.append(
                "Under such angles the corners of a square leave the frame: let the background be constant, or mask "
                "inputs with a centred disc, in training and in use."
            )
        height, width = problem.data.size
        if height != width and kept.n == 4:
            notes.append(
                f"A quarter turn makes a {height}x{width} image {width}x{height}: the model takes both."
            )
        if group.kind == "dihedral" and (group.n or 0) <= 2 and problem.task == "pose_estimation":
            notes.append(
                f"Under {group.name} a polar vector is reducible (its x and y never mix): the frame is two such "
                "vectors, orthonormalised; images that the group does not relate may have any two frames."
            )
        return tuple(notes)


def needed_irreps(problem: Problem) -> frozenset[Irrep]:
    """Return the irreps that the outputs read from the features."""
    found: set[Irrep] = set()
    for target in problem.targets:
        if target.name == "latent":
            continue
        found |= {*target.rep.expand().irreps}
        if target.name == "translation":
            found.add(trivial(problem.fiber))
    return frozenset(found)


def fields_wide(problem: Problem, dimension: int, least: int = 4) -> int:
    """Return how many fields of a dimension make up the usual number of channels."""
    return max(least, CHANNELS[problem.request.constraints.priority] // dimension)
