"""Between signals on the sphere and their spherical-harmonic coefficients."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from equidesign.layers.base import (
    Code,
    Cost,
    Dialect,
    Fault,
    Option,
    Port,
    Sizes,
    TypedLayer,
)
from equidesign.layers.common import same
from equidesign.layers.kinds._spherical import (
    BANDWIDTH,
    LMAX,
    TRANSFORM_FORMULA,
    SphereLayer,
    bandwidth_constant,
    field_rep,
    signal_rep,
    sphere_grid,
    transform_cost,
)
from equidesign.spec.field import Space


class SphereAnalysis(SphereLayer):
    """Signals on the equiangular grid -> spherical-harmonic coefficients, by exact quadrature."""

    id = "sphere-analysis"
    title = "Spherical Fourier transform"
    type = "Fourier Transform"
    reference = "Driscoll & Healy 1994, theorem 3; Kostelec & Rockmore 2008, eqs. 2.5 and 2.6"
    options: ClassVar[Mapping[str, Option]] = {"bandwidth": BANDWIDTH}
    spaces = ((Space.sphere, Space.global_),)

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """Each signal gives each degree once, with parity (-1)^l."""
        yield from self.band_faults(layer, layer.out.rep.lmax, "out.rep")
        yield from self.scalar_faults(layer)
        expected = signal_rep(layer.in_.rep.dim, layer.out.rep.lmax, layer.out.rep)
        if layer.out.rep != expected:
            message = f"{layer.in_.rep.dim} scalar signals have these coefficients only"
            yield Fault("out.rep", message, f"write {expected}")

    def ports(self, layer: TypedLayer) -> tuple[Port, Port]:
        """Reads a grid."""
        return Port(sphere_grid(layer)), Port()

    def parameters(self, layer: TypedLayer) -> int:
        """Nothing is learned."""
        return 0

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """Two small matrix products: over longitudes, then over colatitudes."""
        channels, lmax = layer.in_.rep.dim, layer.out.rep.lmax
        side = 2 * int(layer.option("bandwidth"))
        return Cost(
            transform_cost(channels, side // 2, lmax),
            channels * side * (2 * lmax + 1) + layer.out.rep.dim,
            TRANSFORM_FORMULA,
        )

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return construction and call."""
        return Code(
            "SphereAnalysis",
            (bandwidth_constant(layer), str(layer.out.rep.lmax)),
            call=("{out} = {self}({in})",),
        )


