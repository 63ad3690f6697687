"""Cases: sets, graphs, tables, order-two tensors, vectors under matrix groups."""

from __future__ import annotations

from typing import Any

from foreign.case import BROKEN, RIGHT, Case, face, t
from foreign.plain import Measure, orthogonal
from foreign.plain_sets import (
    cycle,
    graph_alone,
    graphs,
    lorentz,
    pairs,
    set_alone,
    sets,
    symplectic,
    tables,
    vectors,
)

SCALARS = t("samples", 2, rep="2xtrivial")
ELEMENTS = t("samples", "elements", 3, rep="3xtrivial", space="elements")
MASK = t("samples", "elements", space="elements", dtype="bool", role="mask")
PER_ELEMENT = t("samples", "elements", 2, rep="2xtrivial", space="elements")
FIVE = t("samples", 5, 3, rep="3xtrivial", space="elements")


def group_of(name: str, exit: int, why: str, plain: Measure, **more: Any) -> Case:
    inputs = more.pop("inputs", {"x": ELEMENTS, "mask": MASK})
    interface = face("S_n", inputs, output=more.pop("output", SCALARS))
    return Case(f"sets.py:{name}", interface, exit, why, plain, **more)


SET, PER, BARE = sets("scalar"), sets("element"), {"x": ELEMENTS}

SET_CASES = [
    group_of("deepsets", RIGHT, "a masked sum", SET),
    group_of("mean_set", RIGHT, "a mean over what exists", SET),
    group_of("max_set", RIGHT, "a maximum over what exists", SET),
    group_of("mean_with_padding", BROKEN, "divides by the padded size", SET),
    group_of("leak", BROKEN, "padding is summed", SET),
    group_of("first_element", BROKEN, "reads the first element", SET),
    group_of("positional", BROKEN, "a positional encoding", SET),
    group_of("attention", RIGHT, "masked self-attention", PER, output=PER_ELEMENT),
    group_of("unmasked", BROKEN, "padding is attended to", PER, output=PER_ELEMENT),
    group_of("places", BROKEN, "an embedding of the place", PER, output=PER_ELEMENT),
    group_of("causal", BROKEN, "a causal mask", PER, output=PER_ELEMENT),
    group_of("recurrent", BROKEN, "a GRU over the elements", sets("scalar", False), inputs=BARE),
    group_of("no_mask", RIGHT, "sets without a mask", sets("element", False), inputs=BARE,
             output=PER_ELEMENT),
    group_of("leaky_max", BROKEN, "a maximum over the batch", set_alone(), inputs=BARE,
             output=PER_ELEMENT),
    group_of("sorted_set", RIGHT, "sorted elements, sizes as numbers", sets("scalar", False),
             inputs={"x": FIVE}),
]  # fmt: skip

EDGE_INDEX = {"edge_index": t(2, "edges", space="edges", dtype="int64", role="edge_index")}
GRAPH = {
    "x": t("nodes", 3, rep="3xtrivial", space="nodes"),
    **EDGE_INDEX,
    "batch": t("nodes", space="nodes", dtype="int64", role="batch"),
}


def net(name: str, exit: int, why: str, plain: Measure, **more: Any) -> Case:
    interface = face("S_n", more.pop("inputs", GRAPH), output=more.pop("output", SCALARS))
    return Case(f"graphs.py:{name}", interface, exit, why, plain, **more)


ORDER_TWO = {"x": t("samples", 5, 5, 2, rep="2xtrivial", space="cells")}
CELLS = t("samples", 5, 5, 4, rep="4xtrivial", space="cells")
EIGHT = t("samples", 8, rep="8xtrivial")

GRAPH_CASES = [
    net("gin", RIGHT, "GIN", graphs()),
    net("gcn", RIGHT, "GCN", graphs()),
    net("gat", RIGHT, "GAT", graphs()),
    net("gat_nodes", RIGHT, "GAT, per node", graphs("node"),
        output=t("nodes", 2, rep="2xtrivial", space="nodes")),
    net("mean_pool", RIGHT, "mean over the nodes", graphs()),
    net("graph_norm", RIGHT, "GraphNorm", graphs()),
    net("graph_norm_all", BROKEN, "GraphNorm over the batch", graph_alone()),
    net("ids", BROKEN, "row numbers embedded", graphs()),
    net("degree", RIGHT, "degrees as features", graphs()),
    net("degree_order", BROKEN, "ranks by degree, ties by index", graphs()),
    net("first_node", BROKEN, "the first node stands for the graph", graphs()),
    net("last_edge_wins", BROKEN, "of several messages one survives", graphs()),
    net("sort_pool", RIGHT, "SortPool", graphs()),
    net("pairs", RIGHT, "the 15 basis maps", pairs("cells"), inputs=ORDER_TWO, output=CELLS),
    net("pairs_triangle", BROKEN, "upper triangles only", pairs("cells"), inputs=ORDER_TWO,
        output=CELLS),
    net("pairs_neighbours", BROKEN, "the next row's sum", pairs("cells"), inputs=ORDER_TWO,
        output=CELLS),
    net("pairs_invariant", RIGHT, "trace and sum of the maps", pairs("scalar"), inputs=ORDER_TWO,
        output=EIGHT),
    net("pairs_flat", BROKEN, "an MLP on the flattened tensor", pairs("scalar"), inputs=ORDER_TWO),
]  # fmt: skip


