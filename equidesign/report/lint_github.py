"""Findings as workflow commands of GitHub Actions, which it shows beside the lines of a pull request.

The escapes are those of the ``toolkit`` that GitHub publishes. GitHub shows ten annotations of a kind for a step, so
the most severe findings stand first.
"""

from __future__ import annotations

from pathlib import Path

from equidesign.lint.finding import Finding, Report, Severity
from equidesign.report.characters import printable
from equidesign.report.lint_common import MOST_SEVERE_FIRST, path_below, place, repairs

COMMANDS = {Severity.error: "error", Severity.warning: "warning", Severity.info: "notice"}


def render_github(report: Report, root: Path) -> str:
    """Return one command a finding; nothing where there is none.

    Args:
        root: the folder that the repository was checked out to.
    """
    ordered = sorted(report.findings, key=lambda finding: MOST_SEVERE_FIRST.index(finding.severity))
    return "".join(f"{_command(finding, root)}\n" for finding in ordered)


def _command(finding: Finding, root: Path) -> str:
    at = finding.place
    below = path_below(finding.file, root)
    properties = {
        "title": f"{finding.code} {finding.name}",
        "file": finding.file if below is None else below.as_posix(),
        "line": str(at.line),
        "endLine": str(at.end_line),
    }
    if at.line == at.end_line:  # GitHub refuses columns of a stretch of several lines
        properties |= {"col": str(at.column), "endColumn": str(at.end_column)}
    written = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    lines = [f"{place(finding)}: {finding.code} {printable(finding.message)}"]
    lines += [f"{label}: {printable(text)}" for label, text in repairs(finding)]
    message = _escape("\n".join(lines))
    return f"::{COMMANDS[finding.severity]} {written}::{message}"


def _escape(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escape(text).replace(":", "%3A").replace(",", "%2C")