class SphereSynthesis(SphereLayer):
    """Spherical-harmonic coefficients -> signals on the equiangular grid."""

    id = "sphere-synthesis"
    title = "Inverse spherical Fourier transform"
    type = "Fourier Transform"
    reference = "Driscoll & Healy 1994, sec. 2; Cohen et al. 2018 (Spherical CNNs), eq. 7"
    options: ClassVar[Mapping[str, Option]] = {"bandwidth": BANDWIDTH}
    spaces = ((Space.global_, Space.sphere),)

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """Each signal needs each degree once, with parity (-1)^l."""
        yield from self.band_faults(layer, layer.in_.rep.lmax, "in.rep")
        yield from self.scalar_faults(layer)
        expected = signal_rep(layer.out.rep.dim, layer.in_.rep.lmax, layer.in_.rep)
        if layer.in_.rep != expected:
            message = f"{layer.out.rep.dim} scalar signals have these coefficients only"
            yield Fault("in.rep", message, f"write {expected}")

    def ports(self, layer: TypedLayer) -> tuple[Port, Port]:
        """Writes a grid."""
        return Port(), Port(sphere_grid(layer))

    def parameters(self, layer: TypedLayer) -> int:
        """Nothing is learned."""
        return 0

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """Two small matrix products: over degrees, then over orders."""
        channels, lmax = layer.out.rep.dim, layer.in_.rep.lmax
        side = 2 * int(layer.option("bandwidth"))
        return Cost(
            transform_cost(channels, side // 2, lmax),
            channels * side * (2 * lmax + 1 + side),
            TRANSFORM_FORMULA,
        )

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return construction and call."""
        return Code(
            "SphereSynthesis",
            (bandwidth_constant(layer), str(layer.in_.rep.lmax)),
            call=("{out} = {self}({in})",),
        )


class FieldSynthesis(SphereLayer):
    """Coefficients of vector or tensor spherical harmonics -> fields on the equiangular grid."""

    id = "field-synthesis"
    title = "Inverse tensor-harmonic transform"
    type = "Fourier Transform"
    reference = "Varshalovich et al. 1988 (Quantum Theory of Angular Momentum), sec. 7.1, eq. 1"
    options: ClassVar[Mapping[str, Option]] = {"bandwidth": BANDWIDTH, "lmax": LMAX}
    spaces = ((Space.global_, Space.sphere),)

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """The coefficients are those of harmonics times the irreps of the field."""
        if faults := [*self.band_faults(layer, layer.option("lmax"), "options.lmax")]:
            yield from faults
            return
        expected = field_rep(layer.out.rep, layer.option("lmax"))
        if layer.in_.rep != expected:
            message = f"a field {layer.out.rep} has other coefficients"
            yield Fault("in.rep", message, f"write {expected}")

    def ports(self, layer: TypedLayer) -> tuple[Port, Port]:
        """Writes a grid."""
        return Port(), Port(sphere_grid(layer))

    def parameters(self, layer: TypedLayer) -> int:
        """Nothing is learned."""
        return 0

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """Clebsch-Gordan matrices for each degree, then as for scalar signals."""
        dim, lmax = layer.out.rep.dim, layer.option("lmax")
        side = 2 * int(layer.option("bandwidth"))
        coupling = sum(
            2 * mul * (irrep.dim * (2 * degree + 1)) ** 2
            for degree in range(lmax + 1)
            for mul, irrep in layer.out.rep.terms
        )
        return Cost(
            coupling + transform_cost(dim, side // 2, lmax),
            dim * side * (2 * lmax + 1 + side) + layer.in_.rep.dim,
            f"sum over degrees of 2 mul ((2l+1) dim)^2 + {TRANSFORM_FORMULA}",
        )

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return construction and call."""
        return Code(
            "FieldSynthesis",
            (
                bandwidth_constant(layer),
                str(layer.option("lmax")),
                dialect.rep(layer.out.rep),
            ),
            call=("{out} = {self}({in})",),
        )


class ZonalConvolution(SphereLayer):
    """Convolution with a zonal filter, added to what ``skip`` wrote: detail beyond the trunk's degrees."""

    id = "zonal-convolution"
    title = "Zonal convolution"
    type = "Convolution"
    reference = "Driscoll & Healy 1994, theorem 1; Esteves et al. 2018, eq. 7"
    options: ClassVar[Mapping[str, Option]] = {
        "bandwidth": BANDWIDTH,
        "lmax": LMAX,
        "skip": Option(str, "layer whose output on the grid this one adds to"),
    }
    spaces = same(Space.sphere)

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """Scalars to scalars on one grid."""
        yield from self.band_faults(layer, layer.option("lmax"), "options.lmax")
        yield from self.scalar_faults(layer)

    def skip_faults(self, layer: TypedLayer, skip: TypedLayer) -> Iterator[Fault]:
        """What it adds to is a field of the same type."""
        if skip.out != layer.out:
            message = f"adds {layer.out} to '{skip.name}', which writes {skip.out}"
            yield Fault("options.skip", message, label="unfitting-skip")

    def ports(self, layer: TypedLayer) -> tuple[Port, Port]:
        """The grid stays."""
        grid = sphere_grid(layer)
        return Port(grid), Port(grid)

    def parameters(self, layer: TypedLayer) -> int:
        """One weight for each degree and pair of channels."""
        weights: int = (layer.option("lmax") + 1) * layer.in_.rep.dim * layer.out.rep.dim
        return weights

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """Analysis, one weight a coefficient, synthesis."""
        lmax, side = layer.option("lmax"), 2 * int(layer.option("bandwidth"))
        a, b = layer.in_.rep.dim, layer.out.rep.dim
        flops = transform_cost(a, side // 2, lmax) + transform_cost(b, side // 2, lmax)
        return Cost(
            flops + 2 * a * b * (lmax + 1) ** 2,
            (a + b) * side * (2 * lmax + 1) + b * side * side,
            f"{TRANSFORM_FORMULA}, in and out, + 2 * in * out * (L+1)^2",
        )

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return construction and call."""
        widths = (str(layer.in_.rep.dim), str(layer.out.rep.dim))
        return Code(
            "ZonalConvolution",
            (bandwidth_constant(layer), str(layer.option("lmax")), *widths),
            call=("{out} = {skip} + {self}({in})",),
        )


KINDS = (SphereAnalysis(), SphereSynthesis(), FieldSynthesis(), ZonalConvolution())
