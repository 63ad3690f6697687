"""What the grid of latitudes and longitudes needs under turns about the polar axis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from equidesign.groups.irreps import trivial
from equidesign.groups.rep import Rep
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
from equidesign.layers.common import in_a_row, kept_field, same
from equidesign.layers.kinds._spherical import BANDWIDTH, bandwidth_constant, sphere_grid
from equidesign.spec.field import Space
from equidesign.spec.layer import Exactness


class LatitudeChannel(LayerKind):
    """Appends the height above the equatorial plane: what turns about the axis keep may be known."""

    id = "latitude-channel"
    title = "Latitude channel"
    type = "Embedding"
    reference = "Liu et al. 2018 (CoordConv), sec. 3"
    backends = ("torch",)
    options: ClassVar[Mapping[str, Option]] = {"bandwidth": BANDWIDTH}
    spaces = same(Space.sphere)

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """One invariant channel more."""
        expected = layer.in_.rep + Rep(layer.group, ((1, trivial(layer.group)),))
        if layer.out.rep.simplify() != expected.simplify():
            message = "the latitude is one invariant channel"
            yield Fault("out.rep", message, f"write {in_a_row(expected)}")

    def ports(self, layer: TypedLayer) -> tuple[Port, Port]:
        """The grid stays."""
        grid = sphere_grid(layer)
        return Port(grid), Port(grid)

    def parameters(self, layer: TypedLayer) -> int:
        """Nothing is learned."""
        return 0

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """A broadcast."""
        side = 2 * int(layer.option("bandwidth"))
        return Cost(0, side * side * layer.out.rep.dim, "0 (broadcast)")

    def exactness(self, layer: TypedLayer) -> Exactness:
        """The latitude does not change under turns about the polar axis."""
        return Exactness(
            subgroup=layer.group.name, why="turns about the polar axis keep the latitude"
        )

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return the call."""
        return Code(
            None,
            call=("{out} = add_latitude({in})",),
            uses=("add_latitude",),
            constants=(bandwidth_constant(layer),),
        )


class SphereMean(LayerKind):
    """Mean over the sphere, cells weighted by their area."""

    id = "sphere-mean"
    title = "Pooling over the sphere"
    type = "Pooling"
    reference = "Esteves et al. 2018 (SO(3) representations with spherical CNNs), sec. 4.4"
    backends = ("torch",)
    poolings = ("mean",)
    spaces = ((Space.sphere, Space.global_),)
    options: ClassVar[Mapping[str, Option]] = {"bandwidth": BANDWIDTH}

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """Pooling keeps the representation and leaves the sphere."""
        yield from kept_field(layer, "pooling", space=False)

    def ports(self, layer: TypedLayer) -> tuple[Port, Port]:
        """Reads a grid."""
        return Port(sphere_grid(layer)), Port()

    def parameters(self, layer: TypedLayer) -> int:
        """Nothing is learned."""
        return 0

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """One addition for every number."""
        side = 2 * int(layer.option("bandwidth"))
        return Cost(side * side * layer.in_.rep.dim, layer.in_.rep.dim, "4 b^2 * dim")

    def exactness(self, layer: TypedLayer) -> Exactness:
        """A mean along circles of latitude does not change when they turn."""
        return Exactness(
            subgroup=layer.group.name, why="a mean along each circle of latitude is invariant"
        )

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return the call."""
        return Code(None, call=("{out} = sphere_mean({in})",), uses=("sphere_mean",))


KINDS = (LatitudeChannel(), SphereMean())
