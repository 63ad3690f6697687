"""Fixes: what is made, what is taken back, how files are written and shown as diffs."""

from __future__ import annotations

import os
import random
import shutil
import stat
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from faults.corpus import cells, faults, plantings, sheet_of
from faults.planting import ARCHITECTURE, Operator
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from equidesign.lint import fixes
from equidesign.lint.changes import Change, unified_diff
from equidesign.lint.engine import lint_text
from equidesign.lint.finding import (
    AddKey,
    Edit,
    Finding,
    Fix,
    Place,
    RemoveKey,
    RenameKey,
    SetValue,
    Severity,
)
from equidesign.lint.fixes import FixResult, fix_files, fix_text
from equidesign.lint.settings import Settings
from equidesign.spec.yamlio import load_text

MARK = "\ufeff"
Rule = Callable[[Any], Iterator[Finding]]


def finding(
    code: str,
    path: tuple[str | int, ...],
    *edits: Edit,
    safe: bool = True,
    severity: Severity = Severity.error,
) -> Finding:
    fix = Fix("repair it", safe, edits) if edits else None
    return Finding(code, code, severity, "f.yaml", Place(1, 1, 1, 2), code, "", path, fix)


@pytest.fixture
def lint(monkeypatch: pytest.MonkeyPatch) -> Callable[[Rule], None]:
    """Let findings be made by a function of the data; settings choose among them."""

    def use(rule: Rule) -> None:
        def look(text: str, file: str, chosen: Settings, bundle: object) -> list[Finding]:
            found = rule(load_text(text, file).data)
            return [each for each in found if each.code not in chosen.ignore]

        monkeypatch.setattr(fixes, "lint_text", look)

    return use


def fixed(text: str, **options: Any) -> FixResult:
    return fix_text(text, "f.yaml", **options)


# --- what is made --------------------------------------------------------------------------------


def test_fixes_go_on_until_nothing_changes(lint: Callable[[Rule], None]) -> None:
    def rule(data: Any) -> Iterator[Finding]:
        if data["a"] < 5:
            yield finding("EQ701", ("a",), SetValue(("a",), 5))
        elif data["b"] != 2 * data["a"]:
            yield finding("EQ703", ("b",), SetValue(("b",), 2 * data["a"]))

    lint(rule)
    result = fixed("# top\na: 1  # one\nb: 7\n")
    assert result.text == "# top\na: 5  # one\nb: 10\n"
    assert [each.code for each in result.applied] == ["EQ701", "EQ703"]
    assert result.remaining == ()
    assert fixed(result.text) == FixResult(result.text, (), ())


def test_unsafe_fixes_are_made_when_asked(lint: Callable[[Rule], None]) -> None:
    def rule(data: Any) -> Iterator[Finding]:
        for key in data:
            if data[key] == 0:
                yield finding("EQ401", (key,), SetValue((key,), 1), safe=key == "a")

    lint(rule)
    result = fixed("a: 0\nb: 0\n")
    assert (result.text, len(result.applied), len(result.remaining)) == ("a: 1\nb: 0\n", 1, 1)
    assert fixed("a: 0\nb: 0\n", unsafe=True).text == "a: 1\nb: 1\n"


def test_fixes_that_overlap_are_made_one_after_another(lint: Callable[[Rule], None]) -> None:
    def rule(data: Any) -> Iterator[Finding]:
        if data["a"] is None:
            yield finding("EQ107", ("a",), SetValue(("a",), {"x": 1}))
            yield finding("EQ108", (), SetValue(("a",), {"x": 2}))
            yield finding("EQ109", ("b",), AddKey((), "c", 3))
        elif data["a"].get("x") == 1:
            yield finding("EQ108", (), RenameKey(("a", "x"), "z"), SetValue(("a", "x"), 5))

    lint(rule)
    result = fixed("a:\nb: 1\n")
    assert result.text == "a:\n  z: 5\nb: 1\nc: 3\n"
    assert [each.code for each in result.applied] == ["EQ107", "EQ109", "EQ108"]


def test_items_of_a_list_move(lint: Callable[[Rule], None]) -> None:
    def rule(data: Any) -> Iterator[Finding]:
        for at, each in enumerate(data["a"]):
            if each < 0:
                yield finding("EQ306", ("a", at), RemoveKey(("a", at)))

    lint(rule)
    result = fixed("a:\n- -1\n- -2\n- 3\n- -4\n")
    assert result.text == "a:\n- 3\n"
    assert len(result.applied) == 3


