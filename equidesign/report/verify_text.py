"""The table of a verification: one row a check, for a terminal of any width, and what failed in full."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from equidesign.report.characters import printable, stdout_is_unicode, to_ascii
from equidesign.verify.verdict import Report, Row, Verdict

if TYPE_CHECKING:
    from rich.text import Text

HEADINGS = ("check", "float32", "float64", "floor", "verdict")
NOT_TESTED = "not tested"
MEANING = {
    Verdict.exact: "the symmetry holds up to rounding",
    Verdict.resolution_limited: "the symmetry holds up to the resolution of the grid",
    Verdict.broken: "the symmetry does not hold",
    Verdict.vacuous: "the model says nothing that a symmetry could be measured on",
    Verdict.wrong_harness: "the declared action is wrong, so nothing was proved about the model",
    Verdict.error: "the check could not run",
}
STYLES = {
    Verdict.exact: "green",
    Verdict.resolution_limited: "green",
    Verdict.broken: "bold red",
    Verdict.vacuous: "bold red",
    Verdict.wrong_harness: "bold yellow",
    Verdict.error: "bold magenta",
}
NARROWEST = 60
# With less room than this beside the numbers, a check's name gets a line of its own.
READABLE = 20
GAP = "  "

Clean = Callable[[str], str]


def render_report(report: Report, width: int = 100, *, unicode: bool | None = None) -> str:
    """Return the table, the failures in full, notes, and a last line with the verdict.

    Errors are relative, measured in float32 and in float64; the floor is what rounding alone makes in
    float32, or resampling on a grid. No line is longer than ``width``, down to 60 columns.

    Args:
        unicode: whether other characters than ASCII may be used; None asks standard output.
    """
    width = max(width, NARROWEST)
    allowed = stdout_is_unicode() if unicode is None else unicode

    def clean(text: str) -> str:
        return printable(text) if allowed else to_ascii(printable(text))

    heading = f"Symmetry of {report.target}: {report.group}" if report.group else report.target
    lines = [*_wrap(clean(heading), width), "", *_table(report, width, clean)]
    for row in report.rows:
        if fails(row):
            lines += ["", *_failure(row, width, clean)]
    if report.notes:
        lines.append("")
        for note in report.notes:
            lines += _wrap(clean(f"note: {note}"), width, "      ", first="")
    lines += ["", *_summary(report, width)]
    return "\n".join(lines)


def render_rich(report: Report, width: int = 100) -> Text:
    """Return the same text with the verdicts in colour, for a console that has colours."""
    from rich.text import Text

    text = Text(render_report(report, width))
    for verdict, style in STYLES.items():
        text.highlight_regex(rf"\b{re.escape(verdict)}\b", style)
    text.highlight_words([NOT_TESTED], "yellow")
    return text


def fails(row: Row) -> bool:
    """Whether a row was tested and did not pass."""
    return row.verdict is not None and not row.verdict.passes


def title(row: Row) -> str:
    """Return what was checked, in words: ``group elements: rotations, eval mode``."""
    return f"{row.check}: {row.what}" if row.what else row.check


def number(value: float | None) -> str:
    """Return a relative error as text."""
    return "-" if value is None else f"{value:.1e}"


def _table(report: Report, width: int, clean: Clean) -> Iterator[str]:
    cells = [HEADINGS, *((clean(title(row)), *_numbers(row)) for row in report.rows)]
    sizes = [max(len(line[column]) for line in cells) for column in range(1, len(HEADINGS))]
    room = width - sum(sizes) - len(GAP) * len(sizes)
    room = min(room, max(len(line[0]) for line in cells))
    for index, (what, *values) in enumerate(cells):
        numbers = [text.rjust(size) for text, size in zip(values, sizes, strict=True)][:-1]
        right = GAP.join(["", *numbers, values[-1]])
        if room >= READABLE:
            first, *rest = _wrap(what, room, "  ", first="")
            yield first.ljust(room) + right
            yield from rest
        else:
            if index:
                yield from _wrap(what, width, "  ", first="")
            yield " " * (width - sum(sizes) - len(GAP) * len(sizes)) + right
        if index and not fails(report.rows[index - 1]) and report.rows[index - 1].detail:
            yield from _wrap(clean(report.rows[index - 1].detail), width, "    ")


def _numbers(row: Row) -> tuple[str, ...]:
    values = (number(value) for value in (row.error32, row.error64, row.floor))
    return (*values, str(row.verdict) if row.verdict else NOT_TESTED)


def _failure(row: Row, width: int, clean: Clean) -> Iterator[str]:
    yield from _wrap(clean(f"{row.verdict} {title(row)}"), width, "  ", first="")
    if row.detail:
        yield from _wrap(clean(row.detail), width, "  ")
    for name in ("worst", "layer", "cause", "repair"):
        if text := getattr(row, name):
            yield from _wrap(clean(text), width, " " * 10, first=f"  {name + ':':<8}")


def _wrap(text: str, width: int, indent: str = "", *, first: str | None = None) -> list[str]:
    first = indent if first is None else first
    return textwrap.wrap(text, width, initial_indent=first, subsequent_indent=indent) or [""]


def _summary(report: Report, width: int) -> list[str]:
    verdict = f"{report.verdict}: {MEANING[report.verdict]}"
    if report.error32 is None or report.error64 is None:
        return _wrap(verdict, width)
    errors = f"{number(report.error32)} in float32, {number(report.error64)} in float64"
    whole = f"{verdict} (largest relative error {errors})"
    if len(whole) <= width:
        return [whole]
    return [*_wrap(f"largest relative error {errors}", width), *_wrap(verdict, width)]
