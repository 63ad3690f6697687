"""Deep Sets: equivariant linear layers, pooling."""

from __future__ import annotations

from equidesign.design.families._invariant import pooled
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


class DeepSets(Family):
    """The network of Zaheer et al. 2017, with residuals and normalisation."""

    id = "deepsets"
    title = "Deep Sets"
    idea = "every element sees itself and the pooled set; cost is linear in the number of elements"
    cite = "Zaheer et al., Deep Sets, NeurIPS 30 (2017)"
    backend = "torch"
    groups = ("S_n",)
    domains = ("sets",)
    tasks = ("classification", "regression", "segmentation", "generation")
    expressiveness = 3
    speed = 5
    memory = 5
    trunk = ("deep-sets-block",)
    step = 4

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
        """Embedding, ``depth`` blocks, outputs."""
        field = (Space.elements, scalars(size.width, problem.fiber))
        blocks = (
            make_layer(
                f"block_{step}",
                "deep-sets-block",
                field,
                field,
                "an element meets the rest of its set through what is pooled over it",
                nonlinearity="gelu",
                normalization="layer",
                pooling="sum-mean-max",
                options={"typical_size": int(problem.data.size)},
            )
            for step in range(1, size.depth + 1)
        )
        pooling = pooled(
            problem,
            "pool-elements",
            Space.elements,
            size.width,
            int(problem.data.size),
            code_or_output(problem),
        )
        return (
            element_embedding(problem, size.width),
            *blocks,
            *set_outputs(problem, size.width, f"block_{size.depth}", pooling),
        )

    def caveats(self, problem: Problem) -> tuple[str, ...]:
        """Universality needs width; the decoder's ranks are quadratic."""
        notes = [
            "Pairs of elements meet only through the pooled set: a function of pairs needs a "
            "width of at least the number of elements (Wagstaff et al. 2019, theorem 4.3); "
            "set-transformer compares pairs directly."
        ]
        if problem.task == "generation":
            notes.append(RANK_CAVEAT)
        return tuple(notes)


FAMILY = DeepSets()