# --- what is taken back ----------------------------------------------------------------------------


def test_a_fix_that_leaves_its_finding_is_taken_back(lint: Callable[[Rule], None]) -> None:
    def rule(data: Any) -> Iterator[Finding]:
        yield finding("EQ401", ("a",), SetValue(("a",), data["a"] + 1))
        if data["b"] == 0:
            yield finding("EQ402", ("b",), SetValue(("b",), 1))

    lint(rule)
    result = fixed("a: 1\nb: 0\n")
    assert result.text == "a: 1\nb: 1\n"  # the other one is made nevertheless
    assert [each.code for each in result.applied] == ["EQ402"]
    assert [each.code for each in result.remaining] == ["EQ401"]
    assert result.remaining[0].fix is not None


@pytest.mark.parametrize(
    ("code", "new", "severity", "kept"),
    [
        ("EQ401", "EQ301", Severity.error, False),  # nearer to the root
        ("EQ401", "EQ501", Severity.error, True),  # it was there, behind the first
        ("EQ401", "EQ301", Severity.warning, True),
        ("EQ401", "EQ402", Severity.error, True),  # one for one
        ("EQ705", "EQ706", Severity.error, False),  # an error for a warning
        ("EQ705", "EQ803", Severity.error, True),  # the bundle is to be written anew
    ],
)
def test_what_a_fix_may_bring(
    lint: Callable[[Rule], None], code: str, new: str, severity: Severity, kept: bool
) -> None:
    first = Severity.error if code == "EQ401" else Severity.warning

    def rule(data: Any) -> Iterator[Finding]:
        if data["a"] == 0:
            yield finding(code, ("a",), SetValue(("a",), 1), severity=first)
        else:
            yield finding(new, ("b",), severity=severity)

    lint(rule)
    assert fixed("a: 0\nb: 0\n").text == ("a: 1\nb: 0\n" if kept else "a: 0\nb: 0\n")


def test_what_is_ignored_counts_too(lint: Callable[[Rule], None]) -> None:
    def rule(data: Any) -> Iterator[Finding]:
        if data["a"] == 0:
            yield finding("EQ401", ("a",), SetValue(("a",), 1))
        else:
            yield finding("EQ301", ("b",))

    lint(rule)
    result = fixed("a: 0\nb: 0\n", settings=Settings(ignore=("EQ301",)))
    assert result.text == "a: 0\nb: 0\n"
    assert fixed("a: 0\n", settings=Settings(ignore=("EQ401",))).remaining == ()


def test_fixes_that_undo_each_other_end(lint: Callable[[Rule], None]) -> None:
    def rule(data: Any) -> Iterator[Finding]:
        other = {0: 1, 1: 2, 2: 0}[data["a"]]
        yield finding(f"EQ40{data['a']}", ("a",), SetValue(("a",), other))

    lint(rule)
    result = fixed("a: 0\n")
    assert result.text == "a: 2\n"
    assert [each.code for each in result.remaining] == ["EQ402"]


def test_endless_fixes_end(lint: Callable[[Rule], None]) -> None:
    def rule(data: Any) -> Iterator[Finding]:
        yield finding("EQ401", (), AddKey((), f"k{len(data)}", 1))
        yield finding(f"EQ4{len(data) % 10}2", ("a",), AddKey((), f"l{len(data)}", 1))

    lint(rule)
    assert len(fixed("a: 0\n").text) < 20_000


@pytest.mark.parametrize(
    "edit",
    [
        SetValue(("absent", "x"), 1),
        SetValue(("c", "x"), 2),
        RemoveKey(("b",)),
        RenameKey(("a",), "c"),
    ],
)
def test_fixes_that_cannot_be_made_remain(lint: Callable[[Rule], None], edit: Edit) -> None:
    def rule(data: Any) -> Iterator[Finding]:
        yield finding("EQ401", ("a",), edit)
        if data["a"] == 0:
            yield finding("EQ402", ("a",), SetValue(("a",), 1))

    lint(rule)
    text = "a: 0\nb: &x {x: 1}\nc: *x\n"
    result = fixed(text)
    assert result.text == text.replace("a: 0", "a: 1")
    assert [each.code for each in result.remaining] == ["EQ401"]


