"""The table of a verification: one row a check, for a terminal of any width."""

from __future__ import annotations

import textwrap

from equidesign.verify.verdict import Report, Row, Verdict

HEADINGS = ("check", "what", "float32", "float64", "floor", "verdict")
NOT_TESTED = "not tested"
MEANING = {
    Verdict.exact: "the symmetry holds up to rounding",
    Verdict.resolution_limited: "the symmetry holds up to the resolution of the grid",
    Verdict.broken: "the symmetry does not hold",
    Verdict.vacuous: "the model says nothing that a symmetry could be measured on",
    Verdict.wrong_harness: "the declared action is wrong, so nothing was proved about the model",
    Verdict.error: "the check could not run",
}


def render_report(report: Report, width: int = 100) -> str:
    """Return the table, and a line with the verdict.

    Errors are relative, measured in float32 and in float64; the floor is what rounding alone makes, or
    resampling on a grid.
    """
    cells = [HEADINGS, *(_cells(row) for row in report.rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEADINGS))]
    lines = [f"Symmetry of {report.target}: {report.group}" if report.group else report.target, ""]
    for number, line in enumerate(cells):
        text = "  ".join(cell.ljust(size) for cell, size in zip(line, widths, strict=True))
        lines.append(text.rstrip())
        if number:
            lines += _details(report.rows[number - 1], width)
    lines += ["", _summary(report)]
    return "\n".join(lines)


def _cells(row: Row) -> tuple[str, ...]:
    numbers = [_number(value) for value in (row.error32, row.error64, row.floor)]
    return (row.check, row.what, *numbers, str(row.verdict) if row.verdict else NOT_TESTED)


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.1e}"


def _details(row: Row, width: int) -> list[str]:
    if not row.detail:
        return []
    return textwrap.wrap(
        row.detail, max(width, 40), initial_indent="    ", subsequent_indent="    "
    )


def _summary(report: Report) -> str:
    text = f"{report.verdict}: {MEANING[report.verdict]}"
    if report.error32 is not None and report.error64 is not None:
        text += f" (largest relative error {report.error32:.1e} in float32, "
        text += f"{report.error64:.1e} in float64)"
    return text
