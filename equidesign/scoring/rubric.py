"""The rubric: criteria, weights and levels, read from ``rubrics/`` and checked once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from equidesign.errors import EquidesignError
from equidesign.resources import data_dir
from equidesign.scoring.registry import all_predicates
from equidesign.spec.yamlio import load_file

LEVELS = (1, 2, 3, 4, 5)
HIGHEST = LEVELS[-1]


@dataclass(frozen=True)
class Clause:
    """A predicate as a rubric uses it.

    Attributes:
        id: its name in the rubric.
        predicate: the name of the function that measures it.
        says: what holds when it holds, one sentence.
        needs: clauses without which it can't hold: what it measures would be of no meaning, or not be there.
        parameters: what the function is given.
        reference: where the demand comes from.
    """

    id: str
    predicate: str
    says: str
    needs: tuple[str, ...]
    parameters: Mapping[str, Any]
    reference: str


@dataclass(frozen=True)
class Level:
    """What a criterion asks for at one level, on top of the levels below.

    Attributes:
        means: the level in words.
        clauses: ids of what has to hold.
    """

    number: int
    means: str
    clauses: tuple[str, ...]


@dataclass(frozen=True)
class Criterion:
    """One criterion: a question, its weight, and its levels from 1 to 5."""

    id: str
    title: str
    weight: float
    question: str
    levels: tuple[Level, ...]


@dataclass(frozen=True)
class Rubric:
    """What specifications are scored against.

    Attributes:
        minimum: the least total that passes.
        clauses: all clauses by id; a clause stands after those that it needs.
    """

    title: str
    minimum: float
    clauses: Mapping[str, Clause]
    criteria: tuple[Criterion, ...]


@lru_cache(maxsize=4)
def load_rubric(name: str = "architecture") -> Rubric:
    """Return a rubric of the folder ``rubrics``.

    Raises:
        EquidesignError: it names an unknown predicate or clause, a clause needs itself, a clause is never used, or
            the weights do not add up to 1.
    """
    data = load_file(data_dir("rubrics") / f"{name}.yaml").data
    clauses = {
        key: Clause(
            key,
            entry.get("predicate", key),
            entry["says"],
            tuple(entry.get("needs", ())),
            MappingProxyType(entry.get("parameters", {})),
            entry["reference"],
        )
        for key, entry in data["clauses"].items()
    }
    criteria = tuple(_criterion(entry) for entry in data["criteria"])
    _check(clauses, criteria)
    ordered = {key: clauses[key] for key in _in_order(clauses)}
    return Rubric(data["title"], data["minimum"], MappingProxyType(ordered), criteria)


def _criterion(entry: Mapping[str, Any]) -> Criterion:
    levels = tuple(
        Level(level["level"], level["means"], tuple(level.get("clauses", ())))
        for level in entry["levels"]
    )
    return Criterion(entry["id"], entry["title"], entry["weight"], entry["question"], levels)


def _check(clauses: Mapping[str, Clause], criteria: Iterable[Criterion]) -> None:
    known = all_predicates()
    for clause in clauses.values():
        if clause.predicate not in known:
            raise EquidesignError(f"the rubric asks for the unknown predicate '{clause.predicate}'")
    used = {need for clause in clauses.values() for need in clause.needs}
    for criterion in criteria:
        if tuple(level.number for level in criterion.levels) != LEVELS:
            raise EquidesignError(f"'{criterion.id}' has not the levels 1 to {HIGHEST}")
        if criterion.levels[0].clauses or not all(level.clauses for level in criterion.levels[1:]):
            raise EquidesignError(f"'{criterion.id}': level 1 asks for nothing, the others do")
        used |= {key for level in criterion.levels for key in level.clauses}
    if used != clauses.keys():
        raise EquidesignError(f"clauses unknown or unused: {sorted(used ^ clauses.keys())}")
    if abs(sum(criterion.weight for criterion in criteria) - 1) > 1e-9:
        raise EquidesignError("the weights of the criteria do not add up to 1")


def _in_order(clauses: Mapping[str, Clause]) -> list[str]:
    """Return the ids so that each stands after those that it needs."""
    done: list[str] = []
    open_: list[str] = []

    def visit(key: str) -> None:
        if key in done:
            return
        if key in open_:
            raise EquidesignError(f"the clause '{key}' needs itself")
        open_.append(key)
        for need in clauses[key].needs:
            visit(need)
        done.append(open_.pop())

    for key in clauses:
        visit(key)
    return done
