"""NequIP's interaction block."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import ClassVar

from equidesign.errors import InputError
from equidesign.groups.irreps import trivial
from equidesign.groups.rep import Irrep, Rep
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
from equidesign.layers.common import in_a_row, same
from equidesign.layers.irreps_math import (
    Path,
    channelwise_paths,
    gate_of,
    linear_weights,
    mlp_weights,
    paths_rep,
)
from equidesign.layers.kinds.edge_embedding import MAX_HARMONIC, RADIAL_OPTIONS, harmonics
from equidesign.layers.kinds.mlp_head import HIDDEN
from equidesign.layers.scalar_vector import NEIGHBOURS_OPTION
from equidesign.spec.field import Space

RADIAL = {
    "edge_irreps": Option(
        str, "spherical harmonics to couple with: the first of those that the edge embedding makes"
    ),
    "num_basis": RADIAL_OPTIONS["num_basis"],
    "radial_hidden": HIDDEN,
}
EDGE_OPTIONS = {**RADIAL, **NEIGHBOURS_OPTION}


class NequipInteraction(LayerKind):
    """Channelwise tensor product weighted by a radial network, summed over neighbours, gated."""

    id = "nequip-interaction"
    title = "NequIP interaction"
    type = "Tensor Product"
    reference = "Batzner et al. 2022 (NequIP), eqs. 4-8 and fig. 1d"
    backends = ("e3nn",)
    accelerations = ("cuequivariance", "compile")
    nonlinearities = ("gate",)
    options: ClassVar[Mapping[str, Option]] = {
        **EDGE_OPTIONS,
        "num_species": Option(int, "number of species (1: point cloud)", minimum=1, maximum=1000),
    }
    spaces = same(Space.points, Space.atoms)

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """Every output irrep must be reachable by a product with an edge harmonic, and so must the gates."""
        if faults := edge_irreps_faults(layer):
            yield from faults
            return
        yield from gated_order(layer)
        yield from unreached(layer, interaction_paths(layer))

    def used_irreps(self, layer: TypedLayer) -> frozenset[Irrep]:
        """Those in which a path starts, and those of the self-interaction."""
        paths = {path.ir_in for path in interaction_paths(layer)}
        return frozenset({*paths, *(set(layer.in_.rep.irreps) & wanted_irreps(layer))})

    def used_harmonics(self, layer: TypedLayer) -> frozenset[Irrep]:
        """Those along which a path goes."""
        return frozenset(path.ir_edge for path in interaction_paths(layer))

    def parameters(self, layer: TypedLayer) -> int:
        """Two linear maps, the radial network, and the self-connection per species."""
        paths = interaction_paths(layer)
        entry = gate_of(layer.out.rep).entry
        species: int = layer.option("num_species")
        return (
            linear_weights(layer.in_.rep, layer.in_.rep)
            + mlp_weights(radial_widths(layer, paths), bias=False)
            + linear_weights(paths_rep(paths, layer.in_.rep), entry)
            + species * linear_weights(layer.in_.rep, entry)
        )

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """The tensor product and the radial network dominate; both run on every edge."""
        return message_cost(layer, interaction_paths(layer), sizes)

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return construction and call."""
        neighbours = Constant(
            "AVERAGE_NEIGHBOURS", float(layer.option("neighbours")), "normalises sums over edges"
        )
        species = layer.option("num_species")
        known = {"num_species": str(species)} if species > 1 else {}
        return Code(
            "Interaction" if known else "PointInteraction",
            (dialect.rep(layer.in_.rep), dialect.rep(layer.out.rep)),
            {
                "irreps_edge": dialect.rep(edge_rep(layer)),
                **known,
                "radial_widths": str([layer.option("num_basis"), *layer.option("radial_hidden")]),
                "average_neighbours": neighbours,
            },
            call=(
                "h = {self}(h, species, edge_index, edge_sh, edge_radial)"
                if known
                else "h = {self}(h, edge_index, edge_sh, edge_radial)",
            ),
        )