# --- planted faults ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "operator", [each for each in faults() if each.plant][::5], ids=lambda each: each.name
)
def test_fixed_faults(operator: Operator) -> None:
    """Whatever is wrong: fixing never makes it worse, keeps comments, and changes nothing the second time."""
    for index, made in plantings(operator, 5, 1):
        if not isinstance(made.files[ARCHITECTURE], str):
            continue  # bytes that are no text
        file = "a.json" if made.text.startswith("{") else ARCHITECTURE
        before = lint_text(made.text, file)
        errors = sum(each.severity is Severity.error for each in before)
        for unsafe in (False, True):
            result = fix_text(made.text, file, unsafe=unsafe)
            assert list(result.remaining) == lint_text(result.text, file)
            assert fix_text(result.text, file, unsafe=unsafe).text == result.text
            if not result.applied:
                assert result.text == made.text
                continue
            load_text(result.text, file)
            left = sum(each.severity is Severity.error for each in result.remaining)
            assert left <= errors, cells()[index].id
            lines = result.text.splitlines()
            for line in made.text.splitlines():
                if line.lstrip().startswith("#") and "equidesign: ignore" not in line:
                    assert line in lines


def test_stale_counts_are_restored_to_the_byte() -> None:
    """Every count, size and fact of a specification is spoiled; the fixes bring back the text that design wrote."""
    for index in range(7, len(cells()), 60):
        sheet = sheet_of(index)
        text = sheet.text
        edits: list[Edit] = [SetValue(("parameters", "total"), 7), SetValue(("cost", "flops"), 7)]
        layers = load_text(text, ARCHITECTURE).data["layers"]
        edits += [SetValue(("layers", at, "parameters"), 10**9) for at in range(len(layers))]
        edits += [RenameKey(("layers", 0, "kind"), "knd"), RenameKey(("topology",), "topolgy")]
        spoiled = fixes.apply_edits(text, load_text(text, ARCHITECTURE), edits)
        spoiled = spoiled.replace(
            "\nlayers:\n", "\nlayers:  # equidesign: ignore[EQ401] not needed\n"
        )
        assert spoiled != text
        result = fix_text(spoiled, ARCHITECTURE)
        assert result.text == text
        assert result.remaining == ()


# --- files ---------------------------------------------------------------------------------------


def spoiled(text: str) -> str:
    assert "\ntopology:" in text
    return text.replace("\ntopology:", "\ntopolgy:", 1)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


GOOD = sheet_of(3).text
BAD = spoiled(GOOD)


def test_files_are_fixed_where_they_are(folder: Path) -> None:
    (folder / "bad").mkdir()
    bad, good, other = folder / "bad" / ARCHITECTURE, folder / ARCHITECTURE, folder / "other.yaml"
    bad.write_text(BAD)
    good.write_text(GOOD)
    other.write_text("no: business of ours")
    broken = folder / "architecture.yml"
    broken.write_text("layers: [\nequidesign: 1")
    time = good.stat().st_mtime_ns
    result = fix_files([folder])
    assert [change.file for change in result.changes] == [str(bad)]
    assert [each.code for each in result.changes[0].applied] == ["EQ105"]
    assert result.failures == ()
    assert bad.read_text() == GOOD
    assert good.stat().st_mtime_ns == time
    assert sorted(result.report.files) == sorted(map(str, (bad, good, broken)))
    assert {each.file for each in result.report.findings} == {str(broken)}
    assert sorted(each.name for each in folder.rglob("*") if each.is_file()) == [
        ARCHITECTURE, ARCHITECTURE, "architecture.yml", "other.yaml",
    ]  # fmt: skip
    assert fix_files([folder]).changes == ()


def test_nothing_is_written_when_only_asked(folder: Path) -> None:
    path = Path(ARCHITECTURE)
    path.write_text(BAD)
    result = fix_files([path], write=False)
    assert path.read_text() == BAD
    assert result.changes[0].after == GOOD
    assert result.report.findings == ()


