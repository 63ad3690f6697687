"""Edge geometry: neighbour search, real spherical harmonics and a smooth radial basis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from equidesign.groups.irreps import vector
from equidesign.groups.rep import Rep
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
from equidesign.layers.common import MAX_NEIGHBOURS
from equidesign.spec.field import Space

MAX_HARMONIC = 11
"""Largest degree of e3nn's spherical harmonics and Clebsch-Gordan tables."""
RADIAL_OPTIONS = {
    "cutoff": Option(
        (int, float, type(None)),
        "neighbour radius; null: k nearest neighbours",
        above=0.0,
        maximum=1e12,
    ),
    "neighbours": Option(
        (int, float),
        "typical number of neighbours (k when the cutoff is null)",
        above=0.0,
        maximum=MAX_NEIGHBOURS,
    ),
    "num_basis": Option(int, "number of radial functions", minimum=1, maximum=1024),
}
ON_EDGES = ((Space.points, Space.edges), (Space.atoms, Space.edges))


def edge_faults(layer: TypedLayer, expected: Rep, what: str) -> Iterator[Fault]:
    """Yield a fault where an edge embedding does not read positions, or writes something else."""
    one = vector(layer.group)
    if layer.in_.rep != one:
        yield Fault("in.rep", "edges are made of positions", f"write {one}")
    if layer.out.rep != expected:
        yield Fault("out.rep", what, f"write {expected}")
    if layer.option("cutoff") is None and layer.option("neighbours") != int(
        layer.option("neighbours")
    ):
        message = f"{layer.option('neighbours')} nearest neighbours can't be found"
        yield Fault("options.neighbours", message, "write a whole number", "option-value")


def graph_code(layer: TypedLayer) -> tuple[Constant, str, tuple[str, ...]]:
    """Return the constant, the line that finds the neighbours, and the functions it uses."""
    if layer.option("cutoff") is not None:
        cutoff = Constant("CUTOFF", float(layer.option("cutoff")), "neighbour radius, unit of pos")
        line = "edge_index, edge_vec, edge_cutoff = radius_graph(pos, batch, CUTOFF)"
        return cutoff, line, ("radius_graph",)
    count = Constant(
        "NEIGHBOURS", int(layer.option("neighbours")), "nearest neighbours of every point"
    )
    line = "edge_index, edge_vec, edge_cutoff = nearest_graph(pos, batch, NEIGHBOURS)"
    return count, line, ("nearest_graph",)


class SphericalEdgeEmbedding(LayerKind):
    """Directions as real spherical harmonics, distances as Bessel functions with polynomial cutoff."""

    id = "spherical-edge-embedding"
    title = "Edge embedding"
    type = "Embedding"
    reference = "Gasteiger et al. 2020 (DimeNet), eqs. 7 and 8; Batzner et al. 2022 (NequIP), eq. 8"
    backends = ("e3nn",)
    options: ClassVar[Mapping[str, Option]] = {
        **RADIAL_OPTIONS,
        "envelope": Option(bool, "whether layers need the cutoff function itself", required=False),
    }
    spaces = ON_EDGES
    relative = True
    max_degree = MAX_HARMONIC

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """The output is exactly the spherical harmonics 0..lmax of a polar vector, once each."""
        expected = harmonics(layer.out.rep, layer.out.rep.lmax)
        yield from edge_faults(layer, expected, "edges carry each spherical harmonic once")

    def parameters(self, layer: TypedLayer) -> int:
        """The Bessel frequencies are trainable."""
        return int(layer.option("num_basis"))

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """A few operations for every harmonic and radial function of every edge."""
        width = layer.out.rep.dim + layer.option("num_basis")
        return Cost(
            8 * sizes["edges"] * width,
            sizes["edges"] * width,
            "8 * edges * ((lmax + 1)^2 + num_basis)",
        )

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return the neighbour search and the embedding."""
        constant, graph, uses = graph_code(layer)
        calls = [graph, "edge_sh, edge_radial = {self}(edge_vec, edge_cutoff)"]
        if layer.option("envelope"):
            calls.append("edge_envelope = smooth_cutoff(scaled_length(edge_vec, edge_cutoff))")
            uses = (*uses, "scaled_length", "smooth_cutoff")
        return Code(
            "EdgeEmbedding",
            (dialect.rep(layer.out.rep), str(layer.option("num_basis"))),
            call=tuple(calls),
            uses=uses,
            constants=(constant,),
        )


def harmonics(like: Rep, lmax: int) -> Rep:
    """Return the spherical harmonics of a polar vector up to ``lmax``."""
    parity = like.group.kind == "O"
    terms = (f"1x{degree}{('e', 'o')[degree % 2] if parity else ''}" for degree in range(lmax + 1))
    return Rep.parse(" + ".join(terms), like.group)


KINDS = (SphericalEdgeEmbedding(),)
