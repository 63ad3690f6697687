"""The rule table as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from equidesign.design.datafile import read_table
from equidesign.design.rules.predicates import PREDICATES
from equidesign.errors import EquidesignError

PACKAGE = "equidesign.design.rules"


@dataclass(frozen=True)
class Rule:
    """One row: under which conditions a family is chosen, and why.

    Attributes:
        id: stable name, shown by ``equidesign explain``.
        when: conditions; groups are patterns such as C_N, of which the geometric factor must match.
        family, layers, topology, library: what is chosen.
        why: why it is right where the row wins.
        why_not: why it loses where another row wins.
        cite: the literature that did it so.
        expressiveness, speed, memory: 1 (poor) to 5 (good).
        caveats: what remains to be known.
    """

    id: str
    when: Mapping[str, Any]
    family: str
    layers: str
    topology: str
    library: str
    why: str
    why_not: str
    cite: str
    expressiveness: int
    speed: int
    memory: int
    caveats: tuple[str, ...] = ()

    @property
    def groups(self) -> tuple[str, ...]:
        """The patterns of groups that the row is about."""
        return tuple(self.when["groups"])

    @property
    def domains(self) -> tuple[str, ...]:
        """The domains that the row is about."""
        return tuple(self.when["domains"])


@dataclass(frozen=True)
class Veto:
    """Families that fit by group, domain and task, and would still be wrong."""

    id: str
    families: tuple[str, ...]
    when: Mapping[str, Any]
    why: str


@lru_cache(maxsize=1)
def rules_table() -> tuple[Rule, ...]:
    """Return all rows, in order of priority.

    Raises:
        EquidesignError: two rows share an id, or a row has an unknown condition.
    """
    rows = tuple(_rule(row) for row in read_table(PACKAGE, "table.yaml"))
    _check(rows)
    return rows


@lru_cache(maxsize=1)
def vetoes() -> tuple[Veto, ...]:
    """Return all vetoes."""
    rows = tuple(
        Veto(row["id"], tuple(row["families"]), MappingProxyType(row["when"]), row["why"])
        for row in read_table(PACKAGE, "vetoes.yaml")
    )
    _check(rows)
    return rows


def _rule(row: dict[str, Any]) -> Rule:
    return Rule(
        id=row["id"],
        when=MappingProxyType(row["when"]),
        **row["choose"],
        why=row["why"],
        why_not=row["why_not"],
        cite=row["cite"],
        **row["tradeoffs"],
        caveats=tuple(row["caveats"]),
    )


def _check(rows: tuple[Rule, ...] | tuple[Veto, ...]) -> None:
    seen: set[str] = set()
    for row in rows:
        if row.id in seen:
            raise EquidesignError(f"two rules are called '{row.id}'")
        seen.add(row.id)
        for condition in row.when:
            if condition not in PREDICATES:
                raise EquidesignError(f"rule '{row.id}' asks for the unknown '{condition}'")
