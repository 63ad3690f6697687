"""Layers on graphs: node embedding, GIN and GINE messages, pooling over nodes, decoder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

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
from equidesign.layers.common import MAX_COUNT, MAX_WIDTH, kept_field, same
from equidesign.layers.irreps_math import mlp_weights
from equidesign.layers.kinds.deep_sets import POOLED, statistics_faults
from equidesign.spec.field import Space
from equidesign.spec.layer import Exactness


class GraphLayer(LayerKind):
    """What the kinds on graphs share: invariant channels on nodes, backend, ledger."""

    backends = ("pytorch_geometric",)
    why = "one map shared by all nodes"
    spaces = same(Space.nodes)

    def exactness(self, layer: TypedLayer) -> Exactness:
        """Exact for every permutation of nodes and of edges."""
        return Exactness(subgroup="S_n", why=self.why)


class NodeFeatureEmbedding(GraphLayer):
    """One linear layer shared by all nodes."""

    id = "node-feature-embedding"
    title = "Node embedding"
    type = "Embedding"
    reference = "Gilmer et al. 2017 (Neural message passing), sec. 2"

    def parameters(self, layer: TypedLayer) -> int:
        """Weights and biases."""
        return (layer.in_.rep.dim + 1) * layer.out.rep.dim

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """One linear map a node."""
        a, b = layer.in_.rep.dim, layer.out.rep.dim
        return Cost(2 * sizes["nodes"] * a * b, sizes["nodes"] * b, "2 * nodes * in * out")

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return construction and call."""
        widths = (str(layer.in_.rep.dim), str(layer.out.rep.dim))
        return Code("nn.Linear", widths, call=("{out} = {self}({in})",))


class GraphIsomorphismBlock(GraphLayer):
    """Residual GIN layer, GINE with edge features; one along and one against directed edges."""

    id = "graph-isomorphism-block"
    title = "GIN message passing"
    type = "Message Passing"
    reference = "Xu et al. 2019 (GIN), eq. 4.1; Hu et al. 2020 (GINE), sec. 5.1"
    nonlinearities = ("gelu",)
    normalizations = ("layer",)
    poolings = ("sum",)
    options: ClassVar[Mapping[str, Option]] = {
        "edge_features": Option(int, "numbers per edge; 0: none", minimum=0, maximum=MAX_WIDTH),
        "directed": Option(bool, "whether messages along and against the edges differ"),
    }
    why = "the sum over neighbours depends neither on their order nor on that of the edges"

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """A residual keeps the field."""
        yield from kept_field(layer, "a residual block")

    def parameters(self, layer: TypedLayer) -> int:
        """Norm; for each direction a perceptron, the weight of the node itself, the edge map."""
        width, edge = layer.in_.rep.dim, layer.option("edge_features")
        conv = mlp_weights((width, 2 * width, width), bias=True) + 1
        if edge:
            conv += (edge + 1) * width
        return 2 * width + conv * (2 if layer.option("directed") else 1)

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """A message for every edge, a perceptron for every node."""
        width, edge = layer.in_.rep.dim, layer.option("edge_features")
        nodes, edges = sizes["nodes"], sizes["edges"]
        message = (2 * edge + 2) * width if edge else width
        directions = 2 if layer.option("directed") else 1
        return Cost(
            directions * (nodes * 8 * width**2 + edges * message),
            directions * (nodes * 7 * width + edges * 2 * width),
            "directions * (8 nodes * width^2 + edges * message)",
        )

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return construction and call."""
        edge = layer.option("edge_features")
        name = "GINEBlock" if edge else "GINBlock"
        args = [str(layer.in_.rep.dim)] + ([str(edge)] if edge else [])
        attr = ", edge_attr" if edge else ""
        return Code(
            f"Directed{name}" if layer.option("directed") else name,
            tuple(args),
            call=(f"{{out}} = {{self}}({{in}}, edge_index{attr})",),
        )


class PoolNodes(GraphLayer):
    """Sum, mean, maximum over the nodes of each graph, or all three."""

    id = "pool-nodes"
    title = "Pooling over nodes"
    type = "Pooling"
    reference = "Xu et al. 2019 (GIN), sec. 4.2 and 5.2; Corso et al. 2020 (PNA), sec. 2"
    poolings = tuple(POOLED)
    spaces = ((Space.nodes, Space.global_),)
    options: ClassVar[Mapping[str, Option]] = {
        "typical_size": Option(
            int, "typical number of nodes: keeps sums of order one", minimum=1, maximum=MAX_COUNT
        ),
    }
    why = "sums, means and maxima over the nodes of a graph do not depend on their order"

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """One copy of the channels for every statistic, on the whole graph."""
        yield from statistics_faults(layer)

    def parameters(self, layer: TypedLayer) -> int:
        """Nothing is learned."""
        return 0

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """One operation for every number and statistic."""
        flops = sizes["nodes"] * layer.out.rep.dim
        return Cost(flops, layer.out.rep.dim, "nodes * channels * statistics")

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return the call."""
        typical = Constant(
            "TYPICAL_SIZE",
            int(layer.option("typical_size")),
            "nodes of a graph; keeps sums of order one",
        )
        if layer.layer.pooling == "sum-mean-max":
            call = "pool_nodes({in}, batch, TYPICAL_SIZE)"
        elif layer.layer.pooling == "sum":
            call = "global_add_pool({in}, batch) / TYPICAL_SIZE"
        else:
            call = f"global_{layer.layer.pooling}_pool({{in}}, batch)"
        constants = (typical,) if "TYPICAL_SIZE" in call else ()
        return Code(None, call=(f"{{out}} = {call}",), constants=constants)


class GraphDecoder(GraphLayer):
    """Decodes features from node codes; scores pairs of nodes by inner products, for the loss on edges."""

    id = "graph-decoder"
    title = "Graph decoder"
    type = "Decoder"
    reference = (
        "Kipf & Welling 2016 (Variational graph auto-encoders), eq. 2; Ou et al. 2016 (asymmetric "
        "proximity, for directed graphs), eq. 1"
    )
    nonlinearities = ("gelu",)
    options: ClassVar[Mapping[str, Option]] = {
        "hidden": Option(int, "hidden width", minimum=1, maximum=MAX_WIDTH),
        "directed": Option(bool, "whether a pair's two directions are scored apart"),
    }
    why = "one perceptron shared by all nodes; scores of pairs are inner products of their codes"

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """A directed pair is scored by the two halves of the codes."""
        if layer.option("directed") and layer.in_.rep.dim % 2:
            message = "codes of directed graphs have two halves"
            yield Fault("in.rep", message, "use an even width")

    def parameters(self, layer: TypedLayer) -> int:
        """A perceptron with one hidden layer."""
        widths = (layer.in_.rep.dim, layer.option("hidden"), layer.out.rep.dim)
        return mlp_weights(widths, bias=True)

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """A perceptron a node."""
        widths = (layer.in_.rep.dim, layer.option("hidden"), layer.out.rep.dim)
        return Cost(
            2 * sizes["nodes"] * mlp_weights(widths, bias=False),
            sizes["nodes"] * sum(widths[1:]),
            "2 * nodes * weights",
        )

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return construction and call."""
        widths = (layer.in_.rep.dim, layer.option("hidden"), layer.out.rep.dim)
        name = "DirectedGraphDecoder" if layer.option("directed") else "GraphDecoder"
        return Code(name, tuple(map(str, widths)), call=("{out} = {self}({in})",))


KINDS = (NodeFeatureEmbedding(), GraphIsomorphismBlock(), PoolNodes(), GraphDecoder())
