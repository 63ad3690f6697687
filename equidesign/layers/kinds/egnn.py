"""EGNN with vector channels: relative positions, and layers with and without moving points."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from equidesign.groups.irreps import vector
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
from equidesign.layers.kinds.edge_embedding import (
    ON_EDGES,
    RADIAL_OPTIONS,
    edge_faults,
    graph_code,
)
from equidesign.layers.scalar_vector import (
    NEIGHBOURS_OPTION,
    average_neighbours,
    others,
    scalar_vector_rep,
    scalars_and_vectors,
    two_variables,
)
from equidesign.spec.field import Space


class RelativePositions(LayerKind):
    """Vectors between neighbours, a radial basis, and a weight that ends smoothly at the cutoff."""

    id = "relative-positions"
    title = "Relative positions"
    type = "Embedding"
    reference = "Satorras et al. 2021 (EGNN), eqs. 3 and 7"
    backends = ("torch", "pytorch_geometric")
    options: ClassVar[Mapping[str, Option]] = {**RADIAL_OPTIONS}
    spaces = ON_EDGES
    relative = True

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """One weight, the basis and one vector an edge."""
        expected = scalar_vector_rep(1 + layer.option("num_basis"), 1, layer.out.rep)
        what = (
            f"an edge carries a weight, {layer.option('num_basis')} radial functions and a vector"
        )
        yield from edge_faults(layer, expected, what)

    def parameters(self, layer: TypedLayer) -> int:
        """Nothing is learned."""
        return 0

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """A few operations for every number of every edge."""
        width = layer.out.rep.dim
        return Cost(
            8 * sizes["edges"] * width,
            3 * sizes["edges"] * width,
            "8 * edges * (1 + num_basis + d)",
        )

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return the neighbour search, the weights, and displacements of zero."""
        constant, graph, uses = graph_code(layer)
        return Code(
            "RelativePositions",
            (str(layer.option("num_basis")),),
            call=(graph, "edge_vec, edge_weight, edge_radial = {self}(edge_vec, edge_cutoff)"),
            uses=uses,
            constants=(constant,),
        )


class EGNNLayer(LayerKind):
    """Messages from scalars and distances update the scalars, and move copies of the points."""

    id = "egnn-layer"
    title = "EGNN layer"
    type = "Message Passing"
    reference = "Satorras et al. 2021 (EGNN), eqs. 3-6; Levy et al. 2023, eqs. 4 and 5"
    backends = ("pytorch_geometric",)
    nonlinearities = ("silu",)
    options: ClassVar[Mapping[str, Option]] = {
        "num_basis": RADIAL_OPTIONS["num_basis"],
        **NEIGHBOURS_OPTION,
    }
    spaces = same(Space.points, Space.atoms)

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """Scalars of one width; vectors can be added from none to any number, and dropped at the end."""
        for key, rep in (("in", layer.in_.rep), ("out", layer.out.rep)):
            if others(rep).dim:
                message = f"EGNN carries scalars and polar vectors only, not {others(rep)}"
                yield Fault(f"{key}.rep", message)
            elif not rep.scalars:
                yield Fault(f"{key}.rep", "messages are made of scalars, and there are none")
        if layer.in_.rep.scalars != layer.out.rep.scalars:
            message = "the layer adds to the scalars, so their number stays"
            yield Fault("out.rep", message, f"write {layer.in_.rep.scalars}", "kept-field")
        before, after = self.vectors(layer)
        if before and after and before != after:
            message = "the layer adds to the vectors, so their number stays"
            yield Fault("out.rep", message, f"write {before}", "kept-field")

    def ports(self, layer: TypedLayer) -> tuple[Port, Port]:
        """Scalars and vectors are two variables."""
        return two_variables(layer)

    def vectors(self, layer: TypedLayer) -> tuple[int, int]:
        """Return the numbers of vectors before and after."""
        return (
            scalars_and_vectors(layer.in_.rep).vectors,
            scalars_and_vectors(layer.out.rep).vectors,
        )

    def parameters(self, layer: TypedLayer) -> int:
        """The networks phi_e, phi_h and, where points move, phi_x."""
        width = layer.in_.rep.scalars
        before, after = self.vectors(layer)
        copies = max(before, 1)
        inputs = 2 * width + copies + layer.option("num_basis")
        phi_e = mlp_weights((inputs, width, width), bias=True)
        phi_h = mlp_weights((2 * width, width, width), bias=True)
        phi_x = mlp_weights((width, width, copies * after), bias=True) if after else 0
        return phi_e + phi_h + phi_x

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """The first map of phi_e and phi_h run on points, the rest of phi_e and phi_x on edges."""
        width, dim = layer.in_.rep.scalars, vector(layer.group).dim
        before, after = self.vectors(layer)
        copies = max(before, 1)
        distances = copies + layer.option("num_basis")
        per_edge = 2 * distances * width + 2 * width**2 + 5 * dim * copies
        kept = 4 * width + 4 * dim * copies
        if after:
            per_edge += 2 * mlp_weights((width, width, copies * after), bias=False)
            per_edge += 2 * dim * copies * after
            kept += 2 * width + copies * after + 2 * dim * after
        return Cost(
            sizes["points"] * 10 * width**2 + sizes["edges"] * per_edge,
            sizes["points"] * (5 * width + 2 * dim * after) + sizes["edges"] * kept,
            "points * 10 width^2 + edges * 2 weights(phi_e without its first map, phi_x)",
        )

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return construction and call."""
        before, after = self.vectors(layer)
        width, copies = str(layer.in_.rep.scalars), str(max(before, 1))
        start = () if before else ("v = torch.zeros_like(pos).unsqueeze(2)",)
        state = "h, v" if after else "h"
        call = f"{state} = {{self}}(h, v, edge_index, edge_vec, edge_weight, edge_radial)"
        args = (width, copies, str(after)) if after else (width, copies)
        basis = str(layer.option("num_basis"))
        return Code(
            "EquivariantLayer" if after else "InvariantLayer",
            (*args, basis, average_neighbours(layer)),
            call=(*start, call),
        )


KINDS = (RelativePositions(), EGNNLayer())
