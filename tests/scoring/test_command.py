"""``equidesign score`` as a person and a script use it."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from equidesign.cli.app import app
from equidesign.cli.exits import run
from equidesign.report.layout import render
from equidesign.report.score_text import marks, score_lines
from equidesign.scoring.score import score_path

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted(path.parent.name for path in ROOT.glob("examples/*/request.yaml"))
FORCES = "ethanol-forces"
REPORT = {
    "target": FORCES,
    "group": "E(3) x S_n",
    "verdict": "EXACT",
    "passed": True,
    "rows": [{"check": "rotations", "what": "of space", "verdict": "EXACT"}],
}


def equidesign(*args: str | Path) -> int:
    return run(lambda: app([str(arg) for arg in args], standalone_mode=False))


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundles")
    for name in EXAMPLES:
        request = ROOT / "examples" / name / "request.yaml"
        assert equidesign("design", request, "-o", folder / name) == 0
    return folder


@pytest.fixture
def copy(bundles: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(bundles / FORCES, tmp_path / FORCES))


def standard_input(monkeypatch: pytest.MonkeyPatch, raw: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw), "utf-8"))


@pytest.mark.parametrize("name", EXAMPLES)
def test_design_of_an_example_passes(
    bundles: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert equidesign("score", bundles / name) == 0
    said = capsys.readouterr()
    assert "\n4.87 of 5, passes (at least 3)\n" in said.out
    assert not said.err
    assert "> verified: run `equidesign verify BUNDLE" in said.out
    assert "  Implementation guidance, Efficiency, Completeness: the highest level" in said.out


def test_json_is_alone_and_complete(bundles: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert equidesign("score", bundles / FORCES, "--format", "json") == 0
    data = json.loads(capsys.readouterr().out)
    assert data["version"] == 1
    assert data["passed"] is True
    assert data["total"] == pytest.approx(
        sum(each["weight"] * each["score"] for each in data["criteria"]), abs=1e-3
    )
    assert [each["id"] for each in data["criteria"]] == [
        "group-architecture-match",
        "layer-design",
        "implementation-guidance",
        "efficiency",
        "completeness",
    ]
    for criterion in data["criteria"]:
        assert [level["level"] for level in criterion["levels"]] == [1, 2, 3, 4, 5]
        for level in criterion["levels"]:
            assert level["holds"] == all(each["holds"] for each in level["evidence"])
            for each in level["evidence"]:
                assert each["measured"]
                assert each["reference"]
                assert bool(each["raise"]) != each["holds"]
        if criterion["next"]:
            assert criterion["next"]["level"] == criterion["level"] + 1
            assert criterion["next"]["raises"]


@pytest.mark.parametrize(("least", "code"), [("1", 0), ("4.87", 0), ("4.88", 1), ("5", 1)])
def test_exit_code_tells_whether_the_minimum_is_reached(
    bundles: Path, least: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert equidesign("score", bundles / FORCES, "--min", least) == code
    passes = "passes" if code == 0 else "does not pass"
    assert f"{passes} (at least {least})" in capsys.readouterr().out


@pytest.mark.parametrize("least", ["0", "5.1", "nan", "much"])
def test_minimum_has_to_be_a_score(
    bundles: Path, least: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert equidesign("score", bundles / FORCES, "--min", least) == 2
    assert not capsys.readouterr().out


def test_file_of_a_bundle_is_scored_like_its_folder(
    bundles: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert equidesign("score", bundles / FORCES) == 0
    folder = capsys.readouterr().out
    assert equidesign("score", bundles / FORCES / "architecture.yaml") == 0
    assert capsys.readouterr().out == folder


def test_specification_alone_has_no_code(
    bundles: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(bundles / FORCES / "architecture.yaml", tmp_path / "mine.yaml")
    assert equidesign("score", tmp_path / "mine.yaml") == 0
    said = capsys.readouterr().out
    assert "- bundle-complete: no bundle: there is no code beside the specification" in said
    assert "> bundle-complete: `equidesign render` writes it" in said


def test_standard_input(
    bundles: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    standard_input(monkeypatch, (bundles / FORCES / "architecture.yaml").read_bytes())
    assert equidesign("score", "-") == 0
    assert capsys.readouterr().out.startswith("<stdin>\n4.77 of 5, passes")


def test_report_of_verify_raises_the_score(
    bundles: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "report.json").write_text(json.dumps(REPORT), encoding="utf-8")
    arguments = ("score", bundles / FORCES, "--min", "5", "--verdict")
    assert equidesign(*arguments, tmp_path / "report.json") == 0
    said = capsys.readouterr().out
    assert "5.00 of 5, passes (at least 5); verify: EXACT" in said
    standard_input(monkeypatch, json.dumps(REPORT).encode())
    assert equidesign(*arguments, "-") == 0
    assert capsys.readouterr().out == said


def test_only_one_of_two_comes_from_standard_input(capsys: pytest.CaptureFixture[str]) -> None:
    assert equidesign("score", "-", "--verdict", "-") == 2
    assert "can't both come from standard input" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b"[1, 2]\n", "the top level is not a mapping"),
        (b"layers: [\n", "not valid YAML"),
        (b"\xff\xfe\x00", "is not UTF-8 text"),
        (b"colour: red\n", "this is no specification: it has none of its sections"),
        (b"task: {type: classification}\n", "for a request use `equidesign design`"),
        (b"layers: " + b"[" * 5000, "not valid YAML"),
    ],
)
def test_file_that_is_no_specification(
    content: bytes, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bad.yaml"
    path.write_bytes(content)
    for option in ("text", "json"):
        assert equidesign("score", path, "--format", option) == 2
        printed = capsys.readouterr()
        assert not printed.out
        assert said in printed.err
        assert f"{path}:" in printed.err
        assert "Traceback" not in printed.err


def test_no_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert equidesign("score", tmp_path / "nothing") == 2
    assert "there is no file" in capsys.readouterr().err
    assert equidesign("score", tmp_path) == 2
    assert "architecture.yaml" in capsys.readouterr().err


@pytest.mark.parametrize("data", [{}, {"target": "x"}, {**REPORT, "passed": False}])
def test_file_that_is_no_report(
    data: Any, bundles: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "report.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    assert equidesign("score", bundles / FORCES, "--verdict", path) == 2
    printed = capsys.readouterr()
    assert not printed.out
    assert f"{path}:1:" in printed.err
    assert "equidesign verify TARGET --format json" in printed.err


def test_edited_code_is_no_longer_that_of_the_specification(
    copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = copy / "model.py"
    text = model.read_text(encoding="utf-8")
    model.write_text("# by me\n" + text, encoding="utf-8")
    assert equidesign("score", copy) == 0
    assert "\n4.87 of 5" in capsys.readouterr().out
    model.write_text(text + "\nLIMIT = 3\n", encoding="utf-8")
    assert equidesign("score", copy) == 0
    said = capsys.readouterr().out
    assert "\n4.82 of 5" in said
    assert "- bundle-fresh: model.py is not what the specification says" in said
    model.unlink()
    assert equidesign("score", copy) == 0
    assert "- bundle-complete: model.py is missing or can't be read" in capsys.readouterr().out


def test_same_specification_gives_the_same_bytes(bundles: Path) -> None:
    outputs = set()
    for seed in ("0", "1"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-m", "equidesign", "score", FORCES, "--format", "json"]
        done = subprocess.run(
            command, cwd=bundles, env=environment, capture_output=True, check=True, timeout=120
        )
        outputs.add(done.stdout)
    assert len(outputs) == 1


def test_torch_is_never_imported(bundles: Path) -> None:
    code = (
        "import sys\n"
        "from equidesign.cli.app import app\n"
        f"app(['score', {FORCES!r}], standalone_mode=False)\n"
        "assert not {'torch', 'numpy', 'e3nn', 'escnn'} & sys.modules.keys()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=bundles, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert "4.87 of 5" in done.stdout


def test_pipe_has_no_colours(bundles: Path) -> None:
    for extra in ({}, {"NO_COLOR": "1"}):
        done = subprocess.run(
            [sys.executable, "-m", "equidesign", "score", FORCES],
            cwd=bundles,
            env={**os.environ, **extra},
            capture_output=True,
            timeout=120,
        )
        assert done.returncode == 0
        assert b"\x1b" not in done.stdout
        assert all(len(line) <= 100 for line in done.stdout.decode().splitlines())


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("name", EXAMPLES)
def test_lines_fit_the_terminal(
    bundles: Path, name: str, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(bundles)
    lines = score_lines(score_path(Path(name)))
    text = render(lines, width)
    assert [line for line in text.splitlines() if len(line) > width and " " in line.strip()] == []
    assert all(line == line.rstrip() for line in text.splitlines())
    wide = " ".join(render(lines, 1000).split())
    assert " ".join(text.split()) == wide or width < 60


@pytest.mark.parametrize(
    ("score", "said"), [(5.0, "5.00"), (2.9999, "2.99"), (3.0, "3.00"), (4.1, "4.10")]
)
def test_marks_are_never_rounded_up(score: float, said: str) -> None:
    assert marks(score) == said
