"""Findings as text: what, where, the line itself with the place marked, and what to do."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from equidesign.lint.finding import Finding, Report, Severity
from equidesign.report.characters import printable, stdout_is_unicode, to_ascii
from equidesign.report.lint_common import lines_of, place, repairs, summary

if TYPE_CHECKING:
    from rich.text import Text

STYLES = {Severity.error: "bold red", Severity.warning: "bold yellow", Severity.info: "bold cyan"}
GUTTER, LABEL, WHERE, DIM = "blue", "cyan", "bold", "dim"
NARROWEST, TAB = 40, 4
# Of a longer line only a part around the place is shown, where the width is not given.
LONGEST_LINE = 120

Clean = Callable[[str], str]
Piece = tuple[str, str]
"""Text and its style."""
Line = list[Piece]


def render_text(
    report: Report,
    width: int | None = None,
    *,
    concise: bool = False,
    unicode: bool | None = None,
) -> str:
    """Return every finding with the line that it is about, and a last line that counts.

    Args:
        width: columns to fit into, at least 40; None leaves messages on one line.
        concise: one line a finding.
        unicode: whether other characters than ASCII may be used; None asks standard output.
    """
    lines = _lines(report, width, concise, unicode)
    return "".join("".join(text for text, _ in line).rstrip() + "\n" for line in lines)


def render_rich(
    report: Report,
    width: int | None = None,
    *,
    concise: bool = False,
    unicode: bool | None = None,
) -> Text:
    """Return the same text with colours, for a console that has them."""
    from rich.text import Text

    text = Text()
    for line in _lines(report, width, concise, unicode):
        text.append_text(Text.assemble(*line)).append("\n")
    return text


def _lines(
    report: Report, width: int | None, concise: bool, unicode: bool | None
) -> Iterator[Line]:
    width = None if width is None else max(width, NARROWEST)
    allowed = stdout_is_unicode() if unicode is None else unicode

    def clean(text: str) -> str:
        return printable(text) if allowed else to_ascii(printable(text))

    texts: dict[str, list[str]] = {}
    for finding in report.findings:
        yield from _wrap(_heading(finding, clean), width, "  ")
        if concise:
            continue
        if finding.file in report.texts and finding.file not in texts:
            texts[finding.file] = lines_of(report.texts[finding.file])
        yield from _snippet(finding, texts.get(finding.file, []), width, allowed)
        for label, text in repairs(finding):
            lead = [(f"{'':{_digits(finding)}} = ", GUTTER), (f"{label}: ", LABEL)]
            yield from _wrap([*lead, (clean(text), "")], width, " " * 6)
        yield []
    yield from _wrap([(summary(report), "")], width, "  ")


def _heading(finding: Finding, clean: Clean) -> Line:
    return [
        (f"{clean(place(finding))}: ", WHERE),
        (f"{finding.code} {finding.severity.value} ", STYLES[finding.severity]),
        (f"[{finding.name}] ", DIM),
        (clean(finding.message), ""),
    ]


@dataclass(frozen=True)
class _Shown:
    """A line as a terminal shows it: a text for each of its letters, and the column where each begins."""

    letters: Sequence[str]
    starts: Sequence[int]

    def part(self, first: int, last: int) -> str:
        """Return what stands in the columns from ``first`` to before ``last``; blanks for half a letter."""
        pairs = zip(self.letters, self.starts, self.starts[1:], strict=False)
        found = [(text, start) for text, start, end in pairs if first <= start and end <= last]
        blanks = found[0][1] - first if found else 0
        return " " * blanks + "".join(text for text, _ in found)

    def column(self, index: int) -> int:
        """Return where a letter begins; beyond the end, letters are one column wide."""
        beyond = max(index - len(self.letters), 0)
        return self.starts[min(index, len(self.letters))] + beyond


def _snippet(
    finding: Finding, lines: Sequence[str], width: int | None, unicode: bool
) -> Iterator[Line]:
    at = finding.place
    if not 1 <= at.line <= len(lines):
        return
    digits = _digits(finding)
    room = LONGEST_LINE if width is None else width - digits - 3
    shown = _show(lines[at.line - 1], unicode)
    start = shown.column(at.column - 1)
    if at.end_line == at.line:
        end = max(shown.column(at.end_column - 1), start + 1)
    else:
        end = max(shown.column(len(lines[at.line - 1].rstrip())), start + 1)
    dots = "…" if unicode else "..."
    offset = 0 if end + len(dots) <= room or start < room // 2 else start - room // 4
    bar = [(f"{'':{digits}} |", GUTTER)]
    yield bar
    if offset == 0 and at.line > 1 and lines[at.line - 2].strip():
        above = _cut(_show(lines[at.line - 2], unicode), 0, room, dots)
        yield [(f"{at.line - 1:{digits}} | ", GUTTER), (above, DIM)]
    yield [(f"{at.line} | ", GUTTER), (_cut(shown, offset, room, dots), "")]
    marks = "^" * min(end - start, room - (start - offset))
    below = f"{' ' * (start - offset)}{marks}"
    if at.end_line > at.line:
        note = f" to line {at.end_line}"
        below += note if len(below) + len(note) <= room else ""
    yield [*bar, (f" {below}", STYLES[finding.severity])]


def _digits(finding: Finding) -> int:
    return len(str(finding.place.line))


def _show(line: str, unicode: bool) -> _Shown:
    """Expand tabs and replace what would move the cursor."""
    letters, column = [], 0
    for letter in line:
        if letter == "\t":
            text = " " * (TAB - column % TAB)
        else:
            text = letter if letter.isprintable() else "?"
            text = text if unicode else to_ascii(text)
        letters.append(text)
        column += cells(text)
    return _Shown(letters, list(accumulate(map(cells, letters), initial=0)))


def _cut(shown: _Shown, offset: int, room: int, dots: str) -> str:
    """Return the part of a line that begins at a column and fits the room, with dots where it goes on."""
    length = shown.starts[-1]
    first = offset + len(dots) if offset else 0
    last = offset + room
    text = (dots if offset else "") + shown.part(first, min(length, last))
    if length <= last:
        return text
    kept = shown.part(first, last - len(dots))
    return f"{dots if offset else ''}{kept}{dots}"


def cells(text: str) -> int:
    """Return how many columns of a terminal a text takes.

    >>> cells("1x1o"), cells("幾何"), cells("e\\u0301")
    (4, 4, 1)
    """
    if text.isascii():
        return len(text)
    return sum(
        0
        if unicodedata.category(letter) in ("Mn", "Me", "Cf")
        else 2
        if unicodedata.east_asian_width(letter) in "WF"
        else 1
        for letter in text
    )


def _wrap(line: Line, width: int | None, indent: str) -> Iterator[Line]:
    """Yield the line in parts that fit the width, broken between words."""
    if width is None or sum(cells(text) for text, _ in line) <= width:
        yield line
        return
    part: Line = []
    used = 0
    for text, style in line:
        for word in re.findall(" *[^ ]+|^ +| +$", text):
            if used + cells(word) > width and used > len(indent):
                yield part
                part, used = [(indent, "")], len(indent)
                word = word.lstrip()
            if part and part[-1][1] == style:
                word = part.pop()[0] + word
            part.append((word, style))
            used = sum(cells(each) for each, _ in part)
    yield part