def table(name: str, exit: int, why: str, plain: Measure, **more: Any) -> Case:
    rows, columns = more.pop("size", (4, 5))
    cells = t("samples", rows, columns, 2, rep="2xtrivial", space="cells")
    mask = t("samples", rows, columns, space="cells", dtype="bool", role="mask")
    inputs = {"x": cells} | ({"mask": mask} if more.pop("masked", True) else {})
    output = SCALARS if more.pop("pooled", False) else cells
    interface = face("S_n x S_m", inputs, output=output)
    return Case(f"tables.py:{name}", interface, exit, why, plain, **more)


TABLE_CASES = [
    table("exchangeable", RIGHT, "exchangeable layers", tables("cell")),
    table("invariant", RIGHT, "exchangeable layers, summed", tables("scalar"), pooled=True),
    table("cumulative", BROKEN, "a running sum along the rows", tables("cell")),
    table("row_gru", BROKEN, "a GRU along the rows", tables("scalar"), pooled=True),
    table("reads_hidden", BROKEN, "reads what the mask hides", tables("scalar"), pooled=True),
    table("transposes", BROKEN, "cell (j, i) into (i, j): one permutation for both axes only",
          tables("cell", 5, 5, False), size=(5, 5), masked=False),
]  # fmt: skip

BOTH = {"scalar": "scalar", "vector": "vector"}


def under(group: str, name: str, exit: int, why: str, plain: Measure, d: int, **more: Any) -> Case:
    inputs = {"x": t("samples", 3 * d, rep="3xV")}
    outputs = {"scalar": t("samples", 2, rep="2xS"), "vector": t("samples", d, rep="1xV")}
    return Case(f"vectors.py:{name}", face(group, inputs, outputs), exit, why, plain, **more)


def scalar_of(
    group: str, name: str, exit: int, why: str, plain: Measure, rep: str, n: int, **keys: Any
) -> Case:
    inputs, tag = {"x": t("samples", n, rep=rep)}, keys.pop("tag", "")
    interface = face(group, inputs, output=t("samples", 1, rep="1xS"), **keys)
    return Case(f"vectors.py:{name}", interface, exit, why, plain, tag=tag)


CYCLE = [[[0, 0, 1], [1, 0, 0], [0, 1, 0]]]
ONE = {"output": "scalar"}

VECTOR_CASES = [
    under("SO(1,3)", "lorentz", RIGHT, "Minkowski products", vectors(lorentz, 3, BOTH), 4),
    under("O(1,3)", "lorentz", RIGHT, "with reflections", vectors(lambda: lorentz(True), 3, BOTH), 4,
          tag="full"),
    under("Lorentz", "lorentz_euclidean", BROKEN, "Euclidean products", vectors(lorentz, 3, BOTH), 4),
    under("SO(1,3)", "lorentz_bent", BROKEN, "tanh on components", vectors(lorentz, 3, BOTH), 4),
    under("SO(4)", "euclidean4", RIGHT, "inner products", vectors(orthogonal(4, False, 1), 3, BOTH), 4),
    under("SO(4)", "euclidean4_bent", BROKEN, "tanh on components",
          vectors(orthogonal(4, False, 1), 3, BOTH), 4),
    under("O(5)", "euclidean5", RIGHT, "inner products", vectors(orthogonal(5, True, 1), 3, BOTH), 5),
    under("Sp(4)", "sp4", RIGHT, "symplectic products", vectors(lambda: symplectic(2), 3, BOTH), 4),
    under("Sp(4)", "sp4_euclidean", BROKEN, "inner products",
          vectors(lambda: symplectic(2), 3, BOTH), 4),
    scalar_of("SO(4)", "determinant4", RIGHT, "a determinant", vectors(orthogonal(4, False, 2), 4, ONE),
              "4xV", 16),
    scalar_of("O(4)", "determinant4", BROKEN, "a determinant under reflections",
              vectors(orthogonal(4, True, 2), 4, ONE), "4xV", 16, tag="o4"),
    scalar_of("SO(4)", "mlp", BROKEN, "an MLP on components", vectors(orthogonal(4, False, 2), 3, ONE),
              "3xV", 12),
    scalar_of("custom", "cyclic", RIGHT, "circular correlations", vectors(cycle, 2, ONE), "2xV", 6,
              generators=CYCLE),
    scalar_of("custom", "cyclic_broken", BROKEN, "one component counts more", vectors(cycle, 2, ONE),
              "2xV", 6, generators=CYCLE),
]  # fmt: skip
