"""Findings as text: the line, the place marked in it, widths, colours and plain terminals."""

from __future__ import annotations

import dataclasses
import io
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lint_reports import BATCH, COSTLY, EVERYTHING, FILE, NASTY, NOTHING, POINTWISE, about
from rich.cells import cell_len
from rich.console import Console

from equidesign.lint.finding import Fix, Place, Report, Severity
from equidesign.report.lint_text import cells, render_rich, render_text

WHOLE = """\
models/architecture.yaml:4:19: EQ401 error [pointwise-on-irreps] relu acts on each component of 16x1o, \
which a rotation mixes
  |
3 |   - name: mix
4 |     nonlinearity: relu
  |                   ^^^^
  = hint: a gate scales a vector as a whole
  = fix: write gate (--unsafe-fixes)

models/architecture.yaml:5:20: EQ402 warning [batch-over-components] batch statistics differ between \
components
  |
4 |     nonlinearity: relu
5 |     normalization: batch
  |                    ^^^^^
  = fix: write norm (--fix)

models/other.yaml:1:1: EQ701 info [costly-kernel] it costs 10 GFLOP
  |
1 | name: a
  | ^^^^^^^ to line 3

Found 1 error, 1 warning and 1 info in 2 of 3 files; 1 can be fixed with --fix, 1 more with --unsafe-fixes
"""
NARROW = """\
models/architecture.yaml:4:19: EQ401
  error [pointwise-on-irreps] relu acts
  on each component of 16x1o, which a
  rotation mixes
  |
3 |   - name: mix
4 |     nonlinearity: relu
  |                   ^^^^
  = hint: a gate scales a vector as a
      whole
  = fix: write gate (--unsafe-fixes)
"""


def test_the_whole_text() -> None:
    assert render_text(EVERYTHING) == WHOLE
    assert render_text(EVERYTHING, 200) == WHOLE


def test_a_narrow_terminal() -> None:
    assert render_text(EVERYTHING, 40).startswith(NARROW)
    assert render_text(EVERYTHING, 10) == render_text(EVERYTHING, 40)


def test_one_line_a_finding() -> None:
    text = render_text(EVERYTHING, concise=True)
    assert text.splitlines() == [
        line for line in WHOLE.splitlines() if re.match("models|Found", line)
    ]


@pytest.mark.parametrize(
    ("report", "line"),
    [
        (NOTHING, "No findings in 3 files"),
        (Report((), ("a.yaml",), {}), "No findings in 1 file"),
        (Report((), (), {}), "No findings in 0 files"),
        (Report((COSTLY,), (COSTLY.file,), {}), "Found 1 info in 1 of 1 file"),
        (
            Report((POINTWISE, POINTWISE, COSTLY), (FILE,), {}),
            "Found 2 errors and 1 info in 2 of 2 files; 2 can be fixed with --unsafe-fixes",
        ),
        (
            Report((BATCH, BATCH), (FILE, "b"), {}),
            "Found 2 warnings in 1 of 2 files; 2 can be fixed with --fix",
        ),
    ],
)
def test_the_last_line_counts(report: Report, line: str) -> None:
    assert render_text(report).splitlines()[-1] == line


LETTERS = st.text(alphabet="ab{}:# \t幾ρé\u200b\x07😀", max_size=60)


def parts(text: str) -> tuple[str, str]:
    """The line shown, and the line of marks below it, without the gutter."""
    lines = text.splitlines()
    at = next(number for number, line in enumerate(lines) if re.fullmatch(r" *\d* \| *\^.*", line))
    return lines[at - 1].partition(" | ")[2], lines[at].partition(" |")[2][1:]


def in_columns(text: str, first: int, last: int) -> str:
    """What stands in the columns of a terminal, by another library's widths."""
    kept, column = "", 0
    for letter in text:
        if first <= column < last:
            kept += letter
        column += 0 if unicodedata.combining(letter) else cell_len(letter)
    return kept


@given(st.lists(LETTERS, min_size=1, max_size=3), st.data())
def test_the_marks_stand_below_the_place(lines: list[str], data: st.DataObject) -> None:
    number = data.draw(st.integers(1, len(lines)))
    line = lines[number - 1]
    start = data.draw(st.integers(0, max(len(line) - 1, 0)))
    end = data.draw(st.integers(min(start + 1, len(line)), len(line)))
    place = Place(number, start + 1, number, end + 1)
    shown, marks = parts(render_text(about("\n".join(lines), place), 400, unicode=True))
    marked = in_columns(shown, len(marks) - len(marks.lstrip()), len(marks))
    expected = re.sub("[\x07\u200b]", "?", line[start:end])
    assert "\t" not in shown
    assert marked.split() == expected.split()
    if "\t" not in expected:
        assert marked.rstrip() == expected.rstrip()


