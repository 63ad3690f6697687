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
    Port,
    Sizes,
    TypedLayer,
)
from equidesign.layers.common import kept_field, same
from equidesign.layers.kinds._planar import grid_of, half, on_the_grid, size_option
from equidesign.spec.field import Space
from equidesign.spec.layer import Exactness

SIZE = size_option("height and width of the input, in pixels")
SIZE_OUT = size_option("height and width of the output, in pixels")
BACKENDS = ("escnn", "torch")


def resized(layer: TypedLayer) -> tuple[Port, Port]:
    """Return the grids before and after; fields are passed on in the form in which they come."""
    return Port(grid_of(layer), None), Port(grid_of(layer, "size_out"), None)


def enlarged_faults(layer: TypedLayer) -> Iterator[Fault]:
    """Yield a fault where halving the larger grid does not give the smaller one: the centres would differ."""
    if half(grid_of(layer, "size_out")) != grid_of(layer):
        sides = [[2 * side, 2 * side - 1] for side in layer.option("size")]
        legal = " and ".join(f"{even} or {odd}" for even, odd in sides)
        message = f"{layer.option('size')} is enlarged to twice its size, or one less"
        yield Fault("options.size_out", message, f"height and width {legal}", "grid-size")


def restored_faults(layer: TypedLayer, skip: TypedLayer) -> Iterator[Fault]:
    """Yield a fault where the size is not that of the layer that the option ``skip`` names."""
    if skip.out.space is not Space.pixels:
        message = f"'{skip.name}' writes on {skip.out.space.value}, not on pixels"
        yield Fault("options.skip", message, label="unfitting-skip")
        return
    key = "size_out" if "size_out" in skip.layer.options else "size"
    size = skip.option(key)
    if size != layer.option("size_out"):
        message = f"'{skip.name}', which it is enlarged to, has size {size}"
        yield Fault("options.size_out", message, f"write {size}", "grid-size")


class BlurPool(LayerKind):
    """Anti-aliased halving: a binomial filter, the same for every component, with stride 2."""

    id = "blur-pool"
    title = "Anti-aliased down-sampling"
    type = "Pooling"
    reference = "Zhang 2019 (Making convolutional networks shift-invariant again), sec. 3.2"
    backends = BACKENDS
    poolings = ("blur",)
    spaces = same(Space.pixels)
    options: ClassVar[dict[str, Option]] = {"size": SIZE, "size_out": SIZE_OUT}

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """The representation stays; sides are halved, odd ones rounded up."""
        yield from kept_field(layer, "pooling")
        expected = list(half(grid_of(layer)))
        if layer.option("size_out") != expected:
            message = f"sides of {layer.option('size')} are halved, odd ones rounded up"
            yield Fault("options.size_out", message, f"write {expected}", "grid-size")

    def ports(self, layer: TypedLayer) -> tuple[Port, Port]:
        """Fields stay fields."""
        return resized(layer)

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
    stacks_skip = True
    spaces = same(Space.pixels)

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """Sizes are doubled: the fields are interpolated about a common centre."""
        yield from enlarged_faults(layer)

    def skip_faults(self, layer: TypedLayer, skip: TypedLayer) -> Iterator[Fault]:
        """The output is the input's representation and the skip's."""
        yield from restored_faults(layer, skip)
        expected = layer.in_.rep + skip.out.rep
        if layer.out.rep.simplify() != expected.simplify():
            message = f"stacks {layer.in_.rep} and {skip.out.rep} of '{skip.name}'"
            yield Fault("out.rep", message, f"write {expected.simplify()}", "layer-output")

    def ports(self, layer: TypedLayer) -> tuple[Port, Port]:
        """Fields stay fields."""
        return resized(layer)

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
    spaces = same(Space.pixels)

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """The representation stays; sizes are doubled."""
        yield from kept_field(layer, "interpolation")
        yield from enlarged_faults(layer)

    def skip_faults(self, layer: TypedLayer, skip: TypedLayer) -> Iterator[Fault]:
        """The size is that of the skip."""
        yield from restored_faults(layer, skip)

    def ports(self, layer: TypedLayer) -> tuple[Port, Port]:
        """Fields stay fields."""
        return resized(layer)

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
