"""Decided: what the rules of design decide for the request and the family of a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from equidesign.design.family import Family, Size, all_families
from equidesign.design.problem import Problem
from equidesign.design.rules.engine import Choice, choose
from equidesign.errors import EquidesignError, InputError
from equidesign.spec.decision import Decision, Step
from equidesign.spec.layer import Layer
from equidesign.spec.specification import Topology

if TYPE_CHECKING:
    from equidesign.lint.context import Context

STEPS = tuple(Step)
_SIZE = re.compile(r"width (\d{1,6}), depth (\d{1,3})(?:, lmax (\d{1,2}))?")


@dataclass(frozen=True)
class Decided:
    """What the rule table says about a problem, and the family that it is asked for.

    Attributes:
        choice: with the family of the file, whether or not another one would win.
        topology: of the family.
    """

    problem: Problem
    family: Family
    choice: Choice
    topology: Topology


def decided(context: Context) -> Decided | None:
    """Return what is decided, None if the request means nothing or the family can't serve it."""
    problem, spec = context.problem, context.spec
    family = all_families().get(spec.family) if spec else None
    choice = context.choice
    if problem is None or family is None or choice is None:
        return None
    try:
        if choice.family != family.id:  # a person may have written another one
            choice = choose(_asking_for(problem, family.id))
        return Decided(problem, family, choice, family.topology(problem))
    except (InputError, LookupError):
        return None


def _asking_for(problem: Problem, family: str) -> Problem:
    from dataclasses import replace

    wishes = problem.request.constraints.model_copy(update={"family": family})
    request = problem.request.model_copy(update={"constraints": wishes})
    return replace(problem, request=request)


def steps_in_order(context: Context) -> Iterator[tuple[int, Decision]]:
    """Yield the six decisions with their index; nothing if they are not the six steps in order."""
    decisions = context.spec.decisions if context.spec else ()
    if tuple(each.step for each in decisions) == STEPS:
        yield from enumerate(decisions)


def types_of(layers: tuple[Layer, ...]) -> list[tuple[Any, ...]]:
    """Return what makes layers the network that they are: everything but counts, ledger and reasons."""
    return [
        (
            *(each.name, each.kind, each.in_, each.out, each.source, each.writes),
            *(each.nonlinearity, each.normalization, each.pooling),
            {key: _plain(value) for key, value in each.options.items()},
        )
        for each in layers
    ]


def _plain(value: Any) -> Any:
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value


def is_as_designed(context: Context) -> bool:
    """Tell whether the layers are exactly those that design makes of the request."""
    made, spec = context.reference.specification, context.spec
    return made is not None and spec is not None and types_of(made.layers) == types_of(spec.layers)


def builds_the_layers(context: Context, found: Decided, text: str) -> bool:
    """Tell whether the family builds the layers of the file in the size that a decision names."""
    match, spec = _SIZE.fullmatch(text), context.spec
    if match is None or spec is None:
        return False
    width, depth, lmax = (int(number or 0) for number in match.groups())
    if width < 1 or depth > len(spec.layers) or lmax > _HIGHEST:
        return False
    try:
        layers = found.family.build(found.problem, Size(width, depth, lmax))
    except (EquidesignError, ArithmeticError, LookupError, TypeError, ValueError):
        return False
    return types_of(layers) == types_of(spec.layers)


_HIGHEST = 30
