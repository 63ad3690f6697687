"""Ordinary convolutions: zero-padded, circular on a torus, or on the grid of the sphere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
from equidesign.layers.common import kept_field, same, scalars_only
from equidesign.layers.kinds._planar import (
    MAX_KERNEL,
    MAX_SIDE,
    grid_of,
    largest_kernel,
    size_option,
)
from equidesign.spec.field import Space
from equidesign.spec.layer import Exactness, Level

BORDERS = ("zeros", "circular", "sphere")
BORDER = Option(str, "what lies beyond the border", choices=BORDERS)
SIZE = size_option("height and width, in pixels")
KERNEL = Option(
    int, "odd side of the kernel; 3 unless the border is zeros", minimum=1, maximum=MAX_KERNEL
)
DILATION = Option(
    int, "distance of the kernel's taps, 1 where the border is zeros", minimum=1, maximum=MAX_SIDE
)


def grid_exactness(layer: TypedLayer, size: list[int], border: str) -> Exactness:
    """Return the ledger's line of a convolution with stride 1."""
    if border == "circular":
        return Exactness(
            subgroup="T(2)",
            why=f"stride 1 and a circular border: exact for all {size[0]} x {size[1]} circular "
            "shifts by whole pixels",
        )
    if border == "sphere":
        return columns_exactness(layer, size[1])
    return Exactness(
        subgroup=layer.group.name,
        why="stride 1 keeps shifts by whole pixels away from the border; zeros beyond it tell "
        "features where they are (Islam et al. 2020)",
    )


def columns_exactness(layer: TypedLayer, columns: int) -> Exactness:
    """Return the ledger's line of a nonlinear layer on the grid of the sphere."""
    return Exactness(
        level=Level.approximate,
        subgroup=f"C{columns}",
        why=f"turns by whole columns, multiples of 360/{columns} degrees, are exact; in between "
        "the nonlinearity aliases on the grid",
    )


class GridConvolution(LayerKind):
    """What the convolutions share: plain channels, one border, the ledger."""

    type = "Convolution"
    backends = ("torch",)
    nonlinearities = ("relu",)
    normalizations = ("batch",)
    spaces = same(Space.pixels, Space.sphere)
    prefix: ClassVar[Mapping[str, str]] = {"zeros": "", "circular": "Circular", "sphere": "Sphere"}

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """Dense mixing of channels is legal on scalars only; odd kernels; margins that fit."""
        yield from scalars_only(layer, "a plain convolution")
        border, kernel, grid = layer.option("border"), layer.option("kernel"), grid_of(layer)
        if kernel % 2 == 0:
            message = f"a kernel of side {kernel} has no pixel at its centre"
            yield Fault(
                "options.kernel", message, f"write {kernel - 1} or {kernel + 1}", "even-kernel"
            )
        elif border != "zeros" and kernel != 3:
            yield Fault("options.kernel", f"with border '{border}' kernels are 3 x 3", "write 3")
        elif kernel > largest_kernel(grid):
            message = (
                f"most of a kernel of side {kernel} never meets an image of {grid[0]} x {grid[1]}"
            )
            yield Fault("options.kernel", message, f"at most {largest_kernel(grid)}")
        if (border == "sphere") != (layer.in_.space is Space.sphere):
            yield Fault(
                "options.border",
                f"a field on {layer.in_.space.value} does not have the border '{border}'",
                "the border 'sphere' is that of the space 'sphere'",
                "illegal-border",
            )
        if layer.option("dilation", 1) > min(grid):
            yield Fault(
                "options.dilation", "the kernel reaches around the image more than once", "lower it"
            )

    def ports(self, layer: TypedLayer) -> tuple[Port, Port]:
        """The grid stays: the stride is 1."""
        grid = grid_of(layer)
        return Port(grid), Port(grid)

    def exactness(self, layer: TypedLayer) -> Exactness:
        """Decided by the border."""
        return grid_exactness(layer, layer.option("size"), layer.option("border"))

    def convolution_cost(self, layer: TypedLayer, convolutions: int) -> Cost:
        """Return the cost of so many convolutions, the last ones from output to output width."""
        a, b, k = layer.in_.rep.dim, layer.out.rep.dim, layer.option("kernel")
        area = layer.option("size")[0] * layer.option("size")[1]
        return Cost(
            2 * area * k * k * (a * b + (convolutions - 1) * b * b) + 4 * convolutions * area * b,
            3 * convolutions * area * b,
            "2 * pixels * kernel^2 * in * out per convolution",
        )


class ConvBlock(GridConvolution):
    """Convolution, batch normalisation, ReLU."""

    id = "conv-block"
    accelerations = ("compile",)
    title = "Convolution"
    reference = "LeCun et al. 1998, sec. II; Ioffe & Szegedy 2015 (Batch normalization)"
    options: ClassVar[Mapping[str, Option]] = {"border": BORDER, "kernel": KERNEL, "size": SIZE}

    def parameters(self, layer: TypedLayer) -> int:
        """Kernel, scale and shift."""
        a, b, k = layer.in_.rep.dim, layer.out.rep.dim, layer.option("kernel")
        return int(k * k * a * b + 2 * b)

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """One convolution."""
        return self.convolution_cost(layer, 1)

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return construction and call."""
        border = layer.option("border")
        args = [str(layer.in_.rep.dim), str(layer.out.rep.dim)]
        if border == "zeros":
            args.append(str(layer.option("kernel")))
        name = f"{self.prefix[border]}ConvBlock"
        return Code(name, tuple(args), call=("{out} = {self}({in})",))


class ResidualConvBlock(GridConvolution):
    """Two convolutions with batch normalisation and a way past them."""

    id = "residual-conv-block"
    accelerations = ("compile",)
    title = "Residual block"
    reference = "He et al. 2016 (ResNet), eq. 1; Yu & Koltun 2016 (dilated convolutions), eq. 2"
    options: ClassVar[Mapping[str, Option]] = {
        "border": BORDER,
        "kernel": KERNEL,
        "dilation": DILATION,
        "size": SIZE,
    }

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """A residual keeps the field."""
        yield from super().faults(layer)
        yield from kept_field(layer, "a residual block")
        if layer.option("border") == "zeros" and layer.option("dilation") != 1:
            yield Fault(
                "options.dilation", "a zero border is for networks that halve instead", "write 1"
            )

    def parameters(self, layer: TypedLayer) -> int:
        """Two kernels, two scales and shifts."""
        width, kernel = layer.in_.rep.dim, layer.option("kernel")
        return int(2 * kernel**2 * width**2 + 4 * width)

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """Two convolutions."""
        return self.convolution_cost(layer, 2)

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return construction and call."""
        border = layer.option("border")
        last = layer.option("kernel") if border == "zeros" else layer.option("dilation")
        return Code(
            f"{self.prefix[border]}ResidualBlock",
            (str(layer.in_.rep.dim), str(last)),
            call=("{out} = {self}({in})",),
        )


KINDS = (ConvBlock(), ResidualConvBlock())
