"""Foreign models: each is what it is said to be (plain checks), and verify says so too (exit codes)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")
pytest.importorskip("e3nn")
pytest.importorskip("escnn")
pytest.importorskip("torch_geometric")

from foreign.case import BROKEN, COULD_NOT_RUN, RIGHT, Case
from foreign.cases_awkward import AWKWARD_CASES, OMITTED_CASES
from foreign.cases_crystals import CRYSTAL_CASES
from foreign.cases_frames import E3NN_CASES, FRAME_CASES, PLANAR_CASES
from foreign.cases_grids import IMAGE_CASES, SEQUENCE_CASES, SPHERE_CASES, VOLUME_CASES
from foreign.cases_groups import GROUP_CASES
from foreign.cases_points import EGNN_CASES, PAINN_CASES
from foreign.cases_potentials import POTENTIAL_CASES
from foreign.cases_sets import GRAPH_CASES, SET_CASES, TABLE_CASES, VECTOR_CASES
from foreign.cases_trouble import TROUBLE_CASES, VACUOUS_CASES
from foreign.running import by_command, in_process, target, write

CASES = [
    *EGNN_CASES, *PAINN_CASES, *POTENTIAL_CASES, *FRAME_CASES, *PLANAR_CASES, *E3NN_CASES,
    *CRYSTAL_CASES, *IMAGE_CASES, *VOLUME_CASES, *SPHERE_CASES, *SEQUENCE_CASES, *SET_CASES,
    *GRAPH_CASES, *TABLE_CASES, *VECTOR_CASES, *AWKWARD_CASES, *OMITTED_CASES, *GROUP_CASES,
    *VACUOUS_CASES, *TROUBLE_CASES,
]  # fmt: skip
ENDS_THE_PROCESS = {"trouble-hangs", "trouble-exits"}
BY_COMMAND = [
    "egnn-egnn",
    "painn-relu",
    "images-escnn_c4",
    "vacuous-zeros",
    "painn-painn-wrong-parity",
    "trouble-loud",
    "trouble-rihgt",
    "trouble-raises",
    "trouble-right-rep",
    "trouble-exits",
    "trouble-hangs",
]
SMALLEST_BREAK = 1e-6

by_name = {case.name: case for case in CASES}
run_here = [case for case in CASES if case.name not in ENDS_THE_PROCESS]
measured = [case for case in CASES if case.plain is not None]


def ident(case: Case) -> str:
    return case.name


def test_names_are_unique() -> None:
    assert len(by_name) == len(CASES)


def test_only_what_cannot_run_goes_without_a_plain_check() -> None:
    assert {case.exit for case in CASES if case.plain is None} == {COULD_NOT_RUN}


@pytest.mark.parametrize("case", measured, ids=ident)
def test_plain(case: Case) -> None:
    """The model is right, broken or vacuous by a measure that has nothing to do with equidesign."""
    assert case.plain is not None
    error = case.measure(case.plain)
    if case.exit == RIGHT or case in VACUOUS_CASES:
        assert error <= case.limit
    else:
        assert case.exit == BROKEN
        assert error > SMALLEST_BREAK
    if case.truth is not None:
        assert case.measure(case.truth) < 1e-10


# Broken models that verify lets pass; one that is found some day fails here, and leaves the list.
MISSED = {
    "images-averaged_33-c8": "the symmetry of the grid only, which turns between pixels do not tell from C8 here"
}


def judged(case: Case) -> Any:
    """The case, marked where verify is known to miss it."""
    reason = MISSED.get(case.name)
    marks = [pytest.mark.xfail(reason=reason, strict=True)] if reason else []
    return pytest.param(case, marks=marks, id=case.name)


@pytest.mark.parametrize("case", [judged(case) for case in run_here])
def test_verdict(case: Case, tmp_path: Path) -> None:
    outcome = in_process(case, tmp_path)
    assert outcome.exit == case.exit, f"{case.why}: {outcome.verdict}\n{outcome.said}"
    if case.verdicts is not None:
        assert outcome.verdict in case.verdicts, outcome.said
    assert case.mention.lower() in outcome.said.lower()


@pytest.mark.parametrize("name", BY_COMMAND)
def test_command(name: str, tmp_path: Path) -> None:
    case = by_name[name]
    outcome = by_command(case, tmp_path)
    assert outcome.exit == case.exit, outcome.said
    assert case.mention.lower() in outcome.said.lower()


def test_package_and_module(tmp_path: Path) -> None:
    """``package.module:factory``, from the folder that the command is run in."""
    case = by_name["egnn-egnn"]
    package = tmp_path / "mine"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "net.py").write_text(case.path.read_text())
    done = subprocess.run(
        [sys.executable, "-m", "equidesign", "verify", "mine.net:egnn", "--quick",
         "--interface", str(write(case, tmp_path))],
        capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == RIGHT, done.stderr + done.stdout


def test_interface_beside_the_model(tmp_path: Path) -> None:
    case = by_name["painn-relu"]
    write(case, tmp_path)
    (tmp_path / "painn.py").write_text(case.path.read_text())
    done = subprocess.run(
        [sys.executable, "-m", "equidesign", "verify", "painn.py:relu", "--quick"],
        capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == BROKEN, done.stderr + done.stdout


def test_interface_that_does_not_exist(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "equidesign", "verify", target(by_name["egnn-egnn"]),
         "--interface", str(tmp_path / "nowhere.yaml")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == COULD_NOT_RUN
    assert "nowhere.yaml" in done.stderr
    assert "Traceback" not in done.stderr
