"""The report of `equidesign verify --format json`, read back and held against itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from equidesign.errors import InputError
from equidesign.spec.yamlio import Document, KeyPath

GRAVEST = ("BROKEN", "VACUOUS", "WRONG_HARNESS", "ERROR", "RESOLUTION_LIMITED", "EXACT")
"""All verdicts; a report has the first of these that any of its rows has."""
PASSING = ("EXACT", "RESOLUTION_LIMITED")
UNDECIDED = "ERROR"
"""The model did not run, which says nothing about its symmetry."""
_EXPECTED = "what `equidesign verify TARGET --format json` prints"


@dataclass(frozen=True)
class Report:
    """What a verification found.

    Attributes:
        source: the file that it was read from.
        target: what was verified.
        group: the symmetry that was tested.
        verdict: EXACT, RESOLUTION_LIMITED, BROKEN, VACUOUS, WRONG_HARNESS or ERROR.
        failures: the checks that did not pass, in words.
        tested: how many checks have a verdict.
    """

    source: str
    target: str
    group: str
    verdict: str
    failures: tuple[str, ...]
    tested: int

    @property
    def passed(self) -> bool:
        """Whether the symmetry was found to hold."""
        return self.verdict in PASSING

    @property
    def refutes(self) -> bool:
        """Whether the symmetry, or what the interface says about it, was found not to hold."""
        return not self.passed and self.verdict != UNDECIDED


def read_report(document: Document) -> Report:
    """Read a report.

    Raises:
        InputError: it is none, or it says something else than its rows.
    """
    data = document.data
    for key, kind in (("target", str), ("group", str), ("verdict", str), ("rows", list)):
        if not isinstance(data.get(key), kind):
            what = f"`{key}` is missing or not {'a list' if kind is list else 'text'}"
            raise _refused(document, (key,), f"this is no report of a verification: {what}")
    rows = list(_rows(document))
    found = {verdict for _, verdict in rows if verdict is not None}
    gravest = next((verdict for verdict in GRAVEST if verdict in found), UNDECIDED)
    if data["verdict"] != gravest:
        what = f"the report says {data['verdict']}, and its rows say {gravest}"
        raise _refused(document, ("verdict",), what)
    if data.get("passed") is not (gravest in PASSING):
        what = f"the report says passed: {data.get('passed')}, and its verdict is {gravest}"
        raise _refused(document, ("passed",), what)
    failures = tuple(name for name, verdict in rows if verdict and verdict not in PASSING)
    tested = sum(verdict is not None for _, verdict in rows)
    return Report(document.source, data["target"], data["group"], gravest, failures, tested)


def _rows(document: Document) -> Iterator[tuple[str, str | None]]:
    """Yield name and verdict of each check."""
    for index, row in enumerate(document.data["rows"]):
        known: Any = row if isinstance(row, dict) else {}
        verdict = known.get("verdict")
        if not isinstance(known.get("check"), str) or verdict not in (None, *GRAVEST):
            raise _refused(document, ("rows", index), "a row has no `check`, or an unknown verdict")
        yield f"{known['check']}: {known.get('what') or ''}".removesuffix(": "), verdict


def _refused(document: Document, path: KeyPath, what: str) -> InputError:
    return InputError(what, where=document.where(path), expected=_EXPECTED)
