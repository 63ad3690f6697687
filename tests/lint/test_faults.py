"""Planted faults are found where they stand, healthy lines are left alone, legal edits give no finding.

A sample of what ``benchmarks/lint_faults.py`` runs in full.
"""

from __future__ import annotations

import itertools

import pytest
from faults.corpus import (
    DOMAINS,
    OPERATORS,
    cells,
    faults,
    judge,
    legal_edits,
    order,
    plantings,
)
from faults.planting import ARCHITECTURE, Operator

from equidesign.render.bundle import check_pipeline
from equidesign.spec.loading import parse_specification
from equidesign.spec.yamlio import load_text

SEED = 1


def ids(operator: Operator) -> str:
    return operator.name


@pytest.mark.parametrize("operator", faults(), ids=ids)
def test_fault_is_found_where_it_stands(operator: Operator) -> None:
    judged = [judge(operator, index, made) for index, made in plantings(operator, SEED, 1)]
    assert judged, f"{operator.name} applies to no cell"
    for one in judged:
        assert one.right, str(one)
        assert not one.blamed, str(one)


@pytest.mark.parametrize("operator", legal_edits(), ids=ids)
def test_legal_edit_gives_no_finding(operator: Operator) -> None:
    judged = [judge(operator, index, made) for index, made in plantings(operator, SEED, 2)]
    assert judged, f"{operator.name} applies to no cell"
    for one in judged:
        assert not one.findings, str(one)


@pytest.mark.parametrize("operator", [o for o in legal_edits() if o.plant], ids=ids)
def test_legal_edit_can_be_rendered(operator: Operator) -> None:
    # Whoever calls an edit legal must be right: the pipeline it leaves type-checks.
    for _, made in plantings(operator, SEED, 1):
        name = "a.json" if made.text.startswith("{") else ARCHITECTURE
        check_pipeline(parse_specification(load_text(made.text, name)))


def test_operators_are_many_and_reach_every_domain() -> None:
    assert len(faults()) >= 120
    assert len(legal_edits()) >= 25
    for operator in OPERATORS.values():
        first = itertools.islice(order(operator, 0), len(DOMAINS))
        assert {cells()[index].data["domain"] for index in first} == set(DOMAINS)


def test_guilty_lines_are_lines_of_the_edited_text() -> None:
    for operator in faults()[::7]:
        for index, made in plantings(operator, SEED, 1):
            for file, line in made.guilty:
                content = made.files.get(file)
                if operator.plant and line is not None and isinstance(content, str):
                    assert 1 <= line <= content.count("\n") + 2, (operator.name, index, line)
