"""Generated specifications as plain data, and their scores."""

from __future__ import annotations

import json
import random
import zlib
from functools import cache

from cells import Cell, all_cells
from damage import Damage, Data

from equidesign.design.pipeline import design_architecture
from equidesign.render.architecture import architecture_yaml
from equidesign.scoring.rubric import load_rubric
from equidesign.scoring.score import Judgement, Score, score_text
from equidesign.spec.request import request_from_data
from equidesign.spec.specification import Specification

NAME = "architecture.json"
DOMAINS = ("images", "sphere", "point_clouds", "molecules", "sets", "graphs")
EPSILON = 1e-9


@cache
def cells() -> tuple[Cell, ...]:
    """Return every cell of the product."""
    return tuple(all_cells())


@cache
def some_cells() -> tuple[int, ...]:
    """Return one cell for each family of each domain."""
    found: dict[tuple[str, str], int] = {}
    for index in drawn("some cells").sample(range(len(cells())), len(cells())):
        found.setdefault((cells()[index].data["domain"], specification(index).family), index)
    return tuple(found.values())


def cells_of(domain: str) -> list[int]:
    """Return the chosen cells of a domain."""
    return [index for index in some_cells() if cells()[index].data["domain"] == domain]


@cache
def specification(index: int) -> Specification:
    """Return what design writes for a cell."""
    return design_architecture(request_from_data(cells()[index].request())).specification


def data_of(index: int) -> Data:
    """Return it as plain data."""
    return specification(index).to_data()


def text_of(index: int) -> str:
    """Return it as the text of its file."""
    return architecture_yaml(specification(index))


@cache
def base(index: int) -> Score:
    """Return the score of a cell."""
    return score_of(data_of(index))


def score_of(data: Data) -> Score:
    """Return the score of plain data."""
    return score_text(json.dumps(data), NAME)


def judgements(score: Score) -> dict[str, Judgement]:
    """Return the judgement of every clause."""
    return {
        each.clause.id: each
        for criterion in score.criteria
        for level in criterion.levels
        for each in level.judgements
    }


def held(score: Score) -> frozenset[str]:
    """Return the clauses that hold."""
    return frozenset(key for key, each in judgements(score).items() if each.holds)


def own_criteria(clauses: frozenset[str]) -> frozenset[str]:
    """Return the criteria that ask for any of these clauses."""
    return frozenset(
        criterion.id
        for criterion in load_rubric().criteria
        for level in criterion.levels
        if clauses.intersection(level.clauses)
    )


def rises(before: Score, after: Score) -> list[str]:
    """Return what rose from one score to another: clauses, criteria, the total."""
    found = sorted(held(after) - held(before))
    found += [
        new.criterion.id
        for old, new in zip(before.criteria, after.criteria, strict=True)
        if new.score > old.score + EPSILON
    ]
    return found + ["total"] * (after.total > before.total + EPSILON)


def drawn(*seed: object) -> random.Random:
    """Return random numbers that depend on the seed alone."""
    return random.Random(zlib.crc32("/".join(map(str, seed)).encode()))


def damaged(damage: Damage, index: int, *seed: object) -> Data | None:
    """Damage a cell's specification at a place that depends on the seed alone."""
    return damage(data_of(index), drawn(damage.name, index, *seed).randrange)
