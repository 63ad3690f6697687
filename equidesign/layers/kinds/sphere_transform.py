"""Between signals on the sphere and their spherical-harmonic coefficients."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from equidesign.groups.irreps import product
from equidesign.groups.rep import Rep
from equidesign.layers.base import (
    Code,
    Constant,
    Cost,
    Dialect,
    Fault,
    LayerKind,
    Option,
    Sizes,
    TypedLayer,
)
from equidesign.layers.kinds.edge_embedding import harmonics
from equidesign.spec.field import Space
from equidesign.spec.layer import Exactness, Level

BANDWIDTH = Option(int, "bandwidth b of the grid of 2b colatitudes by 2b longitudes", minimum=1)
LMAX = Option(int, "largest degree that is used", minimum=0)


def signal_rep(channels: int, lmax: int, like: Rep) -> Rep:
    """Return the coefficients of ``channels`` scalar signals: each degree 0..lmax, parity (-1)^l."""
    return harmonics(like, lmax) * channels


def field_rep(rep: Rep, lmax: int) -> Rep:
    """Return the coefficients of a field of ``rep``: each harmonic up to ``lmax`` times each irrep of it.

    A vector field of degree l has parts l - 1, l and l + 1: the vector spherical harmonics.
    """
    return Rep(
        rep.group,
        tuple(
            (mul, made)
            for _, harmonic in harmonics(rep, lmax).terms
            for mul, irrep in rep.terms
            for made in product(harmonic, irrep)
        ),
    )


def bandwidth_constant(layer: TypedLayer) -> Constant:
    """Return the constant that names the grid."""
    return Constant(
        "BANDWIDTH", int(layer.option("bandwidth")), "grid of 2b colatitudes by 2b longitudes"
    )


def transform_cost(channels: int, bandwidth: int, lmax: int) -> int:
    """Return the operations of one analysis or synthesis: longitudes first, then colatitudes."""
    side, orders = 2 * bandwidth, 2 * lmax + 1
    return 2 * channels * side * orders * (side + lmax + 1)


TRANSFORM_FORMULA = "2 * channels * 2b * (2L+1) * (2b + L + 1)"


class _SphereLayer(LayerKind):
    """What layers between grid and coefficients share: the band limit and the ledger."""

    backends = ("e3nn",)

    def band_faults(self, layer: TypedLayer, lmax: int) -> Iterator[Fault]:
        """The grid of bandwidth b resolves the degrees below b."""
        bandwidth = layer.option("bandwidth")
        if lmax >= bandwidth:
            yield Fault(
                "out", f"a grid of bandwidth {bandwidth} has no degree {lmax}", "use l < bandwidth"
            )

    def scalar_faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """What this layer reads or writes on the sphere are scalar signals."""
        for key, field in (("in", layer.in_), ("out", layer.out)):
            if field.space is Space.sphere and not field.rep.is_scalar:
                yield Fault(key, "signals on the sphere are scalars here", "use 0e (O(3)) or 0")

    def exactness(self, layer: TypedLayer) -> Exactness:
        """Exact on signals of degree l < b; on any other signal for the symmetries of the grid."""
        bandwidth = layer.option("bandwidth")
        return Exactness(
            level=Level.exact,
            subgroup=layer.group.name,
            why=f"exact on every signal of degrees l < {bandwidth}: the quadrature integrates all products of "
            "two of them without error, so no degree aliases into another; on any signal at all "
            f"exact for turns by multiples of {180 / bandwidth:g}° about the polar axis"
            + (" and for the mirrors of the grid" if layer.group.reflections else ""),
        )


class SphereAnalysis(_SphereLayer):
    """Signals on the equiangular grid -> spherical-harmonic coefficients, by exact quadrature."""

    id = "sphere-analysis"
    title = "Spherical Fourier transform"
    type = "Fourier Transform"
    reference = "Driscoll & Healy 1994, theorem 3; Kostelec & Rockmore 2008, eqs. 2.5 and 2.6"
    options: ClassVar[Mapping[str, Option]] = {"bandwidth": BANDWIDTH}

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """Each signal gives each degree once, with parity (-1)^l."""
        yield from self.band_faults(layer, layer.out.rep.lmax)
        yield from self.scalar_faults(layer)
        expected = signal_rep(layer.in_.rep.dim, layer.out.rep.lmax, layer.out.rep)
        if layer.out.rep != expected:
            yield Fault("out", "scalar signals have these coefficients only", f"write {expected}")

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


class SphereSynthesis(_SphereLayer):
    """Spherical-harmonic coefficients -> signals on the equiangular grid."""

    id = "sphere-synthesis"
    title = "Inverse spherical Fourier transform"
    type = "Fourier Transform"
    reference = "Driscoll & Healy 1994, sec. 2; Cohen et al. 2018 (Spherical CNNs), eq. 7"
    options: ClassVar[Mapping[str, Option]] = {"bandwidth": BANDWIDTH}

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """Each signal needs each degree once, with parity (-1)^l."""
        yield from self.band_faults(layer, layer.in_.rep.lmax)
        yield from self.scalar_faults(layer)
        expected = signal_rep(layer.out.rep.dim, layer.in_.rep.lmax, layer.in_.rep)
        if layer.in_.rep != expected:
            yield Fault("in", "scalar signals have these coefficients only", f"write {expected}")

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


class FieldSynthesis(_SphereLayer):
    """Coefficients of vector or tensor spherical harmonics -> fields on the equiangular grid."""

    id = "field-synthesis"
    title = "Inverse tensor-harmonic transform"
    type = "Fourier Transform"
    reference = "Varshalovich et al. 1988 (Quantum Theory of Angular Momentum), sec. 7.1, eq. 1"
    options: ClassVar[Mapping[str, Option]] = {"bandwidth": BANDWIDTH, "lmax": LMAX}

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """The coefficients are those of harmonics times the irreps of the field."""
        yield from self.band_faults(layer, layer.option("lmax"))
        expected = field_rep(layer.out.rep, layer.option("lmax"))
        if layer.in_.rep != expected:
            yield Fault("in", "a field has these coefficients", f"write {expected}")

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


class ZonalConvolution(_SphereLayer):
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

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """Scalars to scalars on one grid."""
        yield from self.band_faults(layer, layer.option("lmax"))
        yield from self.scalar_faults(layer)

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
