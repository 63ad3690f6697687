"""SO(3) convolution and Clebsch-Gordan nonlinearity on coefficients."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from equidesign.groups.irreps import product, trivial
from equidesign.groups.rep import Irrep, Rep
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
from equidesign.layers.common import MAX_WIDTH, same
from equidesign.layers.irreps_math import gate_of, linear_weights
from equidesign.layers.kinds.nequip_interaction import gated_order
from equidesign.spec.field import Space


@dataclass(frozen=True)
class Coupling:
    """Every wanted irrep of ``left`` x ``right``."""

    left: Irrep
    right: Irrep
    out: tuple[Irrep, ...]


@lru_cache(maxsize=1024)
def couplings(rep: Rep, wanted: frozenset[Irrep]) -> tuple[Coupling, ...]:
    """Return the products of all pairs of irreps of ``rep`` that make something wanted.

    A single channel has no antisymmetric square: v x v = 0.
    """
    found: list[Coupling] = []
    for index, (mul, left) in enumerate(rep.terms):
        for _, right in rep.terms[index:]:
            vanishing = left == right and mul == 1
            out = tuple(
                irrep
                for irrep in product(left, right)
                if irrep in wanted and not (vanishing and irrep.l % 2)
            )
            if out:
                found.append(Coupling(left, right, out))
    return tuple(found)


class SpectralBlock(LayerKind):
    """Linear maps of each degree, channelwise Clebsch-Gordan products of all pairs of degrees, gate."""

    id = "spectral-block"
    title = "Spectral block"
    type = "Convolution + Tensor Product"
    reference = (
        "Cohen et al. 2018 (Spherical CNNs), eq. 10; "
        "Kondor et al. 2018 (Clebsch-Gordan nets), sec. 4; Cobb et al. 2021, sec. 3"
    )
    backends = ("e3nn",)
    nonlinearities = ("gate",)
    normalizations = ("layer",)
    options: ClassVar[Mapping[str, Option]] = {
        "channels": Option(int, "channels of the product", minimum=1, maximum=MAX_WIDTH)
    }
    spaces = same(Space.global_)

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """Every output irrep must be reachable, and the gates too."""
        yield from gated_order(layer)
        made = {irrep for pair in block_couplings(layer) for irrep in pair.out}
        for irrep in layer.out.rep.irreps:
            if irrep not in made and irrep not in layer.in_.rep.irreps:
                yield Fault(
                    "out.rep",
                    f"{irrep} can't be reached from {layer.in_.rep} by one product",
                    "add degrees to the layer before, or drop it here",
                    "dead-path",
                )
        if not made:
            message = f"no product of irreps of {layer.in_.rep} makes anything of {layer.out.rep}"
            yield Fault("out.rep", message, "add 0 or 0e", "dead-path")

    def parameters(self, layer: TypedLayer) -> int:
        """The maps into the two factors, out of their product, and past it."""
        entry = gate_of(layer.out.rep).entry
        left, right = factors(layer)
        return (
            linear_weights(layer.in_.rep, left)
            + linear_weights(layer.in_.rep, right)
            + linear_weights(coupled_rep(layer), entry)
            + linear_weights(layer.in_.rep, entry)
            + entry.scalars
        )

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """The products and the linear map that mixes them dominate."""
        channels: int = layer.option("channels")
        entry = gate_of(layer.out.rep).entry
        flops = kept = 0
        for pair in block_couplings(layer):
            outer = pair.left.dim * pair.right.dim
            made = sum(irrep.dim for irrep in pair.out)
            flops += channels * outer * (1 + 2 * made)
            kept += channels * (outer + made)
        left, right = factors(layer)
        for source, target in (
            (layer.in_.rep, left),
            (layer.in_.rep, right),
            (coupled_rep(layer), entry),
            (layer.in_.rep, entry),
        ):
            flops += linear_flops(source, target)
        return Cost(
            flops,
            kept + left.dim + right.dim + 2 * entry.dim,
            "channels * sum over pairs of (2l1+1)(2l2+1)(1 + 2 sum of (2l+1)) "
            "+ sum over linear maps of 2 weights (2l+1)",
        )

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return construction and call."""
        return Code(
            "SpectralBlock",
            (dialect.rep(layer.in_.rep), dialect.rep(layer.out.rep)),
            {"channels": str(layer.option("channels"))},
            call=("{out} = {self}({in})",),
        )


def block_couplings(layer: TypedLayer) -> tuple[Coupling, ...]:
    """Return the products of the layer."""
    wanted = frozenset(gate_of(layer.out.rep).entry.irreps)
    return couplings(layer.in_.rep, wanted)


def factors(layer: TypedLayer) -> tuple[Rep, Rep]:
    """Return the representations of the two factors: the irreps that some product uses."""
    channels: int = layer.option("channels")
    pairs = block_couplings(layer)
    left, right = {pair.left for pair in pairs}, {pair.right for pair in pairs}
    rep = layer.in_.rep
    return (
        Rep(rep.group, tuple((channels, irrep) for irrep in rep.irreps if irrep in left)),
        Rep(rep.group, tuple((channels, irrep) for irrep in rep.irreps if irrep in right)),
    )


def coupled_rep(layer: TypedLayer) -> Rep:
    """Return what all products make together."""
    channels: int = layer.option("channels")
    terms = tuple((channels, irrep) for pair in block_couplings(layer) for irrep in pair.out)
    return Rep(layer.group, terms).simplify()


def linear_flops(source: Rep, target: Rep) -> int:
    """Return the operations of one equivariant linear map."""
    return sum(
        2 * linear_weights(source, Rep(target.group, ((mul, irrep),))) * irrep.dim
        for mul, irrep in target.terms
    )


def reach(rep: Rep, lmax: int) -> frozenset[Irrep]:
    """Return the irreps up to ``lmax`` that one block makes of ``rep``."""
    made = {
        irrep
        for index, (mul, left) in enumerate(rep.terms)
        for _, right in rep.terms[index:]
        for irrep in product(left, right)
        if irrep.l <= lmax and not (left == right and mul == 1 and irrep.l % 2)
    }
    return frozenset(made | set(rep.irreps) | {trivial(rep.group)})


KINDS = (SpectralBlock(),)
