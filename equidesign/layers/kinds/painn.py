"""PaiNN: directions with a sinc basis, message blocks and update blocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from equidesign.groups.irreps import trivial, vector
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
from equidesign.layers.common import same
from equidesign.layers.irreps_math import mlp_weights
from equidesign.layers.kinds.edge_embedding import ON_EDGES, RADIAL_OPTIONS, edge_faults, graph_code
from equidesign.layers.scalar_vector import (
    NEIGHBOURS_OPTION,
    average_neighbours,
    others,
    scalar_vector_rep,
    scalars_and_vectors,
    two_variables,
)
from equidesign.spec.field import Space

HIDDEN = 3
"""Hidden units of the networks on points for each channel: edges, which are many, cost as before."""


class SincEdgeEmbedding(LayerKind):
    """Unit directions, and distances as sin(n pi r) / r with a cosine cutoff."""

    id = "sinc-edge-embedding"
    title = "Edge embedding"
    type = "Embedding"
    reference = "Schuett et al. 2021 (PaiNN), sec. 4.1; Gasteiger et al. 2020 (DimeNet), eq. 7"
    backends = ("torch", "pytorch_geometric")
    options: ClassVar[Mapping[str, Option]] = {**RADIAL_OPTIONS}
    spaces = ON_EDGES
    relative = True

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """Invariant radial functions, and one polar direction."""
        one = Rep(layer.group, ((layer.option("num_basis"), trivial(layer.group)),))
        expected = one + vector(layer.group)
        yield from edge_faults(layer, expected, "edges carry the basis and the direction")

    def parameters(self, layer: TypedLayer) -> int:
        """The frequencies are fixed."""
        return 0

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """A few operations for every number of every edge."""
        width = layer.out.rep.dim
        return Cost(
            8 * sizes["edges"] * width, 3 * sizes["edges"] * width, "8 * edges * (num_basis + d)"
        )

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return the neighbour search and the embedding."""
        constant, graph, uses = graph_code(layer)
        return Code(
            "SincEmbedding",
            (str(layer.option("num_basis")),),
            call=(graph, "edge_dir, edge_radial = {self}(edge_vec, edge_cutoff)"),
            uses=uses,
            constants=(constant,),
        )


