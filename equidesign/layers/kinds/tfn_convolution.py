"""The point convolution of tensor field networks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from equidesign.groups.rep import Irrep
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
from equidesign.layers.common import same
from equidesign.layers.irreps_math import (
    Path,
    channelwise_paths,
    gate_of,
    linear_weights,
    mlp_weights,
    paths_rep,
)
from equidesign.layers.kinds.nequip_interaction import (
    EDGE_OPTIONS,
    edge_irreps_faults,
    edge_rep,
    gated_order,
    interaction_paths,
    message_cost,
    radial_widths,
    unreached,
    wanted_irreps,
)
from equidesign.spec.field import Space


def convolution_paths(layer: TypedLayer) -> tuple[Path, ...]:
    """Return the paths of the filters; without gates, only those to the output's irreps."""
    if layer.layer.nonlinearity == "gate":
        return interaction_paths(layer)
    wanted = frozenset(layer.out.rep.irreps)
    return channelwise_paths(layer.in_.rep, edge_rep(layer), wanted)


class TFNConvolution(LayerKind):
    """Filters of learned radial functions times harmonics, between two self-interactions."""

    id = "tfn-convolution"
    title = "Tensor field convolution"
    type = "Tensor Product"
    reference = "Thomas et al. 2018 (Tensor field networks), secs. 4.1-4.3"
    backends = ("e3nn",)
    accelerations = ("cuequivariance", "compile")
    nonlinearities = ("gate", "norm")
    options: ClassVar[Mapping[str, Option]] = EDGE_OPTIONS
    spaces = same(Space.points, Space.atoms)

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """Every output irrep must be reachable by a product with an edge harmonic."""
        if faults := edge_irreps_faults(layer):
            yield from faults
            return
        if layer.layer.nonlinearity == "gate":
            yield from gated_order(layer)
        yield from unreached(layer, convolution_paths(layer))

    def used_irreps(self, layer: TypedLayer) -> frozenset[Irrep]:
        """Those in which a path starts, and those of the self-interaction."""
        paths = {path.ir_in for path in convolution_paths(layer)}
        return frozenset({*paths, *(set(layer.in_.rep.irreps) & wanted_irreps(layer))})

    def used_harmonics(self, layer: TypedLayer) -> frozenset[Irrep]:
        """Those along which a path goes."""
        return frozenset(path.ir_edge for path in convolution_paths(layer))

    def parameters(self, layer: TypedLayer) -> int:
        """Three self-interactions (one with biases on scalars), the radial network, biases of norms."""
        before, out = layer.in_.rep, layer.out.rep
        gated = layer.layer.nonlinearity == "gate"
        entry = gate_of(out).entry if gated else out
        paths = convolution_paths(layer)
        return (
            linear_weights(before, before)
            + mlp_weights(radial_widths(layer, paths), bias=False)
            + linear_weights(paths_rep(paths, before), entry)
            + linear_weights(before, entry)
            + entry.scalars
            + (0 if gated else sum(mul for mul, irrep in out.terms if irrep.dim > 1))
        )

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """The tensor product and the radial network dominate; both run on every edge."""
        return message_cost(layer, convolution_paths(layer), sizes)

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return construction and call."""
        neighbours = Constant(
            "AVERAGE_NEIGHBOURS", float(layer.option("neighbours")), "normalises sums over edges"
        )
        activation = "BlockGate" if layer.layer.nonlinearity == "gate" else "NormNonlinearity"
        return Code(
            "TensorFieldConvolution",
            (dialect.rep(layer.in_.rep), dialect.rep(layer.out.rep)),
            {
                "irreps_edge": dialect.rep(edge_rep(layer)),
                "radial_widths": str([layer.option("num_basis"), *layer.option("radial_hidden")]),
                "average_neighbours": neighbours,
                "activation": activation,
            },
            call=("h = {self}(h, edge_index, edge_sh, edge_radial)",),
            uses=(activation,),
        )


KINDS = (TFNConvolution(),)
