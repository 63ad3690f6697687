"""Layer: one typed step of the pipeline, as it stands in ``architecture.yaml``."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from typing import Any

from pydantic import Field as PydanticField

from equidesign.groups.group import Group
from equidesign.groups.rep import Rep
from equidesign.spec.field import Field, Space
from equidesign.spec.fields import SpecificationModel


@lru_cache(maxsize=4096)
def parse_rep(text: str, group: Group) -> Rep:
    """Parse ``text`` as a representation of ``group``, remembering the result."""
    return Rep.parse(text, group)


class FieldText(SpecificationModel):
    """A field as written: the space, and the representation as text."""

    space: Space
    rep: str

    def typed(self, group: Group) -> Field:
        """Return the field with its representation parsed under ``group``."""
        return Field(self.space, parse_rep(self.rep, group))


class Level(StrEnum):
    """How well a layer keeps the symmetry it is declared with."""

    exact = "exact"
    approximate = "approximate"
    broken = "broken"


class Exactness(SpecificationModel):
    """One line of the exactness ledger.

    Attributes:
        level: exact, approximate or broken.
        subgroup: the subgroup for which the layer is exact.
        why: the reason, with the numbers that decide it.
    """

    level: Level = Level.exact
    subgroup: str = ""
    why: str = ""


class Layer(SpecificationModel):
    """One layer: a map from a field to a field.

    Attributes:
        name: a Python identifier, unique in the specification.
        kind: id of a registered layer kind.
        source: name of the layer or input whose output this one reads; None means the layer before.
        writes: variable of the generated ``forward`` that holds the result.
        options: the kind's own settings.
        parameters: exact number of trainable parameters.
    """

    name: str = PydanticField(pattern=r"^[a-z][a-z0-9_]{0,62}$")
    kind: str
    in_: FieldText = PydanticField(alias="in")
    out: FieldText
    source: str | None = None
    writes: str = PydanticField(default="h", pattern=r"^[a-z][a-z0-9_]{0,62}$")
    nonlinearity: str = "none"
    normalization: str = "none"
    pooling: str = "none"
    options: dict[str, Any] = PydanticField(default_factory=dict)
    parameters: int = PydanticField(default=0, ge=0)
    exactness: Exactness = Exactness()
    why: str = ""
