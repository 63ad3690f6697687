"""What the rules make of a request: the problem, the families that may serve it, and the design of one of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from equidesign.design.pipeline import design_architecture
from equidesign.design.problem import Problem
from equidesign.design.rules.engine import Rule, legal_rules
from equidesign.design.understand import resolve
from equidesign.errors import EquidesignError
from equidesign.spec.request import Request, request_from_data
from equidesign.spec.specification import Specification


@dataclass(frozen=True)
class Reference:
    """What the rules say about a request.

    Attributes:
        problem: the request, understood.
        legal: the families that can serve it with their rules, best first.
        designed: the design of the family that the specification names; None if that can't serve the request.
    """

    problem: Problem
    legal: Mapping[str, Rule]
    designed: Specification | None


def reference_of(request: Request, family: object, rule: object) -> Reference | None:
    """Return what the rules say about a request; None if no design could be right for it.

    Words of a request's prose call rules and traps. So that praise there changes nothing, the request is also read
    without its prose, and the reading counts that gives the rule which the specification names.

    Args:
        family: the family that the specification names.
        rule: the rule that it names for that.
    """
    found = [each for data in _readings(request) if (each := _read(data, str(family))) is not None]
    named = [each for each in found if _rule(each) == rule]
    return next(iter((*named, *found)), None)


def _rule(reference: Reference) -> str | None:
    decisions = reference.designed.decisions if reference.designed else ()
    return next((each.rule for each in decisions if each.step == "family"), None)


def _readings(request: Request) -> Iterator[str]:
    data = request.to_data()
    yield json.dumps(data, sort_keys=True)
    prose = [data.pop("description", None), data["data"].pop("notes", None)]
    if any(prose):
        yield json.dumps(data, sort_keys=True)


@lru_cache(maxsize=64)
def _read(text: str, family: str) -> Reference | None:
    data: dict[str, Any] = json.loads(text)
    try:
        request = request_from_data(data)
        problem = resolve(request)[0]
        legal = legal_rules(problem)[0]
    except EquidesignError:
        return None
    return Reference(problem, legal, _designed(request, family) if family in legal else None)


def _designed(request: Request, family: str) -> Specification | None:
    """Return the design; the family is only asked for where the rules choose another."""
    for wish in (request.constraints.family, family):
        constraints = request.constraints.model_copy(update={"family": wish})
        try:
            made = design_architecture(request.model_copy(update={"constraints": constraints}))
        except EquidesignError:
            continue
        if made.specification.family == family:
            return made.specification
    return None
