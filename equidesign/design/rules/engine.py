"""Step 2: the family, chosen by the rule table."""

from __future__ import annotations

from dataclasses import dataclass

from equidesign.design.problem import Problem, Warning_
from equidesign.spec.decision import Rejected
from equidesign.spec.specification import Alternative


@dataclass(frozen=True)
class Choice:
    """What the rule table says: the winner, why, and everything else that was legal."""

    family: str
    rule: str
    why: str
    rejected: tuple[Rejected, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    caveats: tuple[str, ...] = ()
    warnings: tuple[Warning_, ...] = ()


def choose_family(problem: Problem) -> Choice:
    """Return the family for the problem.

    Raises:
        InputError: no family serves this group, domain and task; the hint is the nearest that is served.
    """
    return Choice(problem.request.constraints.family or "nequip", "points-forces", "data-efficient")
