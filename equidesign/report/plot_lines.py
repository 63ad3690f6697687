"""What the figure of a verification shows: a heading for every row of the report, a line for every group element."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from equidesign.report.verify_text import NOT_TESTED, fails, title
from equidesign.verify.rounding import EPS32, judge
from equidesign.verify.verdict import Measured, Report, Row, Verdict

MOST_LINES, KEPT = 150, 12


@dataclass(frozen=True)
class Line:
    """One line of the figure: a heading, or the errors under one group element.

    Attributes:
        breaks: whether this very element breaks the symmetry.
        floor: of a heading, the row's own floor, where resampling makes one.
        span: of a heading, the number of lines below it.
    """

    text: str
    measured: Measured | None = None
    breaks: bool = False
    verdict: str = ""
    floor: float | None = None
    span: int = 0


def plot_lines(report: Report) -> list[Line]:
    """Return headings and elements, top down; of very many elements only the worst of every row."""
    rows = [row for row in report.rows if row.elements]
    if not rows:
        rows = [
            replace(row, elements=(Measured(row.worst or "largest", row.error32, row.error64),))
            for row in report.rows
            if row.error32 is not None or row.error64 is not None
        ]
    shorten = sum(len(row.elements) + 1 for row in rows) > MOST_LINES
    lines: list[Line] = []
    for row in rows:
        below = list(_elements(row, KEPT if shorten else None))
        verdict = str(row.verdict) if row.verdict else NOT_TESTED
        floor = row.floor if row.verdict is Verdict.resolution_limited else None
        lines.append(Line(title(row), None, fails(row), verdict, floor, len(below)))
        lines += below
    return lines


def _elements(row: Row, most: int | None) -> Iterator[Line]:
    chosen: Iterable[Measured] = row.elements
    left = 0
    if most is not None and len(row.elements) > most:
        ranked = sorted(row.elements, key=lambda item: -_rank(item))[:most]
        chosen = [item for item in row.elements if item in ranked][:most]
        left = len(row.elements) - most
    for item in chosen:
        yield Line(item.label, item, fails(row) and _breaks(item))
    if left:
        yield Line(f"and {left} with smaller errors")


def _rank(item: Measured) -> float:
    known = [value for value in (item.error64, item.error32) if value is not None]
    return max((math.inf if math.isnan(value) else value for value in known[:1]), default=0.0)


def _breaks(item: Measured) -> bool:
    """Whether the errors under this element are more than rounding."""
    if item.error32 is not None and item.error64 is not None:
        return not judge(item.error32, item.error64).passes
    known = [value for value in (item.error32, item.error64) if value is not None]
    return any(not value <= math.sqrt(EPS32) for value in known)
