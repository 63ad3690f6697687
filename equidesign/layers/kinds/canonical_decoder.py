"""Decoder of an invariant code under circular shifts: decode in place, shift to where the input was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
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
from equidesign.layers.common import same, scalars_only
from equidesign.layers.kinds._planar import grid_of, size_option
from equidesign.layers.kinds.deep_sets import CODE, SKIP_CODE, code_faults
from equidesign.spec.field import Space
from equidesign.spec.layer import Exactness, Level

AXES = {"height": 2, "width": 3}


class CanonicalDecoder(LayerKind):
    """Expands the code to an image, then shifts it by the phases that a learned map has on each axis."""

    id = "canonical-decoder"
    title = "Shift-equivariant decoder"
    type = "Decoder"
    reference = (
        "Winter et al. 2022 (Unsupervised learning of group invariant and equivariant "
        "representations), sec. 3; Fourier shift theorem"
    )
    backends = ("torch",)
    nonlinearities = ("relu",)
    normalizations = ("batch",)
    options: ClassVar[Mapping[str, Option]] = {
        "skip": SKIP_CODE,
        "code": CODE,
        "axes": Option(
            list,
            "circular axes: height, width",
            items=Option(str, "an axis", choices=tuple(AXES)),
            length=(1, 2),
        ),
        "sizes": Option(
            list,
            "heights and widths from the coarsest to that of the image",
            items=size_option("height and width"),
            length=(1, 12),
        ),
        "size": size_option("height and width of the image, in pixels"),
    }
    spaces = same(Space.pixels, Space.sphere)

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """Scalars only; axes that wrap around and are longer than one pixel; sizes that end at the image's."""
        size, sizes, axes = layer.option("size"), layer.option("sizes"), layer.option("axes")
        yield from scalars_only(layer, "the decoder")
        if len(set(axes)) < len(axes):
            yield Fault("options.axes", "an axis stands twice", "write each axis once")
        elif 1 in [size[AXES[axis] - 2] for axis in axes]:
            yield Fault("options.axes", "an axis of one pixel can't be shifted", "leave it out")
        elif layer.in_.space is Space.sphere and axes != ["width"]:
            yield Fault(
                "options.axes",
                "on the sphere only longitudes wrap around",
                "write width alone",
                "illegal-border",
            )
        elif layer.in_.space is Space.pixels and len(axes) < sum(side > 1 for side in size):
            yield Fault(
                "options.axes",
                f"shifts along {' and '.join(set(AXES) - set(axes))} are not decoded, and T(2) is broken",
                "write height and width",
                "broken-layer",
            )
        if sizes[-1] != size:
            yield Fault("options.sizes", "the last size is that of the image", f"write {size}")
        elif any(a > b for one, other in pairwise(sizes) for a, b in zip(one, other, strict=True)):
            yield Fault("options.sizes", "sizes go from the coarsest to that of the image")

    def skip_faults(self, layer: TypedLayer, skip: TypedLayer) -> Iterator[Fault]:
        """The code is as wide as it says."""
        yield from code_faults(layer, skip)

    def ports(self, layer: TypedLayer) -> tuple[Port, Port]:
        """The grid stays."""
        grid = grid_of(layer)
        return Port(grid), Port(grid)

    def parameters(self, layer: TypedLayer) -> int:
        """The maps of places, the expansion, a block for every size, the last convolution."""
        width, code, channels = layer.in_.rep.dim, layer.option("code"), layer.out.rep.dim
        sizes = layer.option("sizes")
        cells = sizes[0][0] * sizes[0][1]
        blocks = len(sizes) * (9 * width * width + 2 * width)
        return int(
            len(layer.option("axes")) * width
            + (code + 1) * width * cells
            + blocks
            + (9 * width + 1) * channels
        )

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """A convolution at every size, and Fourier transforms of the image."""
        width, channels = layer.in_.rep.dim, layer.out.rep.dim
        grids = [height * columns for height, columns in layer.option("sizes")]
        area = grids[-1]
        flops = 2 * layer.option("code") * width * grids[0] + 18 * width**2 * sum(grids)
        flops += 18 * width * channels * area + 2 * width * len(layer.option("axes")) * area
        for axis in layer.option("axes"):
            side = layer.option("size")[AXES[axis] - 2]
            flops += 10 * channels * area * max(side - 1, 1).bit_length()
        return Cost(
            flops,
            7 * width * sum(grids) + 4 * channels * area,
            "18 * width^2 * (pixels of all sizes) + 2 code width cells + transforms",
        )

    def exactness(self, layer: TypedLayer) -> Exactness:
        """Circular shifts by whole pixels multiply the phases, hence the modes of the output."""
        if layer.in_.space is Space.sphere:
            columns = layer.option("size")[1]
            return Exactness(
                level=Level.approximate,
                subgroup=f"C{columns}",
                why=f"turns by whole columns, multiples of 360/{columns} degrees, are exact; in "
                "between the Nyquist mode is not",
            )
        return Exactness(
            subgroup="T(2)",
            why="a circular shift multiplies the phase of the learned map, and the modes of the "
            "output by the same powers",
        )

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return construction and call."""
        axes = tuple(AXES[axis] for axis in layer.option("axes"))
        sizes = tuple(tuple(size) for size in layer.option("sizes"))
        return Code(
            "CanonicalDecoder",
            (str(layer.in_.rep.dim), str(layer.option("code")), str(layer.out.rep.dim)),
            {"axes": str(axes), "sizes": str(sizes)},
            call=("{out} = {self}({in}, {skip})",),
        )


KINDS = (CanonicalDecoder(),)
