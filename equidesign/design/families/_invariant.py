"""What families under a permutation group share: invariant heads, per sample and per element or node."""

from __future__ import annotations

from collections.abc import Iterator

from equidesign.design.making import make_layer, scalars
from equidesign.design.problem import Problem, Target
from equidesign.spec.field import Space
from equidesign.spec.layer import Layer

STATISTICS = 3  # sum, mean and maximum


def final_norm(problem: Problem, space: Space, width: int) -> Layer:
    """Return the normalisation that closes a residual trunk."""
    field = (space, scalars(width, problem.fiber))
    return make_layer(
        "norm",
        "layer-norm",
        field,
        field,
        "what residual blocks add up is brought to scale before it is read; per element, so neither padding nor other samples enter",
        normalization="layer",
    )


def head(
    problem: Problem,
    target: Target,
    where: Space,
    width: int,
    hidden: int,
    **settings: str,
) -> Layer:
    """Return the perceptron from invariants to a target."""
    return make_layer(
        f"{target.name}_head",
        "mlp-head",
        (where, scalars(width, problem.fiber)),
        (where, target.rep),
        "on invariants any nonlinearity is legal",
        nonlinearity="gelu",
        options={"hidden": [hidden]},
        writes=target.name,
        **settings,
    )


def pooled(
    problem: Problem, kind: str, space: Space, width: int, target: str, typical_size: int
) -> Iterator[Layer]:
    """Yield the pooling of the trunk's features to ``STATISTICS * width`` channels a sample."""
    yield make_layer(
        f"{target}_pooling",
        kind,
        (space, scalars(width, problem.fiber)),
        (Space.global_, scalars(STATISTICS * width, problem.fiber)),
        "the sum tells multisets apart and counts, the mean and the maximum keep their scale on samples larger than those seen",
        source="norm",
        writes=target,
        pooling="sum-mean-max",
        options={"typical_size": typical_size},
    )
