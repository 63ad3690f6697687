"""Set Transformer: attention among elements, pooling by attention."""

from __future__ import annotations

from equidesign.design.families._sets import (
    RANK_CAVEAT,
    code_or_output,
    element_embedding,
    set_outputs,
    set_topology,
)
from equidesign.design.family import Family, Size
from equidesign.design.making import make_layer, scalars
from equidesign.design.problem import Problem
from equidesign.spec.field import Space
from equidesign.spec.layer import Layer
from equidesign.spec.specification import Topology

HEADS = 4
SEEDS = 4
INDUCING = 32
PAIRWISE_LIMIT = 128
"""Up to this typical size all pairs are compared: cheaper than two passes over the inducing points."""


class SetTransformer(Family):
    """The network of Lee et al. 2019, with normalisation before each step."""

    id = "set-transformer"
    title = "Set Transformer"
    idea = "elements attend to each other, or through a few learned points; learned seeds pool"
    cite = (
        "Lee et al., Set Transformer: A framework for attention-based permutation-invariant "
        "neural networks, ICML (2019)"
    )
    backend = "torch"
    groups = ("S_n",)
    domains = ("sets",)
    tasks = ("classification", "regression", "segmentation", "generation")
    expressiveness = 4
    speed = 3
    memory = 3
    trunk = ("set-attention-block",)
    step = 2 * HEADS

    def sizes(self, problem: Problem) -> tuple[Size, ...]:
        """More blocks where accuracy is asked for; one block is the least."""
        width, depth = {"speed": (64, 2), "balanced": (128, 3), "accuracy": (256, 4)}[
            problem.request.constraints.priority
        ]
        return tuple(dict.fromkeys((Size(width, depth), Size(width, 2), Size(width, 1))))

    def topology(self, problem: Problem) -> Topology:
        """Pool for one output a set, not for one output an element."""
        return set_topology(problem)

    def build(self, problem: Problem, size: Size) -> tuple[Layer, ...]:
        """Embedding, ``depth`` attention blocks, outputs."""
        field = (Space.elements, scalars(size.width, problem.fiber))
        return (
            element_embedding(problem, size.width),
            make_layer(
                "size_embedding",
                "set-size-embedding",
                field,
                field,
                "attention averages: without its size a set and the set with every element "
                "twice would look the same",
                options={"typical_size": int(problem.data.size)},
            ),
            *(attention_block(problem, size.width, step + 1) for step in range(size.depth)),
            *set_outputs(
                problem,
                size.width,
                f"attention_{size.depth}",
                attention_pooling(problem, size.width, code_or_output(problem)),
            ),
        )

    def caveats(self, problem: Problem) -> tuple[str, ...]:
        """Which attention was taken, and what the decoder costs."""
        size = problem.data.size
        if size <= PAIRWISE_LIMIT:
            note = (
                f"Sets of about {size} elements attend pairwise (SAB): time grows with the square "
                f"of the size; beyond {PAIRWISE_LIMIT} the design uses {INDUCING} inducing points."
            )
        else:
            note = (
                f"Sets of about {size} elements meet through {INDUCING} inducing points (ISAB): "
                "time is linear in the size, and what passes between elements is a summary."
            )
        return (note, RANK_CAVEAT) if problem.task == "generation" else (note,)


def attention_block(problem: Problem, width: int, step: int) -> Layer:
    """Return SAB for small sets and ISAB for large ones."""
    field = (Space.elements, scalars(width, problem.fiber))
    pairwise = problem.data.size <= PAIRWISE_LIMIT
    return make_layer(
        f"attention_{step}",
        "set-attention-block" if pairwise else "induced-set-attention-block",
        field,
        field,
        "every element compares itself with every other"
        if pairwise
        else "elements meet through learned points: linear in the size of the set",
        nonlinearity="gelu",
        normalization="layer",
        options={"heads": HEADS} if pairwise else {"heads": HEADS, "inducing": INDUCING},
    )


def attention_pooling(problem: Problem, width: int, name: str) -> Layer:
    """Return pooling by multihead attention."""
    return make_layer(
        f"{name}_pooling",
        "attention-pooling",
        (Space.elements, scalars(width, problem.fiber)),
        (Space.global_, scalars(SEEDS * width, problem.fiber)),
        "each seed learns what to look for in the set",
        writes=name,
        nonlinearity="gelu",
        normalization="layer",
        pooling="attention",
        options={"heads": HEADS, "seeds": SEEDS},
    )


FAMILY = SetTransformer()
