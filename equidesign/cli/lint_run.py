"""One run of lint: findings of files or of standard input, and their repair."""

from __future__ import annotations

import difflib
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from equidesign.cli.files import write_file
from equidesign.cli.options import err, write_text
from equidesign.errors import InputError
from equidesign.lint.engine import lint_bytes, lint_paths
from equidesign.lint.finding import Report
from equidesign.lint.settings import Settings
from equidesign.report.lint_common import count

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class _Change:
    file: str
    before: str
    after: str
    applied: int


class LintRun:
    """Findings, and what repairs them.

    Attributes:
        report: what was found last: after `fix`, what is left.
    """

    def __init__(self, places: Sequence[Path], settings: Settings, stdin: bytes | None) -> None:
        """Lint the places, or the bytes of standard input under the name of the only one."""
        self.places = places
        self.settings = settings
        self.stdin = stdin
        self.report = self._look()

    def show_diffs(self, unsafe: bool) -> bool:
        """Print what repairs would change; tell whether that is anything."""
        changes = list(self._changes(unsafe))
        for change in changes:
            write_text(_diff(change), sys.stdout)
        self._tell("would fix", changes)
        return bool(changes)

    def fix(self, unsafe: bool) -> None:
        """Repair files where they are; standard input is written, repaired or not, to standard output."""
        changes = list(self._changes(unsafe))
        if self.stdin is not None:
            for change in changes:
                mark = _BYTE_ORDER_MARK if self.stdin.startswith(_BYTE_ORDER_MARK) else b""
                self.stdin = mark + change.after.encode("utf-8")
            sys.stdout.flush()
            sys.stdout.buffer.write(self.stdin)
        else:
            for change in changes:
                _replace(change)
        if changes:
            self.report = self._look()
        self._tell("fixed", changes)

    def _look(self) -> Report:
        if not self.places:
            return Report((), (), {})
        if self.stdin is not None:
            return lint_bytes(self.stdin, str(self.places[0]), self.settings)
        return lint_paths(self.places, self.settings)

    def _changes(self, unsafe: bool) -> Iterator[_Change]:
        fixable = (each for each in self.report.findings if each.fix and (unsafe or each.fix.safe))
        for file in dict.fromkeys(finding.file for finding in fixable):
            from equidesign.lint.fixes import fix_text

            before = self.report.texts[file]
            result = fix_text(before, file, self.settings, unsafe)
            if result.text != before:
                yield _Change(file, before, result.text, len(result.applied))

    def _tell(self, what: str, changes: Sequence[_Change]) -> None:
        if changes:
            number = sum(change.applied for change in changes)
            files = count(len(changes), "file")
            err().print(f"{what} {count(number, 'finding')} in {files}", markup=False)


def _replace(change: _Change) -> None:
    path = Path(change.file)
    raw = path.read_bytes()
    mark = _BYTE_ORDER_MARK if raw.startswith(_BYTE_ORDER_MARK) else b""
    if raw != mark + change.before.encode("utf-8"):
        raise InputError(f"'{path}' changed while it was looked at", hint="run it again")
    new = mark + change.after.encode("utf-8")
    write_file(path, lambda part: part.write_bytes(new))


def _diff(change: _Change) -> str:
    lines = difflib.unified_diff(
        re.findall("[^\n]*\n|[^\n]+", change.before),
        re.findall("[^\n]*\n|[^\n]+", change.after),
        fromfile=change.file,
        tofile=change.file,
    )
    ended = (
        each if each.endswith("\n") else f"{each}\n\\ No newline at end of file\n" for each in lines
    )
    return "".join(ended)
