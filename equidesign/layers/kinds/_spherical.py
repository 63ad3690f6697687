"""The grid of the sphere, its band limit, and the coefficients of signals and fields on it."""

from __future__ import annotations

from collections.abc import Iterator

from equidesign.groups.irreps import product
from equidesign.groups.rep import Rep
from equidesign.layers.base import (
    Constant,
    Fault,
    Grid,
    LayerKind,
    Option,
    TypedLayer,
)
from equidesign.layers.kinds.edge_embedding import harmonics
from equidesign.spec.field import Space
from equidesign.spec.layer import Exactness, Level

BANDWIDTH = Option(
    int, "bandwidth b of the grid of 2b colatitudes by 2b longitudes", minimum=1, maximum=512
)
LMAX = Option(int, "largest degree that is used", minimum=0, maximum=511)


def sphere_grid(layer: TypedLayer) -> Grid:
    """Return the grid of a bandwidth: 2b colatitudes by 2b longitudes."""
    side = 2 * int(layer.option("bandwidth"))
    return side, side


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


class SphereLayer(LayerKind):
    """What layers between grid and coefficients share: the band limit and the ledger."""

    backends = ("e3nn",)

    def band_faults(self, layer: TypedLayer, lmax: int, key: str) -> Iterator[Fault]:
        """The grid of bandwidth b resolves the degrees below b."""
        bandwidth = layer.option("bandwidth")
        if lmax >= bandwidth:
            message = f"a grid of bandwidth {bandwidth} can't tell degree {lmax} from lower ones"
            yield Fault(key, message, f"at most {bandwidth - 1}", "beyond-bandwidth")

    def scalar_faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """What this layer reads or writes on the sphere are scalar signals."""
        for key, field in (("in", layer.in_), ("out", layer.out)):
            if field.space is Space.sphere and not field.rep.is_scalar:
                message = f"signals on the sphere are scalars here, not {field.rep.non_scalars}"
                yield Fault(f"{key}.rep", message, "use 0e (O(3)) or 0")

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
