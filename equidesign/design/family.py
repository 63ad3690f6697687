"""Family: a named way of building a pipeline, and how large it may be."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType
from typing import ClassVar

from equidesign.design import families
from equidesign.design.problem import Problem
from equidesign.discovery import discover
from equidesign.errors import EquidesignError, lookup
from equidesign.spec.layer import Layer
from equidesign.spec.specification import Topology


@dataclass(frozen=True)
class Size:
    """The knobs of a family: width (channels), depth (blocks), lmax (or highest frequency)."""

    width: int
    depth: int
    lmax: int = 0

    def with_width(self, width: int) -> Size:
        """Return the same size with another width."""
        return replace(self, width=width)

    def __str__(self) -> str:
        text = f"width {self.width}, depth {self.depth}"
        return f"{text}, lmax {self.lmax}" if self.lmax else text


class Family(ABC):
    """One architecture family; a file in ``design/families`` registers it as ``FAMILY``."""

    id: ClassVar[str]
    title: ClassVar[str]
    idea: ClassVar[str]
    """One sentence: what makes it what it is."""
    cite: ClassVar[str]
    backend: ClassVar[str]
    groups: ClassVar[tuple[str, ...]]
    """Patterns as in the rule table: ``C_N``, ``SO(2)``, ``E(3)``, ``S_n``; products by their geometric factor."""
    domains: ClassVar[tuple[str, ...]]
    tasks: ClassVar[tuple[str, ...]]
    expressiveness: ClassVar[int]
    speed: ClassVar[int]
    memory: ClassVar[int]
    step: ClassVar[int] = 1
    """Widths are multiples of this."""
    trunk: ClassVar[tuple[str, ...]]
    """The kinds of layers that make it what it is."""

    def objection(self, problem: Problem) -> str | None:
        """Return why this family can't serve ``problem`` although group, domain and task match; None if it can."""
        return None

    def owns(self, layer: Layer) -> bool:
        """Tell whether a layer is one of those that make this family what it is."""
        return layer.kind in self.trunk

    @abstractmethod
    def sizes(self, problem: Problem) -> tuple[Size, ...]:
        """Return the shapes to try, the best for the request's priority first, the smallest possible last.

        The first is the reference; later ones have less depth or lmax. Widths are fitted afterwards.
        """

    @abstractmethod
    def build(self, problem: Problem, size: Size) -> tuple[Layer, ...]:
        """Return the typed pipeline of that size (parameters and exactness are filled in afterwards)."""

    @abstractmethod
    def topology(self, problem: Problem) -> Topology:
        """Return the topology: its pattern, and why it fits."""

    def learning_rate(self, problem: Problem) -> float:
        """Return the largest learning rate of AdamW that pays with the family's initialisation."""
        return 0.005 if problem.task == "force_prediction" else 0.002

    def caveats(self, problem: Problem) -> tuple[str, ...]:
        """Return what the person must know about this design."""
        return ()


@lru_cache(maxsize=1)
def all_families() -> Mapping[str, Family]:
    """Return every registered family by id.

    Raises:
        EquidesignError: a file registers nothing, or two families share an id.
    """
    found: dict[str, Family] = {}
    family: Family
    for family in discover(families, "FAMILY"):
        if family.id in found:
            raise EquidesignError(f"two families are called '{family.id}'")
        found[family.id] = family
    return MappingProxyType(found)


def family_by_id(name: str) -> Family:
    """Return the family called ``name``.

    Raises:
        InputError: there is none; the hint names the nearest.
    """
    return lookup(name, all_families(), "family")