def edge_rep(layer: TypedLayer) -> Rep:
    """Return the edge harmonics the layer reads."""
    return Rep.parse(layer.option("edge_irreps"), layer.group)


def radial_widths(layer: TypedLayer, paths: tuple[Path, ...]) -> tuple[int, ...]:
    """Return the widths of the radial network: it ends in one weight for each channel of each path."""
    return (
        layer.option("num_basis"),
        *layer.option("radial_hidden"),
        sum(path.mul for path in paths),
    )


def message_cost(layer: TypedLayer, paths: tuple[Path, ...], sizes: Sizes) -> Cost:
    """Return the cost of messages along ``paths``, their sum, and the linear maps before and after."""
    radial = radial_widths(layer, paths)
    per_edge = sum(path.flops for path in paths) + 2 * mlp_weights(radial, bias=False)
    middle = sum(path.mul * path.ir_out.dim for path in paths)
    per_point = 2 * layer.in_.rep.dim * (layer.in_.rep.dim + layer.out.rep.dim)
    return Cost(
        sizes["edges"] * per_edge + sizes["points"] * per_point,
        sizes["edges"] * (middle + sum(radial)) + sizes["points"] * 2 * layer.out.rep.dim,
        "edges * (sum over paths of 2 mul (2l1+1)(2l2+1)(2l3+1) + 2 radial weights)"
        " + points * 2 dim(in) (dim(in) + dim(out))",
    )


def wanted_irreps(layer: TypedLayer) -> frozenset[Irrep]:
    """Return the irreps needed before the gate: those of the output, and 0e for the gates."""
    return frozenset({*layer.out.rep.irreps, trivial(layer.group)})


@lru_cache(maxsize=512)
def _paths(rep_in: Rep, rep_edge: Rep, wanted: frozenset[Irrep]) -> tuple[Path, ...]:
    return channelwise_paths(rep_in, rep_edge, wanted)


def interaction_paths(layer: TypedLayer) -> tuple[Path, ...]:
    """Return the tensor-product paths of the layer."""
    return _paths(layer.in_.rep, edge_rep(layer), wanted_irreps(layer))


def edge_irreps_faults(layer: TypedLayer) -> list[Fault]:
    """Return why ``edge_irreps`` are not the spherical harmonics up to some degree."""
    key = "options.edge_irreps"
    try:
        rep = edge_rep(layer)
    except InputError as error:
        return [Fault(key, error.what, error.hint or error.expected or "", "unreadable-rep")]
    expected = harmonics(layer.in_.rep, min(rep.lmax, MAX_HARMONIC))
    if rep == expected:
        return []
    return [Fault(key, f"{rep} are not the first harmonics of an edge", f"write {expected}")]


def gated_order(layer: TypedLayer) -> Iterator[Fault]:
    """Yield a fault where something stands before the scalars: a gate writes them first."""
    gate = gate_of(layer.out.rep)
    if in_a_row(gate.scalars + gate.gated) != in_a_row(layer.out.rep):
        message = f"a gate writes scalars before all else, {layer.out.rep} has them later"
        yield Fault("out.rep", message, f"write {gate.scalars + gate.gated}")


def unreached(layer: TypedLayer, paths: tuple[Path, ...]) -> Iterator[Fault]:
    """Yield a fault for each output irrep in which no path ends, and for gates that nothing makes."""
    made = {path.ir_out for path in paths}
    for irrep in layer.out.rep.irreps:
        if irrep not in made:
            yield Fault(
                "out.rep",
                f"{irrep} can't be reached from {layer.in_.rep} by a product with {edge_rep(layer)}",
                "raise lmax of the edges, add an irrep to the layer before, or drop it here",
                "dead-path",
            )
    one = trivial(layer.group)
    if layer.layer.nonlinearity == "gate" and one not in made and gate_of(layer.out.rep).gates:
        yield Fault(
            "nonlinearity",
            f"the gates are invariant scalars, and no product of {layer.in_.rep} with {edge_rep(layer)} makes one",
            f"add {one} to the layer before",
            "gate-without-scalars",
        )


KINDS = (NequipInteraction(),)
