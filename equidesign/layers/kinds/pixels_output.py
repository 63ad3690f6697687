"""How the pixels of an image become the outputs of the model: means, heads, centres."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import ClassVar

from equidesign.groups.irreps import trivial, vector
from equidesign.groups.rep import Rep
from equidesign.layers.base import (
    Code,
    Constant,
    Cost,
    Dialect,
    Fault,
    LayerKind,
    Option,
    Port,
    Sizes,
    TypedLayer,
)
from equidesign.layers.common import in_a_row, kept_field, same, scalars_only
from equidesign.layers.irreps_math import mlp_weights
from equidesign.layers.kinds._planar import MAX_SIDE, grid_of, on_the_grid, size_option
from equidesign.layers.kinds.mlp_head import ACTIVATIONS, HIDDEN
from equidesign.spec.field import Space
from equidesign.spec.layer import Exactness

SIZE = size_option("height and width, in pixels")
BACKENDS = ("escnn", "torch")


def centroid_faults(layer: TypedLayer, one: Rep, place: str) -> Iterator[Fault]:
    """Yield a fault where a centroid is not made of one weight and one offset, in this order."""
    expected = Rep(layer.group, ((1, trivial(layer.group)),)) + one
    if in_a_row(layer.in_.rep) != in_a_row(expected):
        message = f"a centre is made of one scalar weight, then one offset, a {place}"
        yield Fault("in.rep", message, f"write {expected}")
    if layer.out.rep != one:
        yield Fault("out.rep", "a position is a polar vector", f"write {one}")


class PoolPixels(LayerKind):
    """Mean over all pixels: what a shift, a turn or a reflection of the image does to positions is gone."""

    id = "pool-pixels"
    title = "Pooling over pixels"
    type = "Pooling"
    reference = "Lin et al. 2014 (Network in network), sec. 3.2"
    backends = BACKENDS
    poolings = ("mean",)
    options: ClassVar[dict[str, Option]] = {"size": SIZE}
    spaces = ((Space.pixels, Space.global_),)

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """Pooling keeps the representation and leaves the pixels."""
        yield from kept_field(layer, "pooling", space=False)

    def ports(self, layer: TypedLayer) -> tuple[Port, Port]:
        """Reads a grid."""
        return Port(grid_of(layer)), Port()

    def parameters(self, layer: TypedLayer) -> int:
        """Nothing is learned."""
        return 0

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """One addition for every number."""
        height, width = layer.option("size")
        return Cost(height * width * layer.in_.rep.dim, layer.in_.rep.dim, "pixels * dim")

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return the call."""
        return Code(None, call=("{out} = {in}.mean(dim=(2, 3))",))


class PixelHead(LayerKind):
    """The same perceptron on the invariants of every pixel: 1 x 1 convolutions."""

    id = "pixel-head"
    title = "Invariant head on pixels"
    type = "MLP"
    reference = "Lin et al. 2014 (Network in network), sec. 3.1"
    backends = BACKENDS
    nonlinearities = tuple(ACTIVATIONS)
    options: ClassVar[dict[str, Option]] = {"hidden": HIDDEN, "size": SIZE}
    spaces = same(Space.pixels, Space.sphere)

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """Mixing components with a dense matrix is legal on invariants only."""
        yield from scalars_only(layer, "a dense layer")

    def ports(self, layer: TypedLayer) -> tuple[Port, Port]:
        """The grid stays."""
        grid = grid_of(layer)
        return Port(grid), Port(grid)

    def widths(self, layer: TypedLayer) -> tuple[int, ...]:
        """Return all widths, input and output included."""
        return (layer.in_.rep.dim, *layer.option("hidden"), layer.out.rep.dim)

    def parameters(self, layer: TypedLayer) -> int:
        """Weights and biases."""
        return mlp_weights(self.widths(layer), bias=True)

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """Two operations a weight and pixel."""
        height, width = layer.option("size")
        widths = self.widths(layer)
        return Cost(
            2 * height * width * mlp_weights(widths, bias=False),
            height * width * sum(widths[1:]),
            "2 * pixels * weights",
        )

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return construction and call."""
        widths = self.widths(layer)
        activation = ACTIVATIONS[layer.layer.nonlinearity]
        modules: list[str] = []
        for a, b in itertools.pairwise(widths):
            modules += [f"nn.Conv2d({a}, {b}, kernel_size=1)", activation]
        return Code("nn.Sequential", tuple(modules[:-1]), call=("{out} = {self}({in})",))


class PixelCentroid(LayerKind):
    """A point that moves with the image: softmax-weighted mean of pixel positions plus offsets."""

    id = "pixel-centroid"
    title = "Equivariant centre"
    type = "Attention pooling"
    reference = "Levine et al. 2016 (End-to-end training of visuomotor policies), eq. 1"
    backends = BACKENDS
    options: ClassVar[dict[str, Option]] = {
        "size": SIZE,
        "spacing": Option(
            int, "distance of neighbouring features, in pixels", minimum=1, maximum=MAX_SIDE
        ),
    }
    spaces = ((Space.pixels, Space.global_),)

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """One invariant weight and one polar offset a pixel."""
        one = vector(layer.group)
        yield from centroid_faults(layer, one, "pixel")

    def ports(self, layer: TypedLayer) -> tuple[Port, Port]:
        """Reads a grid."""
        return Port(grid_of(layer)), Port()

    def parameters(self, layer: TypedLayer) -> int:
        """Nothing is learned."""
        return 0

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """A softmax and a weighted sum."""
        height, width = layer.option("size")
        return Cost(12 * height * width, height * width * (layer.in_.rep.dim + 1), "12 * pixels")

    def exactness(self, layer: TypedLayer) -> Exactness:
        """Positions are measured from the centre, which the grid's symmetries keep."""
        return on_the_grid(layer, "the grid of positions about the centre")

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return the call."""
        spacing = Constant("SPACING", layer.option("spacing"), "pixels between features")
        return Code(
            None,
            call=("{out} = image_centroid({in}, SPACING)",),
            uses=("image_centroid",),
            constants=(spacing,),
        )


KINDS = (PoolPixels(), PixelHead(), PixelCentroid())
