"""Write data.npz: the connected graphs of six and seven nodes in the atlas of networkx, and whether they are planar."""

from pathlib import Path

import networkx as nx
import numpy as np

x, edges, ptr, y = [], [], [0], []
for graph in nx.graph_atlas_g():
    if len(graph) < 6 or not nx.is_connected(graph):
        continue
    both = [*graph.edges, *((j, i) for i, j in graph.edges)]
    edges.append(np.array(both).T + ptr[-1])
    x += [[degree] for _, degree in sorted(graph.degree)]
    ptr.append(ptr[-1] + len(graph))
    y.append(nx.check_planarity(graph)[0])
np.savez_compressed(
    Path(__file__).with_name("data.npz"),
    x=np.array(x, dtype=np.uint8),
    edge_index=np.concatenate(edges, axis=1).astype(np.int16),
    ptr=np.array(ptr, dtype=np.int16),
    y=np.array(y, dtype=np.uint8),
)