@pytest.mark.parametrize("mark", ["", MARK])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("end", [True, False])
def test_the_form_of_a_file_is_kept(folder: Path, mark: str, newline: str, end: bool) -> None:
    def written(text: str) -> bytes:
        text = text if end else text.removesuffix("\n")
        return (mark + text.replace("\n", newline)).encode()

    path, link = Path("spec.yaml"), Path("link.yaml")
    path.write_bytes(written(BAD))
    path.chmod(0o604)
    link.symlink_to(path)
    fix_files([link])
    assert path.read_bytes() == written(GOOD)
    assert link.is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o604
    assert len(list(folder.iterdir())) == 2


def test_files_that_cannot_be_written_stop_no_others(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [Path(f"{name}.yaml") for name in "abcd"]
    for path in paths:
        path.write_text(BAD)
    move, make = Path.replace, fixes.fix_text

    def full(self: Path, target: Path) -> Path:
        if target.name == "b.yaml":
            raise OSError(28, "No space left on device")
        return move(self, target)

    def meanwhile(text: str, file: str, *rest: Any) -> FixResult:
        if file == "c.yaml":
            Path(file).write_text("# from elsewhere")
        return make(text, file, *rest)

    monkeypatch.setattr(Path, "replace", full)
    monkeypatch.setattr(fixes, "fix_text", meanwhile)
    result = fix_files(paths)
    assert [str(error) for error in result.failures] == [
        "cannot write 'b.yaml': No space left on device",
        "'c.yaml' changed while it was looked at\n  hint: run it again",
    ]
    assert [path.read_text() for path in paths] == [GOOD, BAD, "# from elsewhere", GOOD]
    assert [change.file for change in result.changes] == ["a.yaml", "d.yaml"]
    assert {each.file for each in result.report.findings} == {"b.yaml", "c.yaml"}
    assert len(list(folder.iterdir())) == 4


def test_a_file_that_is_write_protected_stays(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = Path("a.yaml")
    path.write_text(BAD)
    path.chmod(0o444)
    if os.access(path, os.W_OK):  # as root: the system allows everything
        monkeypatch.setattr(os, "access", lambda path, mode: False)
    (failure,) = fix_files([path]).failures
    assert str(failure) == "cannot write 'a.yaml': Permission denied"
    assert path.read_text() == BAD


# --- diffs -----------------------------------------------------------------------------------------


def applied(change: Change, folder: Path) -> bytes:
    path = folder / change.file
    path.write_bytes(change.before.encode())
    command = ["git", "apply", "--unsafe-paths", "--whitespace=nowarn", "-p0", "-"]
    diff = unified_diff(change).encode()
    subprocess.run(command, input=diff, cwd=folder, check=True, timeout=60)
    return path.read_bytes()


def test_a_diff_looks_like_one() -> None:
    assert unified_diff(Change("f", "a\nb\n", "a\nc", ())) == (
        "--- f\n+++ f\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n\\ No newline at end of file\n"
    )
    assert unified_diff(Change("f", "a", "a", ())) == ""


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
@pytest.mark.parametrize("at", range(6))
def test_diffs_can_be_applied(tmp_path: Path, at: int) -> None:
    rng = random.Random(at)
    for _ in range(8):
        lines = rng.choices(
            ["a: 1", "", "b:\r", "\x85c \u2028", " - é", "# x"], k=rng.randrange(1, 30)
        )
        before = rng.choice(["", MARK]) + "\n".join(lines) + rng.choice(["", "\n"])
        changed = [rng.choice(["z: 2", line, line]) for line in lines if rng.random() < 0.9]
        after = "\n".join(["new", *changed]) + rng.choice(["", "\n"])
        change = Change("f.yaml", before, after, ())
        assert applied(change, tmp_path) == after.encode()


@seed(1)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(st.lists(st.integers(0, 10**6), max_size=3), st.booleans())
def test_any_cell_that_is_right_is_left_alone(numbers: list[int], unsafe: bool) -> None:
    for number in numbers:
        text = sheet_of(number % len(cells())).text
        assert fix_text(text, ARCHITECTURE, unsafe=unsafe) == FixResult(text, (), ())


def test_findings_of_other_files_are_not_fixed_here(lint: Callable[[Rule], None]) -> None:
    def rule(data: Any) -> Iterator[Finding]:
        elsewhere = finding("EQ806", ("a",), SetValue(("a",), 9))
        yield replace(elsewhere, file="other.yaml")

    lint(rule)
    assert fixed("a: 1\n").text == "a: 1\n"
