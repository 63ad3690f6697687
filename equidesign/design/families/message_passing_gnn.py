"""Message passing on graphs: GIN and GINE."""

from __future__ import annotations

from equidesign.design.families._invariant import STATISTICS, final_norm, head, pooled
from equidesign.design.family import Family, Size
from equidesign.design.making import make_layer, scalars
from equidesign.design.problem import Problem, Target
from equidesign.spec.field import Space
from equidesign.spec.layer import Layer
from equidesign.spec.specification import Topology


class MessagePassingGNN(Family):
    """The graph isomorphism network of Xu et al. 2019, with edge features and directions."""

    id = "message-passing-gnn"
    title = "Graph isomorphism network"
    idea = "nodes add up what their neighbours say: as discerning as messages can be"
    cite = "Xu et al., How powerful are graph neural networks?, ICLR (2019)"
    backend = "pytorch_geometric"
    groups = ("S_n",)
    domains = ("graphs",)
    tasks = ("classification", "regression", "segmentation", "generation")
    expressiveness = 3
    speed = 5
    memory = 5
    trunk = ("graph-isomorphism-block",)
    step = 4

    def sizes(self, problem: Problem) -> tuple[Size, ...]:
        """A block is one step along the edges; one is the least."""
        width, depth = {"speed": (64, 3), "balanced": (128, 4), "accuracy": (256, 5)}[
            problem.request.constraints.priority
        ]
        return tuple(
            dict.fromkeys((Size(width, depth), Size(width, 3), Size(width, 2), Size(width, 1)))
        )

    def topology(self, problem: Problem) -> Topology:
        """Messages between neighbours, whatever the output."""
        return Topology(
            pattern="message-passing",
            why="nodes hear their neighbours; outputs are read from the nodes",
        )

    def build(self, problem: Problem, size: Size) -> tuple[Layer, ...]:
        """Embedding, ``depth`` blocks, outputs."""
        width, data = size.width, problem.data
        field = (Space.nodes, scalars(width, problem.fiber))
        edges = {"edge_features": data.edge_features, "directed": data.directed}
        layers = [
            make_layer(
                "embedding",
                "node-feature-embedding",
                (Space.nodes, scalars(data.node_features, problem.fiber)),
                field,
                "all nodes are read alike",
                source="x",
            )
        ]
        layers += [
            make_layer(
                f"messages_{step}",
                "graph-isomorphism-block",
                field,
                field,
                "sums tell neighbourhoods apart; the norm is per node: batch statistics would tie "
                "samples together, graph statistics erase what all nodes share",
                nonlinearity="gelu",
                normalization="layer",
                pooling="sum",
                options=edges,
            )
            for step in range(1, size.depth + 1)
        ]
        layers.append(final_norm(problem, Space.nodes, width, layers[-1].name))
        return (*layers, *graph_outputs(problem, width))

    def caveats(self, problem: Problem) -> tuple[str, ...]:
        """The limit of message passing, and how edges are to be given."""
        notes = [
            "Messages can't tell graphs apart that the Weisfeiler-Leman test can't (a 6-cycle and "
            "two triangles with equal features; Xu et al. 2019, theorem 3): give cycle counts or "
            "positional encodings as features, or use invariant-graph-network."
        ]
        if not problem.data.directed:
            notes.append("Undirected: edge_index lists every edge in both directions.")
        if problem.task == "generation":
            notes.append(
                "The nodes' features alone would not make the code learn the graph: add the loss "
                "on edges, binary cross-entropy of model.decoder.edge_logits(latent, pairs) on "
                "edges and on as many pairs that are none (Kipf & Welling 2016, sec. 2)."
            )
        return tuple(notes)


def graph_outputs(problem: Problem, width: int) -> tuple[Layer, ...]:
    """Return pooling, heads and decoder on nodes of ``width`` normalised channels."""
    if problem.task == "generation":
        code = Target("latent", Space.nodes, scalars(width // 2, problem.fiber))
        target = problem.target("reconstruction")
        decoder = make_layer(
            "decoder",
            "graph-decoder",
            (Space.nodes, code.rep),
            (Space.nodes, target.rep),
            "features and edges are decoded from the nodes' codes, which move with the nodes",
            writes=target.name,
            nonlinearity="gelu",
            options={"hidden": width, "directed": problem.data.directed},
        )
        return (head(problem, code, Space.nodes, width, width), decoder)
    (target,) = problem.targets
    if not target.per_sample:
        return (head(problem, target, Space.nodes, width, width),)
    nodes = int(problem.data.nodes)
    return (
        pooled(problem, "pool-nodes", Space.nodes, width, nodes, target.name),
        head(problem, target, Space.global_, STATISTICS * width, width),
    )


FAMILY = MessagePassingGNN()
