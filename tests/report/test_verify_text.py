"""The table in terminals of every width and encoding."""

from __future__ import annotations

import io
import re
import subprocess
import sys

import pytest
from reports import BROKEN, CRASHED, EVERYTHING, EXACT, LIMITED, UNTESTED, report
from rich.console import Console

from equidesign.report.verify_text import render_report, render_rich
from equidesign.verify.verdict import Report, Row, Verdict

NUMBERS = re.compile(r"(\S+)  +(\S+)  +(\S+)  ([A-Z_]{5,}|not tested)$")


def rows(text: str) -> list[re.Match[str]]:
    table = text.split("\n\n")[1]
    return [found for line in table.splitlines()[1:] if (found := NUMBERS.search(line))]


@pytest.mark.parametrize("width", [60, 61, 72, 80, 100, 120, 250])
@pytest.mark.parametrize("unicode", [True, False])
def test_no_line_is_wider_and_numbers_are_aligned(width: int, unicode: bool) -> None:
    text = render_report(EVERYTHING, width, unicode=unicode)
    assert max(map(len, text.splitlines())) <= width
    found = rows(text)
    assert [row.group(4) for row in found] == [
        str(row.verdict) if row.verdict else "not tested" for row in EVERYTHING.rows
    ]
    assert [row.group(2) for row in found] == [
        "1.1e-15",
        "2.4e-15",
        "1.2e-01",
        "3.0e-02",
        "-",
        "-",
    ]
    for column in (1, 2, 3):
        assert len({row.end(column) for row in found}) == 1
    assert len({row.start(4) for row in found}) == 1


@pytest.mark.parametrize("width", [1, 40])
def test_a_terminal_of_less_than_sixty_columns_gets_sixty(width: int) -> None:
    assert render_report(EVERYTHING, width) == render_report(EVERYTHING, 60)


def test_wide_tables_have_one_line_a_row() -> None:
    lines = render_report(report(EXACT, BROKEN), 100).splitlines()
    assert lines[2].split() == ["check", "float32", "float64", "floor", "verdict"]
    assert lines[3].startswith("group elements: rotations and translations, train mode ")
    assert lines[4].endswith("1.2e-01  1.2e-01  2.0e-07  BROKEN")


def test_failures_are_told_in_full() -> None:
    text = render_report(EVERYTHING, 120)
    for field in ("worst", "layer", "cause", "repair"):
        assert f"  {field + ':':<8}{getattr(BROKEN, field)}" in text
    assert "note: the model draws random numbers in train mode" in text
    assert UNTESTED.detail in text
    for quiet in ("layer", "cause"):
        assert f"{quiet}:" not in render_report(report(EXACT, LIMITED, UNTESTED))


def test_the_last_line_is_the_verdict() -> None:
    last = render_report(report(EXACT, BROKEN), 120).splitlines()[-1]
    assert last == (
        "BROKEN: the symmetry does not hold "
        "(largest relative error 1.2e-01 in float32, 1.2e-01 in float64)"
    )
    assert render_report(report(EXACT), 60).splitlines()[-1].startswith("EXACT: ")
    assert render_report(Report("m", "", ())).splitlines()[-1] == "ERROR: the check could not run"


def test_ascii_only_when_asked_for() -> None:
    text = render_report(report(Row("a", "ρ(g), 90°, 3 × 4 · Ångström, 模型")), unicode=False)
    assert text.isascii()
    assert "rho(g), 90 deg, 3 x 4 . Angstrom, ??" in text


@pytest.mark.parametrize(
    ("encoding", "ascii"), [("ascii", True), ("latin-1", True), ("utf8", False)]
)
def test_standard_output_decides(encoding: str, ascii: bool) -> None:
    code = (
        "from equidesign.report.verify_text import render_report\n"
        "from equidesign.verify.verdict import Report, Row\n"
        "print(render_report(Report('m', '', (Row('ρ', ''),))))"
    )
    result = subprocess.run(
        [sys.executable, "-X", "utf8=0", "-c", code],
        capture_output=True,
        env={"PYTHONIOENCODING": encoding, "PYTHONPATH": ":".join(filter(None, sys.path))},
        check=True,
    )
    assert result.stdout.isascii() == ascii
    assert (b"rho" in result.stdout) == ascii


def test_what_a_model_says_cannot_move_the_cursor() -> None:
    text = render_report(report(CRASHED, Row("a", "b\n\tc\x07", verdict=Verdict.broken)))
    assert all(character.isprintable() or character == "\n" for character in text)
    assert "a: b c?" in text


def test_a_word_longer_than_the_line_is_cut() -> None:
    text = render_report(report(Row("x" * 300, "", verdict=Verdict.error, detail="Q" * 300)), 60)
    assert max(map(len, text.splitlines())) == 60
    assert text.count("Q") == 300


def test_colours_only_where_the_terminal_has_them() -> None:
    def shown(**options: object) -> str:
        console = Console(file=io.StringIO(), width=200, **options)  # type: ignore[arg-type]
        console.print(render_rich(EVERYTHING, 100))
        return console.file.getvalue()  # type: ignore[attr-defined,no-any-return]

    plain = shown(no_color=True, color_system=None)
    assert plain.rstrip("\n") == render_report(EVERYTHING, 100)
    assert "\x1b[1;31mBROKEN\x1b[0m" in shown(force_terminal=True, color_system="standard")
