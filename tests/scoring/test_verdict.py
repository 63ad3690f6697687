"""What a verification found counts, if it is about this specification and says what its rows say."""

from __future__ import annotations

import json
from typing import Any

import pytest
from specimens import cells, held, judgements, specification

from equidesign.errors import InputError
from equidesign.render.architecture import architecture_yaml
from equidesign.scoring.score import Score, score_text
from equidesign.scoring.verdict import PASSING, Report, read_report
from equidesign.spec.yamlio import load_text

C8 = next(i for i, each in enumerate(cells()) if each.id == "images|[12,12]|C8|classification")
VERDICTS = ("BROKEN", "VACUOUS", "WRONG_HARNESS", "ERROR", "RESOLUTION_LIMITED", "EXACT")


def data(verdict: str, group: str = "C8") -> dict[str, Any]:
    rows = [
        {"check": "vacuity", "what": "outputs move", "verdict": "EXACT"},
        {"check": "group", "what": "rotations", "verdict": verdict},
        {"check": "note", "what": "not decided", "verdict": None},
    ]
    passed = verdict in PASSING
    return {"target": "model", "group": group, "verdict": verdict, "passed": passed, "rows": rows}


def report(verdict: str, group: str = "C8") -> Report:
    return read_report(load_text(json.dumps(data(verdict, group)), "report.json"))


def score(given: Report | None = None) -> Score:
    return score_text(architecture_yaml(specification(C8)), "architecture.yaml", report=given)


@pytest.mark.parametrize("verdict", ["EXACT", "RESOLUTION_LIMITED"])
def test_passing_verdict_raises_to_the_highest_level(verdict: str) -> None:
    assert [each.level for each in score().criteria][:2] == [4, 4]
    found = score(report(verdict))
    assert [each.level for each in found.criteria][:2] == [5, 5]
    assert {"verified", "exact-or-measured"} <= held(found)
    assert (
        judgements(found)["verified"].measured.text == f"verify found {verdict}; checks of model: 2"
    )


@pytest.mark.parametrize("verdict", ["BROKEN", "VACUOUS", "WRONG_HARNESS"])
def test_refuting_verdict_lowers_to_the_lowest_level(verdict: str) -> None:
    found = score(report(verdict))
    assert [each.level for each in found.criteria][:3] == [1, 1, 1]
    assert found.total < score().total
    refuted = judgements(found)["not-refuted"].measured
    assert refuted.text == f"verify found {verdict}: group: rotations"


def test_model_that_did_not_run_says_nothing() -> None:
    found = score(report("ERROR"))
    assert held(found) == held(score())


def test_report_about_another_group_does_not_count() -> None:
    found = score(report("EXACT", group="D4"))
    assert "verified" not in held(found)
    text = judgements(found)["verified"].measured.text
    assert text == "the report is about D4, the specification about C8"


@pytest.mark.parametrize("verdict", VERDICTS)
def test_report_is_read(verdict: str) -> None:
    found = report(verdict)
    assert found.verdict == verdict
    assert found.tested == 2
    assert found.passed == (verdict in PASSING)
    assert bool(found.failures) != found.passed


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"verdict": "EXACT", "passed": True}, "the report says EXACT, and its rows say BROKEN"),
        ({"passed": True}, "the report says passed: True, and its verdict is BROKEN"),
        ({"rows": []}, "the report says BROKEN, and its rows say ERROR"),
        ({"rows": None}, "`rows` is missing or not a list"),
        ({"rows": ["EXACT"]}, "a row has no `check`, or an unknown verdict"),
        ({"target": 3}, "`target` is missing or not text"),
        ({"group": None}, "`group` is missing or not text"),
    ],
)
def test_report_that_contradicts_itself_is_refused(changes: dict[str, Any], said: str) -> None:
    document = load_text(json.dumps(data("BROKEN") | changes), "report.json")
    with pytest.raises(InputError, match=r"report\.json") as caught:
        read_report(document)
    assert said in caught.value.what
