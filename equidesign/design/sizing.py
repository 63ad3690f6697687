"""How large: the largest pipeline that fits the budgets, never over."""

from __future__ import annotations

from dataclasses import dataclass

from equidesign.design.family import Family, Size
from equidesign.design.problem import Problem
from equidesign.errors import InputError
from equidesign.layers.measure import has_gradient
from equidesign.layers.pipeline import count_parameters, layer_costs, memory_mb, total_cost
from equidesign.spec.layer import Layer

GROWTH = {"speed": 1, "balanced": 2, "accuracy": 4}
"""With a budget above the reference size the width may grow to this multiple of the reference."""


@dataclass(frozen=True)
class Fit:
    """A size, the layers it gives, and what they cost."""

    size: Size
    layers: tuple[Layer, ...]
    parameters: int
    memory: float
    why: str


def batch_size(problem: Problem) -> int:
    """Return the batch size the training recipe and the memory budget use."""
    return 5 if problem.task == "force_prediction" else 32


def _fit(family: Family, problem: Problem, size: Size, why: str) -> Fit:
    layers = family.build(problem, size)
    parameters = count_parameters(layers, problem.fiber)
    cost = total_cost(
        layer_costs(layers, problem.fiber, problem.sizes).values(), has_gradient(layers)
    )
    return Fit(
        size, layers, parameters, memory_mb(parameters, cost.activations, batch_size(problem)), why
    )


def fit(family: Family, problem: Problem) -> Fit:
    """Return the reference size, or with budgets the largest width that stays within them.

    Raises:
        InputError: even the smallest size is over a budget; it says which would do.
    """
    limits = problem.request.constraints
    shapes = family.sizes(problem)
    reference = _fit(family, problem, shapes[0], f"reference size for priority '{limits.priority}'")
    if limits.max_parameters is None and limits.max_memory_mb is None:
        return reference

    def fits(candidate: Fit) -> bool:
        if limits.max_parameters is not None and candidate.parameters > limits.max_parameters:
            return False
        return limits.max_memory_mb is None or candidate.memory <= limits.max_memory_mb

    why = "largest width within the budget"
    for shape in shapes:
        low = _fit(family, problem, shape.with_width(family.step), why)
        if not fits(low):
            continue
        high_width = shape.width * GROWTH[limits.priority]
        best, a, b = low, 1, max(high_width // family.step, 1)
        while a < b:
            middle = (a + b + 1) // 2
            candidate = _fit(family, problem, shape.with_width(middle * family.step), why)
            if fits(candidate):
                best, a = candidate, middle
            else:
                b = middle - 1
        return best
    raise _impossible(family, problem, low)


def _impossible(family: Family, problem: Problem, smallest: Fit) -> InputError:
    limits = problem.request.constraints
    over_parameters = (
        limits.max_parameters is not None and smallest.parameters > limits.max_parameters
    )
    if over_parameters:
        return InputError(
            f"no {family.id} has at most {limits.max_parameters:,} parameters for this task",
            where="constraints.max_parameters",
            expected=f"at least {smallest.parameters}",
            hint=f"the smallest {family.id} for this task ({smallest.size}) has {smallest.parameters:,} parameters",
        )
    return InputError(
        f"no {family.id} trains within {limits.max_memory_mb} MB on this task",
        where="constraints.max_memory_mb",
        expected=f"at least {smallest.memory}",
        hint=f"the smallest {family.id} for this task ({smallest.size}) needs {smallest.memory} MB "
        f"at batch size {batch_size(problem)}",
    )