def test_accents_take_no_column() -> None:
    shown, marks = parts(render_text(about("e\u0301e\u0301 abc", Place(1, 6, 1, 9)), unicode=True))
    assert (shown, marks) == ("e\u0301e\u0301 abc", "   ^^^")
    shown, marks = parts(render_text(about("e\u0301e\u0301 abc", Place(1, 6, 1, 9)), unicode=False))
    assert (shown, marks) == ("ee abc", "   ^^^")


@given(
    st.text(alphabet="ab ρ幾\t", max_size=400),
    st.integers(1, 450),
    st.integers(0, 450),
    st.integers(40, 130),
    st.text(alphabet="ab ρ幾", max_size=200),
    st.booleans(),
)
def test_nothing_is_wider_than_the_terminal(
    line: str, column: int, length: int, width: int, message: str, unicode: bool
) -> None:
    words = re.sub(r"\S{30,}", "x", message)
    report = about(line, Place(1, column, 1, column + length), words, words)
    text = render_text(report, width, unicode=unicode)
    assert max(cell_len(part) for part in text.splitlines()) <= width
    assert "^" in text
    assert text.isascii() or unicode


def test_a_long_line_is_cut_around_the_place() -> None:
    line = f"{'a' * 500} here {'b' * 500}"
    for width in (None, 80, 40):
        shown, marks = parts(render_text(about(line, Place(1, 502, 1, 506)), width, unicode=True))
        assert marks.strip() == "^^^^"
        assert shown[marks.index("^") : len(marks)] == "here"
        assert shown[0] == shown[-1] == "…"
        ascii_line, marks = parts(
            render_text(about(line, Place(1, 502, 1, 506)), width, unicode=False)
        )
        assert ascii_line[marks.index("^") : len(marks)] == "here"
        assert ascii_line.startswith("...")
        assert ascii_line.endswith("...")


@pytest.mark.parametrize("place", [Place(9, 1, 9, 2), Place(1, 9, 1, 9), Place(7, 1, 7, 1)])
def test_places_outside_the_text(place: Place) -> None:
    text = render_text(about(POINTWISE.message, place))
    assert text.startswith(f"{FILE}:{place.line}:{place.column}: EQ401")
    assert ("^" in text) == (place.line == 1)
    assert "^" not in render_text(dataclasses.replace(about("a", Place(1, 1, 1, 2)), texts={}))


def test_lines_break_where_yaml_breaks_them() -> None:
    text = "a: 1\r\nb: 2\rc: 3\x85d: 4\u2028e: 5"
    for number, key in enumerate("abcde", 1):
        shown, marks = parts(render_text(about(text, Place(number, 1, number, 2)), unicode=True))
        assert shown == f"{key}: {number}"
        assert marks == "^"


def test_nothing_drives_the_terminal() -> None:
    for report in (
        about(NASTY * 3, Place(1, 1, 1, 5), NASTY, NASTY, NASTY),
        about(NASTY * 3, Place(2, 1, 2, 5), NASTY, NASTY, NASTY),
    ):
        finding = dataclasses.replace(report.findings[0], fix=Fix(NASTY, True, ()))
        report = dataclasses.replace(report, findings=(finding,))
        for unicode in (True, False):
            text = render_text(report, unicode=unicode)
            assert all(part.isprintable() for part in text.split("\n"))
            assert text.isascii() or unicode
            text.encode()


def in_terminal(report: Report, width: int = 80, **options: object) -> str:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, width=width, highlight=False, **options)  # type: ignore[arg-type]
    console.print(render_rich(report, width, unicode=True), end="", soft_wrap=True)
    return stream.getvalue()


def test_colours_change_no_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    coloured = in_terminal(EVERYTHING, color_system="standard")
    assert "\x1b[1;31m" in coloured
    plain = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
    assert [line.rstrip() for line in plain.splitlines()] == render_text(
        EVERYTHING, 80
    ).splitlines()
    monkeypatch.setenv("NO_COLOR", "1")
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]", in_terminal(EVERYTHING))


def test_widths_are_those_of_another_library() -> None:
    for text in ("", "1x1o", "幾何", "é", "e\u0301", "ρ(g)", "😀", "ｗｉｄｅ", "한글"):
        assert cells(text) == cell_len(text)


def test_severities_are_said_in_words() -> None:
    for severity in Severity:
        finding = dataclasses.replace(POINTWISE, severity=severity)
        assert f"EQ401 {severity.value} [" in render_text(Report((finding,), (FILE,), {}))
