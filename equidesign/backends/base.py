"""Backend: how layers are written in one library."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from equidesign.groups.rep import Rep

if TYPE_CHECKING:
    from collections.abc import Mapping

    from equidesign.spec.specification import Specification


@dataclass(frozen=True)
class Acceleration:
    """Kernels of another library for some of the generated classes; the numbers stay the same.

    Attributes:
        fragments: folder under ``templates/code`` whose files stand in for those of the same name.
        dependencies: what it needs besides the library: distribution name -> version range.
        notes: where it pays, and what to install for that.
    """

    fragments: str
    dependencies: Mapping[str, str]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Backend:
    """One library that layers are compiled to.

    Attributes:
        name: id used in requests and specifications: ``e3nn``, ``escnn``, ``pytorch_geometric``, ``torch``.
        version: range of versions the generated code is known to work with.
        dependencies: distribution name -> version range, torch included.
        fragments: folders under ``templates/code`` whose definitions the generated file may use, in search order.
        notes: what a user of the library must know.
        install_notes: what can go wrong when it is installed, and what to do.
        accelerations: by the names that `constraints.acceleration` takes.
        stand_in: folder under ``templates/code`` whose files stand in for those of the same name.
    """

    name: str
    title: str
    version: str
    fragments: tuple[str, ...]
    dependencies: Mapping[str, str]
    install: str
    notes: tuple[str, ...] = field(default=())
    install_notes: tuple[str, ...] = field(default=())
    accelerations: Mapping[str, Acceleration] = field(default_factory=dict)
    stand_in: str | None = None

    def accelerated(self, name: object) -> Backend:
        """Return the library with an acceleration; as it is where it has none of that name."""
        found = self.accelerations.get(name) if isinstance(name, str) else None
        if found is None:
            return self
        return replace(
            self,
            dependencies={**self.dependencies, **found.dependencies},
            install=" ".join((self.install, *found.dependencies)),
            install_notes=(*self.install_notes, *found.notes),
            stand_in=found.fragments,
        )

    def rep(self, rep: Rep) -> str:
        """Return ``rep`` as an expression of the library; plain channels unless a library overrides it."""
        return str(rep.dim)

    def context(self, spec: Specification) -> Mapping[str, Any]:
        """Return what the library's fragments need to know of the specification; nothing by default."""
        return {}
