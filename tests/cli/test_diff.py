"""``equidesign diff`` as a person and a script use it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from equidesign.cli.app import app
from equidesign.cli.exits import run

ROOT = Path(__file__).parents[2]
DIGITS = ROOT / "examples" / "digits-any-way-up" / "request.yaml"
FORCES = ROOT / "examples" / "ethanol-forces" / "request.yaml"


def equidesign(*args: str | Path) -> int:
    return run(lambda: app([str(arg) for arg in args], standalone_mode=False))


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundles")
    for name, request, changes in (
        ("c4", DIGITS, []),
        ("c8", DIGITS, ["--set", "symmetry.group=C8"]),
        ("e3", FORCES, []),
        ("se3", FORCES, ["--set", "symmetry.group=SE(3) x S_n"]),
    ):
        assert equidesign("design", request, "-o", folder / name, *changes) == 0
    return folder


def words(text: str) -> str:
    return " ".join(text.split())


def test_the_same_is_exit_code_0(bundles: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert equidesign("diff", bundles / "c4", bundles / "c4" / "architecture.yaml") == 0
    assert capsys.readouterr().out.endswith("no difference\n")


def test_differences_are_exit_code_1(bundles: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert equidesign("diff", bundles / "e3", bundles / "se3") == 1
    said = words(capsys.readouterr().out)
    assert "Symmetry: E(3) x S_n → SE(3) x S_n" in said
    assert (
        "a mirrored input need not give the mirrored answer: chirality is no longer ignored" in said
    )
    assert equidesign("diff", bundles / "c4", bundles / "c8") == 1
    said = words(capsys.readouterr().out)
    assert (
        "turns by 45° are built in as well; on pixels they are exact only up to resampling" in said
    )
    assert "Exactness: exact → approximate" in said


def test_both_ways_say_the_opposite(bundles: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = []
    for pair in (("c4", "c8"), ("c8", "c4")):
        assert equidesign("diff", *(bundles / name for name in pair), "--format", "json") == 1
        found.append(json.loads(capsys.readouterr().out))
    there, back = found
    assert there["symmetry"]["relation"] == "larger"
    assert back["symmetry"]["relation"] == "smaller"
    assert [one["group"] for one in there["symmetry"]["gained"]] == ["C8"]
    assert [one["group"] for one in back["symmetry"]["lost"]] == ["C8"]
    assert there["cost"]["parameters"]["before"] == back["cost"]["parameters"]["after"]
    assert there["cost"]["parameters"]["ratio"] == pytest.approx(
        1 / back["cost"]["parameters"]["ratio"]
    )
    assert len(there["layers"]) == len(back["layers"])


def test_json_formats_are_read_too(bundles: Path, tmp_path: Path) -> None:
    yaml = pytest.importorskip("yaml")
    data = yaml.safe_load((bundles / "c4" / "architecture.yaml").read_text(encoding="utf-8"))
    other = tmp_path / "other.json"
    other.write_text(json.dumps(dict(reversed(data.items()))), encoding="utf-8")
    assert equidesign("diff", bundles / "c4", other) == 0


def test_an_edit_is_told_with_what_it_costs(
    bundles: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edited = tmp_path / "edited"
    shutil.copytree(bundles / "c4", edited)
    path = edited / "architecture.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("kernel: 5", "kernel: 3", 1), encoding="utf-8")
    assert equidesign("diff", bundles / "c4", edited) == 1
    captured = capsys.readouterr()
    said = words(captured.out)
    assert "kernel 5 → 3" in said
    assert "Cost" in said
    assert f"run `equidesign lint {edited}`" in said
    assert captured.err == ""


def test_an_ill_typed_file_is_compared_and_lint_is_named(
    bundles: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "broken.yaml"
    text = (bundles / "c4" / "architecture.yaml").read_text(encoding="utf-8")
    path.write_text(text.replace("nonlinearity: relu", "nonlinearity: tanh", 1), encoding="utf-8")
    assert equidesign("diff", bundles / "c4", path) == 1
    said = words(capsys.readouterr().out)
    assert "nonlinearity relu → tanh" in said
    assert "does not type-check" in said
    assert "'tanh'" in said


@pytest.mark.parametrize("broken", ["missing.yaml", "request.yaml", "syntax.yaml", "key.yaml"])
def test_bad_input_is_exit_code_2(
    bundles: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], broken: str
) -> None:
    good = bundles / "c4" / "architecture.yaml"
    text = good.read_text(encoding="utf-8")
    contents = {
        "request.yaml": DIGITS.read_text(encoding="utf-8"),
        "syntax.yaml": text.replace("name:", "name: [", 1),
        "key.yaml": text + "famly: x\n",
    }
    path = tmp_path / broken
    if broken in contents:
        path.write_text(contents[broken], encoding="utf-8")
    for pair in ((good, path), (path, good)):
        assert equidesign("diff", *pair) == 2
        captured = capsys.readouterr()
        assert captured.out == ""
        assert broken in captured.err
        assert "Traceback" not in captured.err


@pytest.mark.parametrize("columns", ["40", "72"])
def test_narrow_plain_ascii_output(bundles: Path, columns: str) -> None:
    environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": columns, "PYTHONIOENCODING": "ascii"}
    result = subprocess.run(
        [sys.executable, "-m", "equidesign", "diff", "c4", "c8"],
        cwd=bundles,
        env=environment,
        capture_output=True,
        timeout=120,
    )
    assert result.returncode == 1, result.stderr
    text = result.stdout.decode("ascii")
    assert "C4 -> C8" in text
    assert "\x1b" not in text
    assert "45 deg" in text


def test_names_cannot_drive_a_terminal(
    bundles: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "evil.yaml"
    text = (bundles / "c4" / "architecture.yaml").read_text(encoding="utf-8")
    evil = r'  augmentation: "\e]0;owned\a [red]x"' + "\n"
    # the text may be folded over several lines, which lie deeper than its key
    edited, count = re.subn(r"(?m)^  augmentation: .*\n(?:    .*\n)*", lambda _: evil, text)
    assert count == 1
    path.write_text(edited, encoding="utf-8")
    assert equidesign("diff", bundles / "c4", path) == 1
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "[red]x" in out
