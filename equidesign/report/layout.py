"""Lines of text for a terminal: wrapped to its width with hanging indents, in colour where there are colours."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from equidesign.report.characters import printable, stdout_is_unicode, to_ascii

if TYPE_CHECKING:
    from rich.text import Text

NARROWEST = 40
# With less room than this beside its head, a text starts on the line below.
READABLE = 24


@dataclass(frozen=True)
class Line:
    """One logical line: a paragraph, a heading, a bullet, or a line of code.

    Attributes:
        text: what is wrapped.
        head: what stands before it; the text hangs below itself.
        indent: columns to the left of both.
        style: of the whole, as rich names styles; ``head_style`` of the head alone.
        code: keep blanks and do not wrap.
        keep: keep blanks where the line fits.
    """

    text: str = ""
    head: str = ""
    indent: int = 0
    style: str = ""
    head_style: str = ""
    code: bool = False
    keep: bool = False


def heading(text: str) -> list[Line]:
    """Return a blank line and a heading."""
    return [Line(), Line(text, style="bold")]


SIGNS = {"+": "green", "-": "red", "~": "yellow", "!": "bold red", "=": "dim", ">": "cyan"}
"""Styles of signs: gained, lost, changed, alarming, the same in effect, moved."""


def signed(sign: str, text: str, indent: int = 2) -> Line:
    """Return a line with one of the signs."""
    style = SIGNS[sign]
    return Line(
        text, head=f"{sign} ", indent=indent, head_style=style, style=style * (sign in "!=")
    )


def bullets(texts: Iterable[str], indent: int = 2) -> list[Line]:
    """Return one bullet a text."""
    return [Line(text, head="- ", indent=indent) for text in texts]


def facts(pairs: Iterable[tuple[str, str]], indent: int = 2) -> list[Line]:
    """Return one line a pair, names in a column of their own; pairs without a text are left out."""
    kept = [(name, text) for name, text in pairs if text]
    room = max((len(name) for name, _ in kept), default=0) + 2
    return [
        Line(text, head=name.ljust(room), indent=indent, head_style="cyan") for name, text in kept
    ]


def code(text: str, indent: int = 4) -> list[Line]:
    """Return lines that stay as they are."""
    return [Line(line, indent=indent, code=True, style="green") for line in text.splitlines()]


def paragraphs(text: str, indent: int = 0) -> list[Line]:
    """Return a page's text: paragraphs, bullets, and code (indented by four, or between fences)."""
    found: list[Line] = []
    fenced = False
    for line in text.splitlines():
        last = found[-1] if found else None
        if line.strip().startswith("```"):
            fenced = not fenced
        elif fenced or line.startswith("    "):
            found += code(line if fenced else line[4:], indent + 4) or [Line()]
        elif not line.strip():
            found.append(Line())
        elif line.lstrip().startswith(("- ", "* ")):
            depth = len(line) - len(line.lstrip())
            found.append(Line(line.lstrip()[2:], head="- ", indent=indent + depth))
        elif last is not None and last.text and not last.code:
            found[-1] = Line(f"{last.text} {line.strip()}", last.head, last.indent)
        else:
            found.append(Line(line.strip(), indent=indent))
    while found and not found[-1].text:
        found.pop()
    return found


def render(lines: Iterable[Line], width: int = 100, *, unicode: bool | None = None) -> str:
    """Return the lines as plain text, none longer than ``width`` (40 at least) but for code and long words.

    Args:
        unicode: whether other characters than ASCII may be used; None asks standard output.
    """
    return "\n".join(
        "".join(piece for piece, _ in parts) for parts in styled_rows(lines, width, unicode)
    )


def render_rich(lines: Iterable[Line], width: int = 100, *, unicode: bool | None = None) -> Text:
    """Return the same text with its styles, for a console that has colours."""
    from rich.text import Text

    rows = []
    for parts in styled_rows(lines, width, unicode):
        row = Text()
        for piece, style in parts:
            row.append(piece, style or None)
        rows.append(row)
    return Text("\n").join(rows)


Parts = list[tuple[str, str]]


def styled_rows(lines: Iterable[Line], width: int, unicode: bool | None) -> Iterator[Parts]:
    """Yield the rows of a screen: each a list of pieces with their styles."""
    allowed = stdout_is_unicode() if unicode is None else unicode
    width = max(width, NARROWEST)
    for line in lines:
        yield from _wrapped(line, width, allowed)


def _wrapped(line: Line, width: int, allowed: bool) -> Iterator[Parts]:
    pad = " " * line.indent
    if line.code:
        yield [(f"{pad}{_clean(line, allowed)}".rstrip(), line.style)]
        return
    text = _clean(line, allowed)
    head = line.head if allowed else to_ascii(line.head)
    style = line.head_style or line.style
    room = width - line.indent - len(head)
    if room < READABLE and len(head) > 4:
        yield [((pad + head).rstrip(), style)]
        pad, head, room = pad + "  ", "", width - line.indent - 2
    if line.keep and len(text) <= room:
        pieces = [text]
    else:
        pieces = textwrap.wrap(" ".join(text.split()), max(room, 10), break_on_hyphens=False) or [
            ""
        ]
    yield [((pad + head).rstrip() if not pieces[0] else pad + head, style), (pieces[0], line.style)]
    hang = pad + " " * len(head)
    for piece in pieces[1:]:
        yield [(hang + piece, line.style)]


def _clean(line: Line, allowed: bool) -> str:
    """Return the text without what would drive a terminal; blanks in it count in code and tables only."""
    if line.code or line.keep:
        text = "".join(c if c.isprintable() else "?" for c in line.text.expandtabs(4))
    else:
        text = printable(line.text)
    return text if allowed else to_ascii(text)


def columns(rows: Sequence[Sequence[str]], gap: str = "  ") -> list[str]:
    """Return rows with their cells in columns, the last one ragged."""
    if not rows:
        return []
    sizes = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return [
        gap.join(cell.ljust(size) for cell, size in zip(row, sizes, strict=True)).rstrip()
        for row in rows
    ]
