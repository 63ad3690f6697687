"""What the reporters of lint share: headings, counts, lines of a text, paths for machines."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from equidesign.lint.finding import Finding, Report, Severity

MOST_SEVERE_FIRST = (Severity.error, Severity.warning, Severity.info)
# The line breaks of YAML 1.1, which places of findings count by.
_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


def place(finding: Finding) -> str:
    """Return ``file:line:column``."""
    return f"{finding.file}:{finding.place.line}:{finding.place.column}"


def repairs(finding: Finding) -> Iterator[tuple[str, str]]:
    """Yield what to do about a finding, each with its label."""
    if finding.hint:
        yield "hint", finding.hint
    if finding.fix is not None:
        option = "--fix" if finding.fix.safe else "--unsafe-fixes"
        yield "fix", f"{finding.fix.title} ({option})"


def files_of(report: Report) -> list[str]:
    """Return every file that was looked at or that a finding is about."""
    return list(dict.fromkeys((*report.files, *(finding.file for finding in report.findings))))


def count(number: int, word: str) -> str:
    """Return ``1 file`` or ``2 files``."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def counts(report: Report) -> dict[Severity, int]:
    """Return how many findings there are of each severity."""
    severities = [finding.severity for finding in report.findings]
    return {severity: severities.count(severity) for severity in MOST_SEVERE_FIRST}


def fixable(report: Report) -> tuple[int, int]:
    """Return how many findings have a safe fix, and how many an unsafe one."""
    fixes = [finding.fix.safe for finding in report.findings if finding.fix is not None]
    return fixes.count(True), fixes.count(False)


def summary(report: Report) -> str:
    """Return one line: how many findings there are, in how many files, and what can be fixed."""
    files = len(files_of(report))
    if not report.findings:
        return f"No findings in {count(files, 'file')}"
    parts = [count(number, word.value) for word, number in counts(report).items() if number]
    found = " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]]))
    hit = len({finding.file for finding in report.findings})
    text = f"Found {found} in {hit} of {count(files, 'file')}"
    safe, unsafe = fixable(report)
    if safe:
        text += f"; {safe} can be fixed with --fix"
        text += f", {unsafe} more with --unsafe-fixes" if unsafe else ""
    elif unsafe:
        text += f"; {unsafe} can be fixed with --unsafe-fixes"
    return text


def statistics(report: Report) -> tuple[list[str], list[list[str]]]:
    """Return the headings and rows of a table: how often each rule was broken, the most often first."""
    number = Counter((each.code, each.name, each.severity) for each in report.findings)
    fixes = Counter(each.code for each in report.findings if each.fix is not None)
    rows = [
        [str(times), code, name, severity.value, str(fixes[code])]
        for (code, name, severity), times in sorted(
            number.items(), key=lambda item: (-item[1], item[0])
        )
    ]
    return ["count", "code", "name", "severity", "with a fix"], rows


def lines_of(text: str) -> list[str]:
    """Return the lines of a text, counted as places of findings count them."""
    return _BREAK.split(text.removeprefix("\ufeff"))


def kept_lines(text: str) -> list[str]:
    """Return the lines of a text with their ends."""
    ends = [match.end() for match in _BREAK.finditer(text)]
    starts = [0, *ends]
    parts = [text[start:end] for start, end in zip(starts, [*ends, len(text)], strict=True)]
    return [part for part in parts if part]


def path_below(file: str, root: Path) -> Path | None:
    """Return the way from a folder to a file below it; None for a file elsewhere."""
    whole, above = Path(os.path.abspath(file)), Path(os.path.abspath(root))
    return whole.relative_to(above) if whole.is_relative_to(above) else None
