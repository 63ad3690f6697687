"""Decision: one choice of one of the six steps, and why."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from equidesign.spec.fields import SpecificationModel


class Step(StrEnum):
    """The six steps from a request to a specification, in order."""

    group = "group"
    family = "family"
    layers = "layers"
    topology = "topology"
    library = "library"
    specification = "specification"


class Rejected(SpecificationModel):
    """An option that was looked at and not taken."""

    option: str
    why: str


class Decision(SpecificationModel):
    """One choice: what was chosen, by which rule, why, and what was rejected."""

    step: Step
    choice: str
    rule: str
    why: str
    cite: str = ""
    rejected: tuple[Rejected, ...] = Field(default=())
