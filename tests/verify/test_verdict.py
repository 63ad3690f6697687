"""Numbers to verdicts, and reports."""

from __future__ import annotations

import math

import pytest

from equidesign.report.verify_text import render_report
from equidesign.verify.rounding import Precision, decide, judge
from equidesign.verify.verdict import Report, Row, Verdict


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


@pytest.mark.parametrize(
    ("precision", "small", "large"),
    [
        (Precision(noise64=1e-7), 6e-7, 1e-5),
        (Precision(constants=True), 6e-7, 8e-6),
        (Precision(noise32=1e-7), 6e-7, 1e-5),
    ],
)
def test_precision_excuses_what_it_makes(precision: Precision, small: float, large: float) -> None:
    double = None if precision.noise32 else small
    assert decide(small, double, 1e-6, lambda: precision)[0] is Verdict.exact
    double = None if precision.noise32 else large
    assert decide(large, double, 1e-6, lambda: precision)[0] is Verdict.broken
    if not precision.noise32:
        assert decide(small, small, 1e-6, Precision)[0] is Verdict.broken


def test_models_of_float64_only() -> None:
    assert decide(None, 1e-13, 0.0, Precision)[0] is Verdict.exact
    assert decide(None, 1e-6, 0.0, Precision)[0] is Verdict.broken


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
