"""``equidesign lint --fix`` and ``--diff``: files, standard input, and what is kept of them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from equidesign.cli.app import app
from equidesign.cli.exits import run
from equidesign.lint import fixes
from equidesign.lint.finding import Fix, SetValue

ROOT = Path(__file__).parents[2]
REQUEST = ROOT / "examples" / "digits-any-way-up" / "request.yaml"
SPEC = Path("wrong/architecture.yaml")
MARK = b"\xef\xbb\xbf"


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("designed") / "bundle"
    assert run(lambda: app(["design", str(REQUEST), "-o", str(folder)], standalone_mode=False)) == 0
    return folder


@pytest.fixture
def folder(bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: two specifications, one with two misspelt keys."""
    monkeypatch.chdir(tmp_path)
    for name in ("clean", "wrong"):
        Path(name).mkdir()
        shutil.copy(bundle / "architecture.yaml", name)
    SPEC.write_bytes(misspelt(SPEC.read_bytes()))
    return tmp_path


def misspelt(raw: bytes) -> bytes:
    for key in (b"topology:", b"deployment:"):
        assert raw.count(b"\n" + key) == 1
        raw = raw.replace(b"\n" + key, b"\n" + key[:4] + key[5:])
    return raw


def right() -> bytes:
    return Path("clean/architecture.yaml").read_bytes()


def lint(*args: str | Path) -> int:
    return run(lambda: app(["lint", *map(str, args)], standalone_mode=False))


def typed(monkeypatch: pytest.MonkeyPatch, raw: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(raw)))


