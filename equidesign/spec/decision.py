"""Decision: one choice of one of the six steps, and why."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class Step(StrEnum):
    """The six steps from a request to a specification, in order."""

    group = "group"
    family = "family"
    layers = "layers"
    topology = "topology"
    library = "library"
    specification = "specification"


class Rejected(BaseModel):
    """An option that was looked at and not taken."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    option: str
    why: str


class Decision(BaseModel):
    """One choice: what was chosen, by which rule, why, and what was rejected."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    step: Step
    choice: str
    rule: str
    why: str
    cite: str = ""
    rejected: tuple[Rejected, ...] = Field(default=())
