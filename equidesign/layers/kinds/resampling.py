"""Halving and doubling the resolution of an image with the grid's symmetry kept exactly, at every size."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import ClassVar

from equidesign.layers.base import (
    Code,
    Cost,
    Dialect,
    Fault,
    LayerKind,
    Option,
    Sizes,
    TypedLayer,
)
from equidesign.layers.kinds._planar import on_the_grid
from equidesign.spec.layer import Exactness

SIZE = Option(list, "height and width of the input, in pixels")
SIZE_OUT = Option(list, "height and width of the output, in pixels")
BACKENDS = ("escnn", "torch")


class BlurPool(LayerKind):
    """Anti-aliased halving: a binomial filter, the same for every component, with stride 2."""

    id = "blur-pool"
    title = "Anti-aliased down-sampling"
    type = "Pooling"
    reference = "Zhang 2019 (Making convolutional networks shift-invariant again), sec. 3.2"
    backends = BACKENDS
    poolings = ("blur",)
    options: ClassVar[dict[str, Option]] = {"size": SIZE, "size_out": SIZE_OUT}

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """The representation stays; sides are halved, odd ones rounded up."""
        if layer.in_.rep != layer.out.rep:
            yield Fault("out", "pooling keeps the representation", f"write {layer.in_.rep}")
        expected = [(side + 1) // 2 for side in layer.option("size")]
        if list(layer.option("size_out")) != expected:
            yield Fault("options.size_out", "sides are halved", f"write {expected}")

    def parameters(self, layer: TypedLayer) -> int:
        """The filter is fixed."""
        return 0

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """One filter a component: 4 or 5 taps along each axis."""
        rows, columns = layer.option("size_out")
        taps = math.prod(4 + side % 2 for side in layer.option("size"))
        numbers = layer.in_.rep.dim * rows * columns
        return Cost(2 * taps * numbers, numbers, "2 * taps * dim * pixels")

    def exactness(self, layer: TypedLayer) -> Exactness:
        """Four taps on an even side, five on an odd one: (n + 2p - k) mod 2 = 0 always."""
        filters = " and ".join(
            dict.fromkeys(
                "[1,3,3,1] with padding 1 on an even side"
                if side % 2 == 0
                else "[1,4,6,4,1] with padding 2 on an odd side"
                for side in layer.option("size")
            )
        )
        return on_the_grid(layer, filters)

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return the call."""
        fields = dialect.name == "escnn"
        line = "{in}.type(blur_pool({in}.tensor))" if fields else "blur_pool({in})"
        return Code(None, call=("{out} = " + line,), uses=("blur_pool",))


class UpsampleJoin(LayerKind):
    """Interpolates to the size of an encoder level and stacks that level's channels: the step of a U-shaped net."""

    id = "upsample-join"
    title = "Up-sampling with skip"
    type = "Up-sampling"
    reference = "Ronneberger et al. 2015 (U-Net), sec. 2"
    backends = BACKENDS
    options: ClassVar[dict[str, Option]] = {
        "size": SIZE,
        "size_out": SIZE_OUT,
        "skip": Option(str, "layer whose size is restored and whose channels are stacked"),
    }

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """The output is the input's representation and the skip's."""
        rest = {irrep: -mul for mul, irrep in layer.in_.rep.simplify().terms}
        for mul, irrep in layer.out.rep.simplify().terms:
            rest[irrep] = rest.get(irrep, 0) + mul
        if any(mul < 0 for mul in rest.values()):
            yield Fault("out", f"the output holds the input {layer.in_.rep} and the skip")

    def parameters(self, layer: TypedLayer) -> int:
        """Interpolation is fixed."""
        return 0

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """Linear interpolation along both axes."""
        rows, columns = layer.option("size_out")
        area = rows * columns
        return Cost(6 * layer.in_.rep.dim * area, layer.out.rep.dim * area, "6 * dim * pixels")

    def exactness(self, layer: TypedLayer) -> Exactness:
        """Bilinear interpolation about the common centre."""
        return on_the_grid(layer, "bilinear interpolation about the centre")

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return the call."""
        name = "upsample_and_join" if dialect.name == "escnn" else "upsample_and_stack"
        return Code(None, call=(f"{{out}} = {name}({{in}}, {{skip}})",), uses=(name,))


class Upsample(LayerKind):
    """Interpolates to the size of an earlier level, of which nothing else is used."""

    id = "upsample"
    title = "Up-sampling"
    type = "Up-sampling"
    reference = "Odena et al. 2016 (Deconvolution and checkerboard artifacts)"
    backends = BACKENDS
    options: ClassVar[dict[str, Option]] = {
        "size": SIZE,
        "size_out": SIZE_OUT,
        "skip": Option(str, "layer whose size is restored"),
    }

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """The representation stays."""
        if layer.in_.rep != layer.out.rep:
            yield Fault("out", "interpolation keeps the representation", f"write {layer.in_.rep}")

    def parameters(self, layer: TypedLayer) -> int:
        """Interpolation is fixed."""
        return 0

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """Linear interpolation along both axes."""
        rows, columns = layer.option("size_out")
        area = rows * columns
        return Cost(6 * layer.in_.rep.dim * area, layer.out.rep.dim * area, "6 * dim * pixels")

    def exactness(self, layer: TypedLayer) -> Exactness:
        """Bilinear interpolation about the common centre."""
        return on_the_grid(layer, "bilinear interpolation about the centre")

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return the call; only the shape of the skip is read."""
        if dialect.name == "escnn":
            line = "{out} = {in}.type(enlarge({in}.tensor, {skip}.shape[2:]))"
        else:
            line = "{out} = enlarge({in}, {skip}.shape[2:])"
        return Code(None, call=(line,), uses=("enlarge",))


KINDS = (BlurPool(), UpsampleJoin(), Upsample())