def test_files_are_repaired(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert lint() == 1
    assert "2 can be fixed with --fix" in capsys.readouterr().out
    before = os.stat("clean/architecture.yaml")
    assert lint("--fix") == 0
    captured = capsys.readouterr()
    assert captured.out == "No findings in 2 files\n"
    assert captured.err == "fixed 2 findings in 1 file\n"
    assert SPEC.read_bytes() == right()
    assert os.stat("clean/architecture.yaml") == before
    assert lint("--fix") == 0
    assert capsys.readouterr().err == ""


def test_what_is_left_is_reported(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    SPEC.write_bytes(SPEC.read_bytes() + b"zzzzzzzz: 1\n")
    assert lint("--fix", "--format", "json") == 1
    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    assert finding["path"] == "zzzzzzzz"
    assert SPEC.read_bytes() == right() + b"zzzzzzzz: 1\n"


def test_only_chosen_findings_are_repaired(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = SPEC.read_bytes()
    assert lint("--fix", "--ignore", "EQ1") == 0
    assert SPEC.read_bytes() == before
    Path("pyproject.toml").write_text("[tool.equidesign.lint]\nexclude = ['wrong']\n")
    assert lint("--fix") == 0
    assert lint("--fix", "--force-exclude", SPEC) == 0
    assert SPEC.read_bytes() == before
    assert lint("--fix", "--no-config") == 0
    assert SPEC.read_bytes() == right()
    capsys.readouterr()


@pytest.mark.parametrize("mark", [b"", MARK])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_the_form_of_a_file_stays(folder: Path, mark: bytes, end: bytes) -> None:
    SPEC.write_bytes(mark + misspelt(right()).replace(b"\n", end))
    SPEC.chmod(0o640)
    Path("link.yaml").symlink_to(SPEC)
    assert lint("link.yaml", "--fix") == 0
    assert Path("link.yaml").is_symlink()
    assert SPEC.read_bytes() == mark + right().replace(b"\n", end)
    assert SPEC.stat().st_mode & 0o777 == 0o640
    assert {path.name for path in SPEC.parent.iterdir()} == {"architecture.yaml"}


def test_a_file_that_changed_meanwhile_is_left_alone(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    make = fixes.fix_text

    def make_and_change(*args: object) -> fixes.FixResult:
        result = make(*args)  # type: ignore[arg-type]
        if args[1] == str(SPEC):
            SPEC.write_bytes(b"# from elsewhere\n")
        return result

    monkeypatch.setattr(fixes, "fix_text", make_and_change)
    assert lint("--fix") == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "'wrong/architecture.yaml' changed while it was looked at" in captured.err
    assert SPEC.read_bytes() == b"# from elsewhere\n"


def test_a_file_that_cannot_be_written(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    before = SPEC.read_bytes()
    monkeypatch.setattr(Path, "replace", full)
    assert lint("--fix") == 2
    assert "cannot write 'wrong/architecture.yaml': No space left" in capsys.readouterr().err
    assert SPEC.read_bytes() == before


@pytest.mark.parametrize("end", [b"\n", b""])
def test_a_diff_is_the_same_repair(
    folder: Path, end: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    SPEC.write_bytes(SPEC.read_bytes() + b"topolgy_of: 3" + end)
    before = SPEC.read_bytes()
    assert lint("--diff") == 1
    captured = capsys.readouterr()
    assert captured.err == "would fix 2 findings in 1 file\n"
    assert SPEC.read_bytes() == before
    assert lint("--fix", "--diff") == 1
    assert capsys.readouterr().out == captured.out
    assert lint("--fix", "--exit-zero") == 0
    repaired = SPEC.read_bytes()
    assert repaired != before
    SPEC.write_bytes(before)
    command = ["git", "apply", "--unsafe-paths", "-p0", "-"]
    subprocess.run(command, input=captured.out.encode(), check=True, timeout=60)
    assert SPEC.read_bytes() == repaired


def test_no_diff(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert lint("--diff", "clean") == 0
    captured = capsys.readouterr()
    assert captured.out == captured.err == ""
    assert lint("--diff", "--exit-zero", "wrong") == 0
    assert capsys.readouterr().out != ""
    SPEC.write_bytes(right() + b"zzzzzzzz: 1\n")
    assert lint("--diff") == 1
    captured = capsys.readouterr()
    assert captured.out == captured.err == ""


@pytest.mark.parametrize("mark", [b"", MARK])
def test_standard_input_is_repaired(
    folder: Path,
    mark: bytes,
    capfdbinary: pytest.CaptureFixture[bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    typed(monkeypatch, mark + SPEC.read_bytes())
    assert lint("-", "--fix") == 0
    captured = capfdbinary.readouterr()
    assert captured.out == mark + right()
    assert captured.err == b"fixed 2 findings in 1 file\nNo findings in 1 file\n"
    typed(monkeypatch, SPEC.read_bytes())
    assert lint("-", "--fix", "--format", "json", "-o", "left.json") == 0
    assert capfdbinary.readouterr().out == right()
    assert json.loads(Path("left.json").read_text())["findings"] == []
    typed(monkeypatch, SPEC.read_bytes())
    assert lint("-", "--diff", "--stdin-filename", "wrong/architecture.yaml") == 1
    assert capfdbinary.readouterr().out.startswith(b"--- wrong/architecture.yaml\n")


@pytest.mark.parametrize("raw", [b"", b"\xff\x00", b"a: [\r\n", b"- 1"])
def test_what_cannot_be_repaired_goes_through(
    folder: Path,
    raw: bytes,
    capfdbinary: pytest.CaptureFixture[bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    typed(monkeypatch, raw)
    assert lint("-", "--fix") == 1
    captured = capfdbinary.readouterr()
    assert captured.out == raw
    assert b"<stdin>:" in captured.err


def test_unsafe_fixes_only_when_asked(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A finding whose fix is unsafe, made by hand: which rules have one is not what is tested."""
    import dataclasses

    from equidesign.lint import engine

    edits = (SetValue(("layers", 0, "why"), "renamed"),)
    look = engine.lint_text

    def unsafe(text: str, *rest: object) -> list[object]:
        found = look(text, *rest)  # type: ignore[arg-type]
        if "why: renamed" in text:
            return list(found)
        fix = Fix("reword", False, edits)
        made = [dataclasses.replace(each, path=edits[0].path, fix=fix) for each in found[:1]]
        return [*made, *found[1:]]

    for module in (engine, fixes):
        monkeypatch.setattr(module, "lint_text", unsafe, raising=False)
    before = SPEC.read_bytes()
    assert lint("wrong") == 1
    assert "1 can be fixed with --fix, 1 more with --unsafe-fixes" in capsys.readouterr().out
    assert lint("wrong", "--fix", "--diff") == 1
    assert "why: renamed" not in capsys.readouterr().out
    assert lint("wrong", "--unsafe-fixes", "--diff") == 1
    assert "why: renamed" in capsys.readouterr().out
    assert SPEC.read_bytes() == before
    assert lint("wrong", "--unsafe-fixes") == 0
    assert b" why: renamed\n" in SPEC.read_bytes()
