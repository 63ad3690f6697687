"""Targets as they come out of the request, with what must be said about them."""

from __future__ import annotations

from dataclasses import dataclass, field

from equidesign.design.problem import DesignWarning, Target

CHIRAL = "chiral"
"""Note of a problem whose target differs between mirror images in a way that polar vectors cannot follow."""


@dataclass
class Resolved:
    """The targets of a task, with what must be said about them."""

    targets: tuple[Target, ...] = ()
    warnings: list[DesignWarning] = field(default_factory=list)
    notes: tuple[str, ...] = ()

    def warn(self, code: str, message: str, hint: str = "") -> None:
        """Add a warning."""
        self.warnings.append(DesignWarning(code, message, hint))