class PainnMessage(LayerKind):
    """Filtered messages of neighbours: scalars, directions, and the neighbours' vectors."""

    id = "painn-message"
    title = "PaiNN message"
    type = "Message Passing"
    reference = "Schuett et al. 2021 (PaiNN), eqs. 7 and 8"
    backends = ("torch", "pytorch_geometric")
    nonlinearities = ("silu",)
    options: ClassVar[Mapping[str, Option]] = {
        "num_basis": RADIAL_OPTIONS["num_basis"],
        **NEIGHBOURS_OPTION,
    }
    spaces = same(Space.points, Space.atoms)

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """As many vectors as scalars; none at the start are legal, none at the end are not."""
        yield from not_equal_widths(layer)
        if not scalars_and_vectors(layer.out.rep).vectors:
            yield Fault("out.rep", "a message makes vectors out of directions")

    def ports(self, layer: TypedLayer) -> tuple[Port, Port]:
        """Scalars and vectors are two variables."""
        return two_variables(layer)

    def splits(self, layer: TypedLayer) -> int:
        """Return how many weights a channel needs: scalar, direction, and the vector passed on."""
        return 3 if scalars_and_vectors(layer.in_.rep).vectors else 2

    def parameters(self, layer: TypedLayer) -> int:
        """The network phi, and filters without bias."""
        width, splits = layer.in_.rep.scalars, self.splits(layer)
        basis: int = layer.option("num_basis")
        return (
            mlp_weights((width, HIDDEN * width, splits * width), bias=True) + basis * splits * width
        )

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """Filters run on every edge, phi on every point."""
        width, splits = layer.in_.rep.scalars, self.splits(layer)
        dim = vector(layer.group).dim
        phi = 2 * mlp_weights((width, HIDDEN * width, splits * width), bias=False)
        per_edge = 2 * layer.option("num_basis") * splits * width + (2 * splits + 4 * dim) * width
        return Cost(
            sizes["points"] * phi + sizes["edges"] * per_edge,
            sizes["points"] * (1 + HIDDEN + splits) * width
            + sizes["edges"] * (2 * splits + 2 * dim) * width,
            "points * 2 weights(phi) + edges * width * (2 num_basis * splits + 2 splits + 4 d)",
        )

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return construction and call."""
        first = self.splits(layer) == 2
        state = "h" if first else "h, v"
        return Code(
            "FirstMessage" if first else "Message",
            (
                str(layer.in_.rep.scalars),
                str(layer.option("num_basis")),
                average_neighbours(layer),
            ),
            call=(f"h, v = {{self}}({state}, edge_index, edge_dir, edge_radial)",),
        )


class PainnUpdate(LayerKind):
    """Scalars learn from lengths and products of vectors; vectors are mixed and scaled."""

    id = "painn-update"
    title = "PaiNN update"
    type = "Gated Linear"
    reference = "Schuett et al. 2021 (PaiNN), eqs. 9 and 10"
    backends = ("torch", "pytorch_geometric")
    nonlinearities = ("silu",)
    spaces = same(Space.points, Space.atoms)

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """As many vectors as scalars; none at the end are legal, none at the start are not."""
        yield from not_equal_widths(layer)
        if not scalars_and_vectors(layer.in_.rep).vectors:
            yield Fault("in.rep", "without vectors the update has nothing to read")

    def ports(self, layer: TypedLayer) -> tuple[Port, Port]:
        """Scalars and vectors are two variables."""
        return two_variables(layer)

    def splits(self, layer: TypedLayer) -> int:
        """Return how many gates a channel needs; none for vectors that nobody reads."""
        return 3 if scalars_and_vectors(layer.out.rep).vectors else 2

    def parameters(self, layer: TypedLayer) -> int:
        """U and V without bias, and the network of the gates."""
        width = layer.in_.rep.scalars
        return 2 * width**2 + mlp_weights(
            (2 * width, HIDDEN * width, self.splits(layer) * width), bias=True
        )

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """Everything runs on points."""
        width, splits = layer.in_.rep.scalars, self.splits(layer)
        dim = vector(layer.group).dim
        gates = mlp_weights((2 * width, HIDDEN * width, splits * width), bias=False)
        return Cost(
            sizes["points"] * (2 * gates + 4 * dim * width**2 + 6 * dim * width),
            sizes["points"] * (3 + HIDDEN + splits + 5 * dim) * width,
            "points * (2 weights(gates) + 4 d width^2 + 6 d width)",
        )

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return construction and call."""
        last = self.splits(layer) == 2
        state = "h" if last else "h, v"
        return Code(
            "LastUpdate" if last else "Update",
            (str(layer.in_.rep.scalars),),
            call=(f"{state} = {{self}}(h, v)",),
        )


def not_equal_widths(layer: TypedLayer) -> Iterator[Fault]:
    """Yield a fault where scalars and vectors are not of one width, or other irreps occur."""
    width = layer.in_.rep.scalars
    for key, rep in (("in", layer.in_.rep), ("out", layer.out.rep)):
        if others(rep).dim:
            message = f"PaiNN carries scalars and polar vectors only, not {others(rep)}"
            yield Fault(f"{key}.rep", message)
            continue
        parts = scalars_and_vectors(rep)
        if not parts.scalars:
            yield Fault(f"{key}.rep", "messages are made of scalars, and there are none")
        elif parts.scalars != width or parts.vectors not in (0, width):
            message = "PaiNN has as many vectors as scalars, in every layer the same"
            hint = f"write {scalar_vector_rep(width, width, rep)}"
            yield Fault(f"{key}.rep", message, hint, "kept-field" if key == "out" else "")


KINDS = (SincEdgeEmbedding(), PainnMessage(), PainnUpdate())
