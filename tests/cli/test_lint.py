"""``equidesign lint`` as a person and a CI job use it."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import select as waiting
import shutil
import signal
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest

from equidesign.cli.app import app
from equidesign.cli.exits import run
from equidesign.lint import engine
from equidesign.lint.finding import Finding, Place, Severity

ROOT = Path(__file__).parents[2]
REQUEST = ROOT / "examples" / "ethanol-forces" / "request.yaml"
COMMAND = [sys.executable, "-m", "equidesign", "lint"]
FORMATS = ("text", "concise", "json", "sarif", "github", "junit")

Folder = Path


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("designed") / "bundle"
    assert run(lambda: app(["design", str(REQUEST), "-o", str(folder)], standalone_mode=False)) == 0
    return folder


@pytest.fixture
def folder(bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """The current folder: a bundle as designed, and a copy whose specification misspells a key."""
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "GITHUB_WORKSPACE"):
        monkeypatch.delenv(name, raising=False)
    shutil.copytree(bundle, "clean")
    Path("wrong").mkdir()
    text = (bundle / "architecture.yaml").read_text(encoding="utf-8")
    assert text.count("\ntopology:") == 1
    Path("wrong/architecture.yaml").write_text(text.replace("\ntopology:", "\ntopolgy:"), "utf-8")
    return tmp_path


def lint(*args: str | Path) -> int:
    return run(lambda: app(["lint", *map(str, args)], standalone_mode=False))


def found(capsys: pytest.CaptureFixture[str], *args: str | Path) -> list[dict[str, Any]]:
    lint(*args, "--format", "json")
    findings: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["findings"]
    return findings


def typed(monkeypatch: pytest.MonkeyPatch, raw: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(raw)))


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["clean"], 0),
        (["clean/architecture.yaml", "clean/request.yaml"], 0),
        (["wrong"], 1),
        (["clean", "wrong"], 1),
        ([], 1),
        (["wrong", "--exit-zero"], 0),
        (["wrong", "--fail-on", "error"], 1),
        (["wrong", "--ignore", "EQ1"], 0),
        (["wrong", "--ignore", "unknown-key", "--ignore", "missing-key,EQ102"], 0),
        (["wrong", "--select", "EQ102"], 0),
        (["wrong", "--select", "EQ102,EQ105"], 1),
        (["nowhere"], 2),
        (["clean", "nowhere.yaml"], 2),
        (["wrong", "--nonsense"], 2),
        (["wrong", "--format", "xml"], 2),
        (["wrong", "--fail-on", "info"], 2),
        (["wrong", "--select", "EQ9"], 2),
    ],
)
def test_exit_codes(
    folder: Folder, args: list[str], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert lint(*args) == code
    captured = capsys.readouterr()
    assert (captured.out == "") == (code == 2)
    assert (captured.err == "") == (code != 2)
    assert "Traceback" not in captured.err


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["nowhere"], ["no file or folder 'nowhere'"]),
        (["--select", "unknown-kay"], ["'unknown-kay'", "did you mean 'unknown-key'?"]),
        (["--ignore", "EQ9"], ["no lint rule is called 'EQ9'"]),
        (["--select", " , "], ["--select names no rule"]),
        (["--ignore", ""], ["--ignore names no rule"]),
        (["-o", "no/where.json"], ["--output", "no folder 'no'"]),
        (["-o", "clean"], ["--output", "is a folder"]),
        (["--config", "no.toml"], ["no file 'no.toml'"]),
        (["--config", "clean/request.yaml"], ["not valid TOML"]),
        (["--config", "a.toml", "--no-config"], ["exclude each other"]),
        (["-", "clean"], ["'-' stands beside other paths"]),
        (["clean", "--stdin-filename", "a.yaml"], ["--stdin-filename", "add '-'"]),
        (["clean", "--diff", "--format", "json"], ["--diff prints a diff"]),
        (["clean", "--diff", "-o", "a"], ["--diff prints a diff"]),
        (["-", "--fix", "--format", "json"], ["--fix writes standard input", "-o FILE"]),
        (["--statistics", "--format", "sarif"], ["--statistics prints a table"]),
        (["--statistics", "-o", "a"], ["--statistics prints a table"]),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_is_read(
    folder: Folder,
    args: list[str],
    words: list[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = sorted(folder.rglob("*"))
    monkeypatch.setattr(sys, "stdin", None)
    assert lint(*args) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    for word in words:
        assert word in captured.err
    assert sorted(folder.rglob("*")) == before


def test_the_text(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    assert lint() == 1
    lines = capsys.readouterr().out.splitlines()
    text = Path("wrong/architecture.yaml").read_text(encoding="utf-8").splitlines()
    number = text.index("topolgy:") + 1
    assert lines[0].startswith(f"wrong/architecture.yaml:{number}:1: EQ105 error [unknown-key] ")
    at = lines.index(f"{number} | topolgy:")
    assert lines[at + 1].strip() == "| ^^^^^^^"
    assert "topology" in lines[at + 2]
    assert lines[-1] == "Found 1 error in 1 of 3 files; 1 can be fixed with --fix"


def check_json(text: str) -> int:
    return len(json.loads(text)["findings"])


def check_sarif(text: str) -> int:
    return len(json.loads(text)["runs"][0]["results"])


def check_github(text: str) -> int:
    lines = text.splitlines()
    assert all(line.startswith("::error title=EQ105") for line in lines)
    return len(lines)


def check_junit(text: str) -> int:
    return len(list(ElementTree.fromstring(text).iter("failure")))


CHECKS: dict[str, Callable[[str], int]] = {
    "text": lambda text: len(re.findall(r" EQ\d+ error ", text)),
    "concise": lambda text: len(text.splitlines()) - 1,
    "json": check_json,
    "sarif": check_sarif,
    "github": check_github,
    "junit": check_junit,
}


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_alone_on_stdout_and_in_a_file(
    folder: Folder, format: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert lint("--format", format) == 1
    captured = capsys.readouterr()
    assert captured.err == ""
    assert CHECKS[format](captured.out) == 1
    assert lint("clean", "--format", format) == 0
    clean = capsys.readouterr().out
    assert format == "concise" or CHECKS[format](clean) == 0
    for name in ("out.txt", "linked.txt"):
        Path("linked.txt").unlink(missing_ok=True)
        Path("linked.txt").symlink_to("target.txt")
        assert lint(".", "--format", format, "-o", name) == 1
        told = capsys.readouterr()
        assert told.out == ""
        assert told.err.startswith("Found 1 error in 1 of 3 files")
        assert Path(name).read_text(encoding="utf-8") == captured.out
    assert Path("linked.txt").is_symlink()


def test_a_report_is_written_whole_or_not_at_all(
    folder: Folder, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("out.json").write_text("before")
    Path("out.json").chmod(0o640)

    def full(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        assert lint("wrong", "-o", "out.json") == 2
    assert "cannot write 'out.json': No space left" in capsys.readouterr().err
    assert Path("out.json").read_text() == "before"
    assert {path.name for path in folder.iterdir()} == {"clean", "wrong", "out.json"}
    assert lint("wrong", "-o", "out.json", "--format", "json") == 1
    assert CHECKS["json"](Path("out.json").read_text()) == 1
    assert Path("out.json").stat().st_mode & 0o777 == 0o640


def test_a_report_for_a_device(folder: Folder) -> None:
    assert lint("wrong", "-o", "/dev/null") == 1
    assert Path("/dev/null").is_char_device()


def test_statistics(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree("wrong", "again")
    assert lint("--statistics") == 1
    assert capsys.readouterr().out == "2\tEQ105\tunknown-key\terror\t2\n"
    assert lint("--statistics", "--format", "json") == 1
    (row,) = json.loads(capsys.readouterr().out)
    assert row["count"] == "2"


CONFIG = """\
[tool.equidesign.lint]
select = ["EQ1", "yaml-syntax"]
exclude = ["ex*"]
fail-on = "error"

