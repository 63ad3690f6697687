"""What families under a permutation group share: normalisation, pooling, invariant heads."""

from __future__ import annotations

from equidesign.design.making import make_layer, scalars
from equidesign.design.problem import Problem, Target
from equidesign.spec.field import Space
from equidesign.spec.layer import Layer

STATISTICS = 3  # sum, mean and maximum


def final_norm(problem: Problem, space: Space, width: int, trunk: str) -> Layer:
    """Return the normalisation that closes a residual trunk."""
    field = (space, scalars(width, problem.fiber))
    return make_layer(
        "norm",
        "layer-norm",
        field,
        field,
        "what residual blocks add up is brought to scale before it is read; one element at a "
        "time, so neither padding nor other samples enter",
        source=trunk,
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
    problem: Problem, kind: str, space: Space, width: int, typical_size: int, target: str
) -> Layer:
    """Return the pooling of ``width`` channels to ``STATISTICS * width`` a sample."""
    return make_layer(
        f"{target}_pooling",
        kind,
        (space, scalars(width, problem.fiber)),
        (Space.global_, scalars(STATISTICS * width, problem.fiber)),
        "the sum tells multisets apart and counts; mean and maximum keep their scale on samples "
        "larger than those seen",
        writes=target,
        pooling="sum-mean-max",
        options={"typical_size": typical_size},
    )
