"""Problem: a request with everything resolved that the rules and the families need to know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from equidesign.groups.group import Group
from equidesign.groups.rep import Rep
from equidesign.spec.field import Space
from equidesign.spec.request import Request
from equidesign.spec.specification import Interface


@dataclass(frozen=True)
class DesignWarning:
    """Something the person should know, that does not stop the design."""

    code: str
    message: str
    hint: str = ""

    def to_data(self) -> dict[str, str]:
        """Return plain data for JSON."""
        return {"code": self.code, "message": self.message, "hint": self.hint}


@dataclass(frozen=True)
class Target:
    """What one output of the model is.

    Attributes:
        name: name of the output: ``logits``, ``prediction``, ``energy``, ``forces``, ``velocity``, ...
        space: where it lives; ``global`` for one value a sample.
        rep: its representation under the feature group.
        unit: physical unit, if known.
        extensive: whether it grows with the size of the sample (sum pooling) or not (mean).
        translates: whether it moves along when the input is shifted.
        quantity: id of the physical quantity, if it was recognised.
    """

    name: str
    space: Space
    rep: Rep
    unit: str | None = None
    extensive: bool = False
    translates: bool = False
    quantity: str | None = None

    @property
    def per_sample(self) -> bool:
        """Whether there is one value a sample."""
        return self.space is Space.global_


@dataclass(frozen=True)
class Problem:
    """The request, understood.

    Attributes:
        group: the symmetry, canonical.
        fiber: the part of it that acts on the components of a feature: O(3) for E(3) x S_n, C4 for C4, trivial for S_n.
        targets: the outputs, in the order of the interface.
        features: representation of the input features (image channels, point features ...), None without any.
        sizes: typical sizes of one sample.
        axis: the preferred axis, if any.
    """

    request: Request
    group: Group
    fiber: Group
    targets: tuple[Target, ...]
    features: Rep | None
    sizes: Mapping[str, int]
    interface: Interface
    axis: str | None = None
    warnings: tuple[DesignWarning, ...] = ()
    notes: tuple[str, ...] = field(default=())

    @property
    def domain(self) -> str:
        """The data's domain."""
        return str(self.request.data.domain)

    @property
    def data(self) -> Any:
        """The request's data section; its fields depend on the domain."""
        return self.request.data

    @property
    def task(self) -> str:
        """The kind of task."""
        return str(self.request.task.type)

    def target(self, name: str) -> Target:
        """Return the output called ``name``."""
        return next(target for target in self.targets if target.name == name)
