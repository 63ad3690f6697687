"""The rubric: what the design fixes of it, how scores follow from clauses, and its page."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from collections.abc import Set
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st
from specimens import base, cells_of, judgements

import equidesign.scoring
from equidesign.report.rubric_markdown import rubric_markdown
from equidesign.scoring.measured import Measured
from equidesign.scoring.registry import all_predicates
from equidesign.scoring.rubric import load_rubric
from equidesign.scoring.score import CriterionScore, Judgement, LevelScore, Score
from equidesign.scoring.versions import Range

ROOT = Path(__file__).parents[2]
RUBRIC = load_rubric()
CLAUSES = sorted(RUBRIC.clauses)
WEIGHTS = {
    "group-architecture-match": 0.30,
    "layer-design": 0.25,
    "implementation-guidance": 0.20,
    "efficiency": 0.15,
    "completeness": 0.10,
}


def score(held: Set[str]) -> Score:
    """Return the score where these clauses hold and no others."""
    found = {
        key: Judgement(clause, Measured(key in held, ""), (), key, 1, 1)
        for key, clause in RUBRIC.clauses.items()
    }
    criteria = (
        CriterionScore(
            each,
            tuple(
                LevelScore(level, tuple(found[key] for key in level.clauses))
                for level in each.levels
            ),
        )
        for each in RUBRIC.criteria
    )
    return Score("rubric", tuple(criteria), RUBRIC.minimum)


def modules() -> list[ModuleType]:
    names = pkgutil.walk_packages(equidesign.scoring.__path__, "equidesign.scoring.")
    return [importlib.import_module(each.name) for each in names]


def test_criteria_weights_and_minimum_are_those_of_the_design() -> None:
    assert {each.id: each.weight for each in RUBRIC.criteria} == WEIGHTS
    assert RUBRIC.minimum == 3.0


def test_every_predicate_is_used_and_every_clause_has_its_reference() -> None:
    assert {clause.predicate for clause in RUBRIC.clauses.values()} == all_predicates().keys()
    for clause in RUBRIC.clauses.values():
        assert clause.says.endswith(".")
        assert clause.reference


def test_scores_go_from_1_to_5() -> None:
    assert score(frozenset()).total == pytest.approx(1)
    assert not score(frozenset()).passed
    assert score(frozenset(CLAUSES)).total == pytest.approx(5)
    assert score(frozenset(CLAUSES)).passed


@given(st.sets(st.sampled_from(CLAUSES)), st.sampled_from(CLAUSES))
def test_every_clause_counts_whatever_else_holds(held: set[str], clause: str) -> None:
    less, more = score(held - {clause}), score(held | {clause})
    assert less.total < more.total
    for low, high in zip(less.criteria, more.criteria, strict=True):
        asks = any(clause in level.clauses for level in low.criterion.levels)
        assert (low.score < high.score) == asks
        assert low.level <= low.score <= min(low.level + 1, 5)
        assert low.level <= high.level


@given(st.sets(st.sampled_from(CLAUSES)))
def test_what_is_wanted_raises_the_level(held: set[str]) -> None:
    for index, criterion in enumerate(score(held).criteria):
        wanted = {each.clause.id for each in criterion.wanted}
        assert not wanted & held
        assert bool(wanted) == (criterion.level < 5)
        assert score(held | wanted).criteria[index].level >= min(criterion.level + 1, 5)


def test_clauses_are_judged_after_those_that_they_need() -> None:
    order = list(RUBRIC.clauses)
    for key, clause in RUBRIC.clauses.items():
        assert all(order.index(need) < order.index(key) for need in clause.needs)
    for key, judgement in judgements(base(cells_of("images")[0])).items():
        assert set(judgement.blocked) <= set(RUBRIC.clauses[key].needs)


def test_page_is_the_rubric() -> None:
    written = (ROOT / "docs" / "score.md").read_text(encoding="utf-8")
    assert written == rubric_markdown(), "run `make docs`"
    assert all(f"| `{key}` | " in written for key in CLAUSES)


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.__name__)
def test_examples_in_docstrings(module: ModuleType) -> None:
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (">=2.4", Range((2, 4))),
        (">=0.5.6,<0.7", Range((0, 5, 6), (0, 7))),
        ("==1.2", Range((1, 2), (1, 2), open=False)),
        ("==1.2.*", Range((1, 2), (1, 3))),
        ("~=1.4.2", Range((1, 4, 2), (1, 5))),
        ("<=3", Range(None, (3,), open=False)),
        (">=1.0", Range((1,))),
        ("", None),
        ("*", None),
        (">=2,<1", None),
        (">=2,<2", None),
        ("~=1", None),
        ("the newest", None),
        (2.4, None),
        (None, None),
    ],
)
def test_ranges_of_versions(text: object, expected: Range | None) -> None:
    assert Range.read(text) == expected


@pytest.mark.parametrize(
    ("inner", "outer", "within"),
    [
        (">=0.6,<0.7", ">=0.5.6,<0.7", True),
        ("==0.6.1", ">=0.5.6,<0.7", True),
        (">=0.5.6,<=0.7", ">=0.5.6,<0.7", False),
        (">=0.5", ">=0.5.6", False),
        (">=3", ">=2.4", True),
        (">=2.4", ">=2.4,<3", False),
        ("<3", ">=2.4,<3", False),
    ],
)
def test_range_within_another(inner: str, outer: str, within: bool) -> None:
    one, other = Range.read(inner), Range.read(outer)
    assert one is not None
    assert other is not None
    assert one.within(other) == within
