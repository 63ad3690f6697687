"""The checker finds every broken model and raises no false alarm."""

from __future__ import annotations

import mutants
import pytest
from small_models import CUTOFF, ENERGY_AND_FORCES, Forces, Points, check

from equidesign.verify.verdict import Verdict


@pytest.mark.parametrize("name", mutants.BROKEN)
def test_broken(name: str) -> None:
    report = check(mutants.BROKEN[name])
    # Another action of the interface would make these two right, and the report says which.
    declared = name in ("swapped_axes", "wrong_parity")
    assert report.verdict is (Verdict.wrong_harness if declared else Verdict.broken), report
    assert report.exit_code == 1


@pytest.mark.parametrize("name", mutants.VACUOUS)
def test_vacuous(name: str) -> None:
    report = check(mutants.VACUOUS[name])
    assert report.verdict is Verdict.vacuous, report


@pytest.mark.parametrize("name", mutants.EXACT)
@pytest.mark.parametrize("seed", range(5))
def test_no_false_alarm(name: str, seed: int) -> None:
    report = check(mutants.EXACT[name], seed=seed)
    assert report.verdict is Verdict.exact, [row for row in report.rows if row.verdict != "EXACT"]


def test_float32_inside_is_told() -> None:
    report = check(mutants.EXACT["float32_inside"])
    assert any("float32 inside" in row.detail for row in report.rows)
    assert not any("float32 inside" in row.detail for row in check(Points).rows)


def test_a_module_instead_of_a_factory() -> None:
    assert check(Points()).passed
    assert not check(mutants.BROKEN["hidden_bias"]()).passed


@pytest.mark.parametrize("seed", range(3))
def test_conservative_forces(seed: int) -> None:
    good = check(Forces, ENERGY_AND_FORCES, conservative=True, cutoff=CUTOFF, seed=seed)
    assert good.verdict is Verdict.exact, good
    bad = check(mutants.NotConservative, ENERGY_AND_FORCES, conservative=True, seed=seed)
    assert {row.check for row in bad.rows if row.verdict is Verdict.broken} == {
        "conservative forces"
    }


def test_hard_cutoff() -> None:
    assert check(Points, cutoff=CUTOFF).passed
    report = check(mutants.HardCutoff, cutoff=CUTOFF)
    assert [row.check for row in report.rows if row.verdict is Verdict.broken] == ["cutoff"]


def test_worst_element_and_output_are_named() -> None:
    report = check(mutants.BROKEN["relu_on_components"])
    broken = [row for row in report.rows if row.verdict is Verdict.broken]
    assert any("'vector'" in row.detail and "rotation" in row.worst for row in broken)


def test_wrong_output_is_an_error() -> None:
    class Other(Points):
        def forward(self, pos, batch):  # type: ignore[no-untyped-def]
            return {"something": pos}

    report = check(Other)
    assert report.verdict is Verdict.error
    assert report.exit_code == 2
    assert "did not return 'scalar'" in report.rows[-1].detail
