"""Backend: how layers are written in one library."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from equidesign.groups.rep import Rep

if TYPE_CHECKING:
    from collections.abc import Mapping

    from equidesign.spec.specification import Specification


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
    """

    name: str
    title: str
    version: str
    fragments: tuple[str, ...]
    dependencies: Mapping[str, str]
    install: str
    notes: tuple[str, ...] = field(default=())
    install_notes: tuple[str, ...] = field(default=())

    def rep(self, rep: Rep) -> str:
        """Return ``rep`` as an expression of the library; plain channels unless a library overrides it."""
        return str(rep.dim)

    def context(self, spec: Specification) -> Mapping[str, Any]:
        """Return what the library's fragments need to know of the specification; nothing by default."""
        return {}
