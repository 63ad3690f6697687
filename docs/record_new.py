"""Drives `equidesign new` in a pseudo-terminal and draws its screens: ``python docs/record_new.py`` writes new.svg."""

from __future__ import annotations

import sys
import tempfile
from html import escape
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests" / "terminal"))

from pseudo_terminal import DOWN, ENTER, Terminal  # noqa: E402

COLUMNS, ROWS = 100, 36
CELL, LINE, MARGIN = 7.8, 16, 14
COLOURS = {
    "cyan": "#56b6c2", "green": "#98c379", "red": "#e06c75", "brown": "#e5c07b", "yellow": "#e5c07b",
}  # fmt: skip
INK, PAPER, EDGE = "#d7dae0", "#1e2127", "#3a3f4b"


def record(folder: Path) -> list[list[str]]:
    """Answer the questions for molecules, and return three screens as rows of SVG."""
    terminal = Terminal(folder, "new", columns=COLUMNS, rows=ROWS)
    terminal.see("What does one sample look like?")
    terminal.see("Ctrl-C stop")
    screens = [drawn(terminal)]
    terminal.press(ENTER * 13, "Which kind of network?")
    terminal.press(DOWN * 3, "What follows: painn")
    screens.append(drawn(terminal))
    terminal.press(ENTER, "What matters most?")
    terminal.press(ENTER * 4, "Shall it be written?")
    terminal.press(ENTER)
    code = terminal.end()
    if code != 0:
        raise SystemExit(f"the wizard ended with {code}")
    screens.append(drawn(terminal))
    return screens


def drawn(terminal: Terminal) -> list[str]:
    """Return the rows of a screen as SVG text, one span for each run of a style."""
    rows = []
    for number in range(ROWS):
        cells = [terminal.screen.buffer[number][column] for column in range(COLUMNS)]
        spans: list[tuple[str, str]] = []
        for cell in cells:
            style = f"fill:{COLOURS.get(cell.fg, INK)}" + ";font-weight:bold" * cell.bold
            if spans and spans[-1][0] == style:
                spans[-1] = (style, spans[-1][1] + cell.data)
            else:
                spans.append((style, cell.data))
        rows.append(
            "".join(f'<tspan style="{style}">{escape(text)}</tspan>' for style, text in spans)
        )
    return rows


def svg(screens: list[list[str]]) -> str:
    """Return the screens below each other."""
    width = round(COLUMNS * CELL + 2 * MARGIN)
    each = ROWS * LINE + 2 * MARGIN
    height = len(screens) * (each + MARGIN) - MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'font-family="ui-monospace,Menlo,Consolas,monospace" font-size="13">'
    ]
    for place, rows in enumerate(screens):
        top = place * (each + MARGIN)
        parts.append(
            f'<rect y="{top}" width="{width}" height="{each}" rx="8" fill="{PAPER}" stroke="{EDGE}"/>'
        )
        for number, row in enumerate(rows):
            y = top + MARGIN + LINE * number + 12
            parts.append(
                f'<text x="{MARGIN}" y="{y}" textLength="{round(COLUMNS * CELL)}" xml:space="preserve">{row}</text>'
            )
    return "\n".join([*parts, "</svg>", ""])


def main() -> None:
    """Write new.svg beside this file."""
    with tempfile.TemporaryDirectory() as folder:
        (HERE / "new.svg").write_text(svg(record(Path(folder))), encoding="utf-8")


if __name__ == "__main__":
    main()
