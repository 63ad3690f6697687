"""A safe fix as the replacements of SARIF (3.57): stretches of a file and what takes their place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any

from equidesign.errors import InputError
from equidesign.lint.edits import CannotEditError, apply_edits
from equidesign.lint.finding import Finding
from equidesign.report.lint_common import kept_lines
from equidesign.spec.yamlio import load_text


def repaired(finding: Finding, text: str) -> str | None:
    """Return the text after a finding's fix; None without a safe one, or where it cannot be made."""
    if finding.fix is None or not finding.fix.safe:
        return None
    try:
        return apply_edits(text, load_text(text, finding.file), finding.fix.edits)
    except (InputError, CannotEditError, ValueError):
        return None


def replacements(before: str, after: str) -> Iterator[dict[str, Any]]:
    """Yield what turns one text into another, as whole lines."""
    old, new = kept_lines(before), kept_lines(after)
    # What is equal at both ends is most of a file, and comparing it is slow.
    skipped = _equal_at_start(old, new)
    rest = _equal_at_start(old[skipped:][::-1], new[skipped:][::-1])
    ours, theirs = old[skipped : len(old) - rest], new[skipped : len(new) - rest]
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    for tag, *steps in matcher.get_opcodes():
        if tag == "equal":
            continue
        first, last, start, end = (step + skipped for step in steps)
        region = {
            f"{edge}{axis}": number
            for edge, index in (("start", first), ("end", last))
            for axis, number in _at(old, index).items()
        }
        replacement: dict[str, Any] = {"deletedRegion": region}
        if start < end:
            replacement["insertedContent"] = {"text": "".join(new[start:end])}
        yield replacement


def _equal_at_start(one: Sequence[str], other: Sequence[str]) -> int:
    pairs = zip(one, other, strict=False)
    return next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _at(lines: list[str], index: int) -> dict[str, int]:
    """Return where a line begins; for one beyond the last, where the text ends."""
    if index < len(lines) or not lines or lines[-1][-1] in "\n\r\x85\u2028\u2029":
        return {"Line": index + 1, "Column": 1}
    return {"Line": len(lines), "Column": len(lines[-1]) + 1}
