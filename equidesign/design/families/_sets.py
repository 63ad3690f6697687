"""What families on sets share: how the features of the elements become outputs."""

from __future__ import annotations

from collections.abc import Iterator

from equidesign.design.families._invariant import final_norm, head
from equidesign.design.making import make_layer, scalars
from equidesign.design.problem import Problem, Target
from equidesign.spec.field import Space
from equidesign.spec.layer import Layer, parse_rep
from equidesign.spec.specification import Topology


def set_topology(problem: Problem) -> Topology:
    """Return the topology: pooling where one value a set is asked for."""
    if problem.task == "generation":
        return Topology(
            pattern="encoder-decoder",
            why="the set is pooled to a code and decoded in the order of the input",
        )
    if all(target.per_sample for target in problem.targets):
        return Topology(pattern="encoder-pooling", why="one output a set, whatever the order")
    return Topology(
        pattern="equivariant-head", why="one output an element: nothing is pooled on the way"
    )


def element_embedding(problem: Problem, width: int) -> Layer:
    """Return the layer that reads ``x``."""
    if problem.features is None:
        raise ValueError("a set has features")
    return make_layer(
        "embedding",
        "element-embedding",
        (Space.elements, problem.features),
        (Space.elements, scalars(width, problem.fiber)),
        "all elements are read alike; padding is zeroed first, so it may hold anything",
        source="x",
    )


def set_outputs(problem: Problem, width: int, trunk: str, pooling: Layer) -> Iterator[Layer]:
    """Yield normalisation, pooling, heads and decoder; ``trunk`` is the last block."""
    yield final_norm(problem, Space.elements, width, trunk)
    if problem.task == "generation":
        yield from _autoencoder(problem, width, pooling)
        return
    (target,) = problem.targets
    if target.per_sample:
        yield pooling
        yield head(
            problem, target, Space.global_, parse_rep(pooling.out.rep, problem.fiber).dim, width
        )
    else:
        yield head(problem, target, Space.elements, width, width)
        yield masked(problem, target)


def _autoencoder(problem: Problem, width: int, pooling: Layer) -> Iterator[Layer]:
    code = Target("latent", Space.global_, scalars(max(width // 2, 1), problem.fiber))
    pooled_width = parse_rep(pooling.out.rep, problem.fiber).dim
    yield pooling
    yield head(problem, code, Space.global_, pooled_width, width)
    target = problem.target("reconstruction")
    yield make_layer(
        "decoder",
        "soft-rank-decoder",
        (Space.elements, scalars(width, problem.fiber)),
        (Space.elements, target.rep),
        "the code forgets the order; soft ranks of learned scores bring it back, equivariantly",
        source="norm",
        writes=target.name,
        nonlinearity="gelu",
        options={
            "skip": "latent_head",
            "code": code.rep.dim,
            "hidden": 2 * width,
            "frequencies": frequencies(problem.data.size),
        },
    )
    yield masked(problem, target)


RANK_CAVEAT = (
    "The latent code is invariant to the order of the elements; the decoder's soft ranks compare "
    "all pairs, so its memory grows with the square of the set's size."
)


def code_or_output(problem: Problem) -> str:
    """Return the name of the output that is made of the pooled set."""
    return "latent" if problem.task == "generation" else problem.targets[0].name


def frequencies(size: int) -> int:
    """Return how many octaves the ranks of a set of four times the typical size span."""
    return max(4 * size - 1, 1).bit_length()


def masked(problem: Problem, target: Target) -> Layer:
    """Return the layer that zeroes the output on padding."""
    field = (Space.elements, target.rep)
    return make_layer(
        f"{target.name}_mask",
        "mask-elements",
        field,
        field,
        "padding has no output",
        writes=target.name,
    )
