"""What follows from the answers: the designed network, its alternatives, what they cost."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from equidesign.errors import EquidesignError, InputError

if TYPE_CHECKING:
    from equidesign.design.pipeline import Design
    from equidesign.spec.request import Request


@dataclass(frozen=True)
class Candidate:
    """A family that could serve the request, designed.

    Attributes:
        design: None if it can't be built within the budgets; ``reason`` says why.
        marks: expressiveness, speed, memory, from 1 to 5 (5 is best).
    """

    family: str
    title: str
    library: str
    why: str
    marks: tuple[int, int, int]
    design: Design | None
    reason: str = ""

    @property
    def parameters(self) -> int | None:
        """Exact number of trainable parameters."""
        return self.design.specification.parameters.total if self.design else None

    @property
    def cost(self) -> str:
        """What it costs, in words."""
        if self.design is None:
            return self.reason
        spec = self.design.specification
        return (
            f"{spec.parameters.total:,} parameters, {si(spec.cost.flops)}FLOP a sample, "
            f"{spec.cost.memory_mb:g} MB a step"
        )


def si(number: float) -> str:
    """Return a number with the prefix of its size: ``11 M``."""
    for factor, prefix in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= factor:
            return f"{number / factor:.3g} {prefix}"
    return f"{number:.3g} "


def designed(data: dict[str, Any]) -> Design:
    """Return what design makes of a request's data; the same data is designed once.

    Raises:
        InputError: it is no request, or no design could be right for it.
    """
    from equidesign.spec.request import request_from_data

    found = _designed(request_from_data(data))
    if isinstance(found, InputError):
        raise found
    return found


@lru_cache(maxsize=256)
def _designed(request: Request) -> Design | InputError:
    from equidesign.design.pipeline import design_architecture

    try:
        return design_architecture(request)
    except InputError as error:
        return error


def with_constraint(data: dict[str, Any], **wishes: Any) -> dict[str, Any]:
    """Return the request's data with constraints replaced; None takes one away."""
    kept = {**data.get("constraints", {}), **wishes}
    kept = {key: value for key, value in kept.items() if value is not None}
    rest = {key: value for key, value in data.items() if key != "constraints"}
    return {**rest, "constraints": kept} if kept else rest


def candidates(data: dict[str, Any]) -> tuple[Candidate, ...]:
    """Return the families that can serve the request, best first, each designed.

    Raises:
        InputError: none can.
    """
    from equidesign.design.family import all_families
    from equidesign.design.rules.engine import legal_rules
    from equidesign.design.understand import understand
    from equidesign.spec.request import request_from_data

    free = request_from_data(with_constraint(data, family=None))
    problem, _ = understand(free)
    legal, _ = legal_rules(problem)
    families = all_families()
    found = []
    for number, (name, row) in enumerate(legal.items()):
        design, reason = None, ""
        try:
            design = designed(with_constraint(data, family=name if number else None))
        except EquidesignError as error:
            reason = error.what
        found.append(
            Candidate(
                name,
                families[name].title,
                families[name].backend,
                row.why if not number else row.why_not,
                (row.expressiveness, row.speed, row.memory),
                design,
                reason,
            )
        )
    return tuple(found)