[tool.equidesign.lint.per-file-ignores]
"wrong/*" = ["unknown-key"]
"""


def test_the_configuration_of_the_folder(
    folder: Folder, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("pyproject.toml").write_text(CONFIG)
    shutil.copytree("wrong", "other")
    shutil.copytree("wrong", "excluded")
    assert [each["file"] for each in found(capsys)] == ["other/architecture.yaml"]
    assert len(found(capsys, "--no-config")) == 3
    assert found(capsys, "--select", "EQ102") == []
    assert len(found(capsys, "excluded/architecture.yaml")) == 1
    assert found(capsys, "excluded/architecture.yaml", "--force-exclude") == []
    assert len(found(capsys, "excluded", "other/architecture.yaml", "--force-exclude")) == 1
    # From elsewhere, the configuration is still that of the folder.
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert len(found(capsys, folder)) == 1
    assert found(capsys, folder / "wrong" / "architecture.yaml") == []
    assert len(found(capsys, folder, "--config", folder / "pyproject.toml")) == 1
    (elsewhere / "own.toml").write_text("[tool.equidesign.lint]\nignore = ['EQ1']\n")
    assert found(capsys, folder, "--config", "own.toml") == []


def test_a_wrong_configuration(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    Path("pyproject.toml").write_text("[tool.equidesign.lint]\nselct = []\n")
    for args in (["clean"], ["."], ["-"]):
        assert lint(*args) == 2
        captured = capsys.readouterr()
        assert captured.out == ""
        assert "pyproject.toml:2:1: error: unknown key 'selct'" in captured.err
        assert "did you mean 'select'?" in captured.err
    assert lint("clean", "--no-config") == 0


def test_standard_input(
    folder: Folder, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = Path("wrong/architecture.yaml").read_bytes()
    for args, name in (
        ([], "<stdin>"),
        (["--stdin-filename", "a b.yaml"], "a b.yaml"),
        (["--stdin-filename", "./wrong/architecture.yaml"], "wrong/architecture.yaml"),
    ):
        typed(monkeypatch, raw)
        assert [each["file"] for each in found(capsys, "-", *args)] == [name]
    typed(monkeypatch, Path("clean/architecture.yaml").read_bytes())
    assert found(capsys, "-", "--stdin-filename", "clean/architecture.yaml") == []
    for raw in (b"", b"\xff\xfe", b"a: [", b"\x00", b"- 1\n"):
        typed(monkeypatch, raw)
        assert lint("-") == 1
        out = capsys.readouterr().out
        assert re.match(r"<stdin>:[12]:\d+: EQ1", out)
    Path("pyproject.toml").write_text(CONFIG)
    typed(monkeypatch, raw)
    args = ["-", "--stdin-filename", "excluded/a.yaml", "--force-exclude"]
    assert found(capsys, *args) == []


def test_a_file_that_is_called_like_standard_input(
    folder: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy("wrong/architecture.yaml", "-")
    assert [each["file"] for each in found(capsys, "./-")] == ["-"]


def test_one_bad_file_hides_no_other(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a", "z"):
        Path(name).mkdir()
        Path(name, "architecture.yaml").write_bytes(b"equidesign: 1\nlayers: [\xff")
    files = [each["file"] for each in found(capsys)]
    assert files == [f"{name}/architecture.yaml" for name in ("a", "wrong", "z")]


def test_nothing_to_look_at_is_said(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    Path("empty").mkdir()
    assert lint("empty") == 0
    captured = capsys.readouterr()
    assert captured.out == "No findings in 0 files\n"
    assert captured.err == "no specification or request in empty\n"


def test_annotations_start_at_the_repository(
    folder: Folder, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_WORKSPACE", str(folder))
    monkeypatch.chdir("wrong")
    assert lint("--format", "github") == 1
    assert "file=wrong/architecture.yaml," in capsys.readouterr().out
    assert lint("--format", "sarif") == 1
    assert '"uri": "wrong/architecture.yaml"' in capsys.readouterr().out
    monkeypatch.setenv("GITHUB_WORKSPACE", str(folder / "clean"))
    assert lint("--format", "github") == 1
    assert "file=architecture.yaml," in capsys.readouterr().out


def test_severities_and_what_fails(
    folder: Folder, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def findings(severity: Severity) -> Callable[..., list[Finding]]:
        place = Place(1, 1, 1, 2)
        return lambda text, file, *rest: [Finding("EQ105", "n", severity, file, place, "m")]

    outcomes = {}
    for severity in Severity:
        monkeypatch.setattr(engine, "lint_text", findings(severity))
        for fail_on in ("error", "warning"):
            outcomes[severity.value, fail_on] = lint("clean", "--fail-on", fail_on)
    assert {pair for pair, code in outcomes.items() if code == 1} == {
        ("error", "error"),
        ("error", "warning"),
        ("warning", "warning"),
    }
    assert set(outcomes.values()) == {0, 1}
    capsys.readouterr()


def test_a_crash_of_ours_is_no_finding(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*args: object) -> list[Finding]:
        raise ZeroDivisionError

    monkeypatch.setattr(engine, "lint_text", crash)
    with pytest.raises(ZeroDivisionError):
        lint("clean")


def environment(**changes: str) -> dict[str, str]:
    dropped = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "GITHUB_WORKSPACE")
    return {key: value for key, value in os.environ.items() if key not in dropped} | changes


def in_terminal(*args: str, columns: int = 80, **changes: str) -> tuple[int, str]:
    """Exit code and output of the command in a terminal."""
    ours, theirs = pty.openpty()
    # Rich asks the terminal itself first; COLUMNS says it where that has no size.
    env = environment(TERM="xterm-256color", COLUMNS=str(columns), LINES="40", **changes)
    process = subprocess.Popen(
        [*COMMAND, *args], stdout=theirs, stderr=theirs, stdin=theirs, env=env
    )
    os.close(theirs)
    raw = b""
    while waiting.select([ours], [], [], 60)[0]:
        try:
            piece = os.read(ours, 65536)
        except OSError:
            break
        if not piece:
            break
        raw += piece
    os.close(ours)
    return process.wait(timeout=60), raw.decode().replace("\r\n", "\n")


def test_a_terminal(folder: Folder) -> None:
    code, text = in_terminal("wrong", columns=50)
    assert code == 1
    assert "\x1b[1;31mEQ105" in text
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text)
    assert max(map(len, plain.splitlines())) <= 50
    assert "topolgy" in plain
    _, uncoloured = in_terminal("wrong", columns=50, NO_COLOR="1")
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]", uncoloured)
    assert re.sub(r"\x1b\[[0-9;]*m", "", uncoloured) == plain
    _, dumb = in_terminal("wrong", "--format", "json")
    assert check_json(dumb) == 1


def test_a_plain_locale(folder: Folder) -> None:
    Path("é幾.yaml").write_text("équidesign: 1\nlayers: 幾\nρ: 1\n", encoding="utf-8")
    env = environment(LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0", PYTHONIOENCODING="ascii")
    for format in FORMATS:
        result = subprocess.run(
            [*COMMAND, "--format", format], env=env, capture_output=True, timeout=120
        )
        assert result.returncode == 1, result.stderr
        assert result.stdout.isascii()
        assert result.stderr == b""


def many(folder: Folder) -> None:
    text = Path("wrong/architecture.yaml").read_text(encoding="utf-8")
    keys = "".join(f"unknown_key_{number}: 1\n" for number in range(500))
    Path("wrong/architecture.yaml").write_text(text + keys, encoding="utf-8")


def test_a_closed_pipe_is_no_error(folder: Folder) -> None:
    many(folder)
    pipe = subprocess.PIPE
    for args, code in (([], 1), (["--format", "json"], 1), (["--exit-zero"], 0)):
        with subprocess.Popen([*COMMAND, *args], stdout=pipe, stderr=pipe) as process:
            assert process.stdout
            assert process.stderr
            process.stdout.read(10)
            process.stdout.close()
            assert process.stderr.read() == b""
        assert process.returncode == code


def interruptible() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_an_interrupt(folder: Folder) -> None:
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [*COMMAND, "-"], stdin=pipe, stdout=pipe, stderr=pipe, preexec_fn=interruptible
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        # More than a pipe holds: when it is written, the other side reads, and waits for the end.
        process.stdin.write(b"# filling\n" * 30_000)
        process.stdin.flush()
        while process.poll() is None:
            process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=2)
        assert process.returncode == 130
        assert process.stdout.read() == b""
        assert b"Traceback" not in process.stderr.read()


def test_help_names_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    assert lint("--help") == 0
    text = capsys.readouterr().out
    for option in ("--format", "--output", "--select", "--ignore", "--fail-on", "--exit-zero"):
        assert option in text
    for option in (
        "--fix",
        "--unsafe-fixes",
        "--diff",
        "--config",
        "--no-config",
        "--stdin-filename",
    ):
        assert option in text
