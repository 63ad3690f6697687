"""Numbers to verdicts, and reports."""

from __future__ import annotations

import math

import pytest

from equidesign.report.verify_text import render_report
from equidesign.verify.verdict import Precision, Report, Row, Verdict, judge


@pytest.mark.parametrize(
    ("error32", "error64", "verdict"),
    [
        (5e-7, 1e-15, "EXACT"),
        (0.0, 3e-16, "EXACT"),
        (0.0, 0.0, "EXACT"),
        (1e-2, 1e-11, "EXACT"),
        (0.9, 1e-5, "BROKEN"),
        (1e-5, 1e-5, "BROKEN"),
        (1e-6, 1e-8, "BROKEN"),
        (0.5, 0.5, "BROKEN"),
        (math.nan, 1e-15, "VACUOUS"),
        (1e-6, math.inf, "VACUOUS"),
    ],
)
def test_the_ratio_decides(error32: float, error64: float, verdict: str) -> None:
    assert judge(error32, error64) == verdict


def test_float32_inside() -> None:
    inside = Precision(0.0, 1e-7)
    assert judge(6e-7, 6e-7, inside) is Verdict.exact
    assert judge(1e-5, 1e-5, inside) is Verdict.broken
    assert judge(6e-7, 6e-7, Precision(1e-6)) is Verdict.broken


def report(*verdicts: Verdict | None) -> Report:
    rows = tuple(Row("group elements", "rotations", 1e-6, 1e-15, 1e-7, v) for v in verdicts)
    return Report("model", "E(3)", rows, 0, 1.0)


@pytest.mark.parametrize(
    ("verdicts", "expected", "code"),
    [
        ((Verdict.exact,), Verdict.exact, 0),
        ((Verdict.exact, Verdict.resolution_limited), Verdict.resolution_limited, 0),
        ((Verdict.exact, Verdict.error), Verdict.error, 2),
        ((Verdict.error, Verdict.broken), Verdict.broken, 1),
        ((Verdict.vacuous, Verdict.exact), Verdict.vacuous, 1),
        ((None, Verdict.exact), Verdict.exact, 0),
        ((None,), Verdict.error, 2),
        ((), Verdict.error, 2),
    ],
)
def test_the_gravest_row_decides(
    verdicts: tuple[Verdict | None, ...], expected: Verdict, code: int
) -> None:
    found = report(*verdicts)
    assert found.verdict is expected
    assert found.exit_code == code
    assert found.passed == (code == 0)


def test_data_round_trip() -> None:
    found = Report("m", "C4", (Row("a", "b", math.nan, None, 1.0, None, "why"), Row("c", "d")), 3)
    again = Report.from_data(found.to_data())
    assert again.to_data() == found.to_data()
    assert again.rows[1] == found.rows[1]


def test_table() -> None:
    text = render_report(report(Verdict.exact, Verdict.broken, None))
    assert "1.0e-06" in text
    assert "not tested" in text
    assert text.splitlines()[-1].startswith("BROKEN: ")
