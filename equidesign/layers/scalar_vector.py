"""Representations of invariant scalars and polar vectors: what EGNN and PaiNN carry."""

from __future__ import annotations

from dataclasses import dataclass

from equidesign.groups.irreps import trivial, vector
from equidesign.groups.rep import Rep
from equidesign.layers.base import Code, Constant, Option, Port, TypedLayer
from equidesign.layers.common import MAX_NEIGHBOURS

NEIGHBOURS_OPTION = {
    "neighbours": Option(
        (int, float),
        "average number of neighbours, for normalisation",
        above=0.0,
        maximum=MAX_NEIGHBOURS,
    ),
}


@dataclass(frozen=True)
class Parts:
    """Multiplicities of a sum of scalars and polar vectors.

    Attributes:
        scalars: number of invariant scalars.
        vectors: number of polar vectors.
    """

    scalars: int
    vectors: int


def others(rep: Rep) -> Rep:
    """Return what ``rep`` holds besides invariant scalars and polar vectors."""
    known = (trivial(rep.group), *vector(rep.group).irreps)
    return rep.filter(lambda irrep: irrep not in known)


def scalars_and_vectors(rep: Rep) -> Parts:
    """Return how many scalars and polar vectors ``rep`` holds."""
    return Parts(rep.scalars, rep.mul(vector(rep.group).irreps[0]))


def scalar_vector_rep(scalars: int, vectors: int, like: Rep) -> Rep:
    """Return ``scalars`` invariant scalars and ``vectors`` polar vectors."""
    return Rep(like.group, ((scalars, trivial(like.group)),)) + vector(like.group) * vectors


def average_neighbours(layer: TypedLayer) -> Constant:
    """Return the constant that normalises sums over neighbours."""
    return Constant(
        "AVERAGE_NEIGHBOURS", float(layer.option("neighbours")), "normalises sums over edges"
    )


def two_variables(layer: TypedLayer) -> tuple[Port, Port]:
    """Return the ports of a layer that keeps scalars and vectors apart, where there are vectors."""
    before, after = (not rep.is_scalar for rep in (layer.in_.rep, layer.out.rep))
    return Port(apart=before), Port(apart=after)


def feature_code(layer: TypedLayer) -> Code:
    """Return how input features enter ``h`` and ``v``: linearly, scalars and vectors apart."""
    into, out = scalars_and_vectors(layer.in_.rep), scalars_and_vectors(layer.out.rep)
    scalar_columns, vector_columns = columns(layer.in_.rep)
    vectors = f"{vector_columns}.unflatten(1, (-1, {vector(layer.group).dim}))"
    if not into.vectors:
        widths = (str(into.scalars), str(out.scalars))
        return Code("ScalarFeatures", widths, call=("h = {self}(h, x)",))
    if not into.scalars:
        widths = (str(into.vectors), str(out.vectors))
        return Code("VectorFeatures", widths, call=(f"v = {{self}}({vectors})",))
    counts = (into.scalars, into.vectors, out.scalars, out.vectors)
    return Code(
        "ScalarVectorFeatures",
        tuple(map(str, counts)),
        call=(f"h, v = {{self}}(h, {scalar_columns}, {vectors})",),
    )


def columns(rep: Rep) -> tuple[str, str]:
    """Return the expressions for the scalars and for the vectors among the columns of ``x``."""
    found: dict[bool, list[str]] = {True: [], False: []}
    start = 0
    for mul, irrep in rep.terms:
        stop = start + mul * irrep.dim
        whole = mul * irrep.dim == rep.dim
        text = "x" if whole else f"x[:, {start or ''}:{stop if stop < rep.dim else ''}]"
        found[irrep.is_trivial].append(text)
        start = stop
    return _joined(found[True]), _joined(found[False])


def _joined(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"torch.cat([{', '.join(parts)}], dim=1)"
