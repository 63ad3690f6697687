"""Understood: what design makes of a request, and what in the rest of a specification contradicts it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from equidesign.errors import InputError
from equidesign.lint.agreement import Difference, differences
from equidesign.spec.request import Request
from equidesign.spec.specification import Specification

if TYPE_CHECKING:
    from equidesign.design.problem import Problem


@dataclass(frozen=True)
class Understood:
    """A request as design understands it.

    Attributes:
        problem: its groups, targets, interface and sizes; None if it means nothing, or there is no request.
        error: why it means nothing; no nearest legal request has been looked for yet.
        differences: what the specification around it says otherwise.
    """

    problem: Problem | None = None
    error: InputError | None = None
    differences: tuple[Difference, ...] = ()


def understood(request: Request | None, spec: Specification | None) -> Understood:
    """Return what a request means, and what contradicts it in a specification."""
    from equidesign.design.understand import resolve

    if request is None:
        return Understood()
    try:
        problem = resolve(request)[0]
    except InputError as error:
        return Understood(error=error)
    return Understood(problem, None, differences(spec, problem) if spec else ())
