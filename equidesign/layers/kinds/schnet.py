"""SchNet: Gaussians of the distance and interaction blocks with continuous filters."""

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
    Sizes,
    TypedLayer,
)
from equidesign.layers.common import kept_field, same
from equidesign.layers.irreps_math import mlp_weights
from equidesign.layers.kinds.edge_embedding import ON_EDGES, RADIAL_OPTIONS, edge_faults, graph_code
from equidesign.layers.scalar_vector import NEIGHBOURS_OPTION, average_neighbours
from equidesign.spec.field import Space


class GaussianEdgeEmbedding(LayerKind):
    """Distances as Gaussians, and a weight of every edge that ends smoothly at the cutoff."""

    id = "gaussian-edge-embedding"
    title = "Edge embedding"
    type = "Embedding"
    reference = "Schuett et al. 2017 (SchNet), sec. 4.2"
    backends = ("torch", "pytorch_geometric")
    options: ClassVar[Mapping[str, Option]] = {**RADIAL_OPTIONS}
    spaces = ON_EDGES
    relative = True

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """A basis of invariants, and the weight."""
        count = layer.option("num_basis") + 1
        expected = Rep(layer.group, ((count, trivial(layer.group)),))
        what = f"an edge carries {count} invariants: basis and cutoff"
        yield from edge_faults(layer, expected, what)

    def parameters(self, layer: TypedLayer) -> int:
        """Centres and widths are fixed."""
        return 0

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """An exponential for every Gaussian of every edge."""
        width = layer.option("num_basis")
        return Cost(5 * sizes["edges"] * width, 3 * sizes["edges"] * width, "5 * edges * num_basis")

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return the neighbour search and the embedding."""
        constant, graph, uses = graph_code(layer)
        return Code(
            "GaussianEmbedding",
            (str(layer.option("num_basis")),),
            call=(graph, "edge_basis, edge_weight = {self}(edge_vec, edge_cutoff)"),
            uses=uses,
            constants=(constant,),
        )


class SchNetInteraction(LayerKind):
    """Continuous-filter convolution between two atom-wise layers, with a skip."""

    id = "schnet-interaction"
    title = "SchNet interaction"
    type = "Message Passing"
    reference = "Schuett et al. 2017 (SchNet), eq. 2 and fig. 2"
    backends = ("pytorch_geometric",)
    nonlinearities = ("shifted_softplus",)
    options: ClassVar[Mapping[str, Option]] = {
        "num_basis": RADIAL_OPTIONS["num_basis"],
        **NEIGHBOURS_OPTION,
    }
    spaces = same(Space.points, Space.atoms)

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """Invariants in, as many invariants out."""
        if not layer.in_.rep.is_scalar:
            message = f"SchNet carries invariants only, not {layer.in_.rep.non_scalars}"
            yield Fault("in.rep", message, "use painn or nequip", "dense-on-irreps")
        yield from kept_field(layer, "the block")

    def parameters(self, layer: TypedLayer) -> int:
        """The filter network, and three atom-wise layers, the first without bias."""
        width = layer.in_.rep.dim
        filters = mlp_weights((layer.option("num_basis"), width, width), bias=True)
        return filters + width**2 + mlp_weights((width, width, width), bias=True)

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """The filter network runs on every edge."""
        width = layer.in_.rep.dim
        filters = mlp_weights((layer.option("num_basis"), width, width), bias=False)
        return Cost(
            sizes["edges"] * (2 * filters + 4 * width) + sizes["points"] * 6 * width**2,
            sizes["edges"] * 5 * width + sizes["points"] * 5 * width,
            "edges * 2 (num_basis width + width^2 + 2 width) + points * 6 width^2",
        )

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return construction and call."""
        return Code(
            "Interaction",
            (
                str(layer.in_.rep.dim),
                str(layer.option("num_basis")),
                average_neighbours(layer),
            ),
            call=("{out} = {self}({in}, edge_index, edge_basis, edge_weight)",),
        )


KINDS = (GaussianEdgeEmbedding(), SchNetInteraction())
