"""One run of lint: findings of files or of standard input, and their repair."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from equidesign.cli.options import err, write_text
from equidesign.errors import InputErrors
from equidesign.lint.engine import lint_bytes, lint_paths
from equidesign.lint.finding import Report
from equidesign.lint.settings import Settings
from equidesign.report.lint_common import count

if TYPE_CHECKING:
    from equidesign.lint.changes import Change
    from equidesign.lint.fixes import FixReport


class LintRun:
    """Findings, and what repairs them."""

    def __init__(self, places: Sequence[Path], settings: Settings, stdin: bytes | None) -> None:
        """Take the places, or the bytes of standard input under the name of the only one."""
        self.places = places
        self.settings = settings
        self.stdin = stdin
        self.left: Report | None = None

    @property
    def report(self) -> Report:
        """What is found; after `fix`, what is left."""
        if self.left is None:
            self.left = self._look()
        return self.left

    def show_diffs(self, unsafe: bool) -> bool:
        """Print what repairs would change; tell whether that is anything."""
        from equidesign.lint.changes import unified_diff

        changes = self._fixed(unsafe, write=False).changes
        for change in changes:
            write_text(unified_diff(change), sys.stdout)
        _tell("would fix", changes)
        return bool(changes)

    def fix(self, unsafe: bool) -> None:
        """Repair files where they are; standard input is written, repaired or not, to standard output.

        Raises:
            InputError: a file could not be written; the others are repaired.
        """
        result = self._fixed(unsafe, write=True)
        if self.stdin is not None:
            for change in result.changes:
                self.stdin = change.after.encode("utf-8")
            sys.stdout.flush()
            sys.stdout.buffer.write(self.stdin)
        self.left = result.report
        _tell("fixed", result.changes)
        if result.failures:
            raise result.failures[0] if len(result.failures) == 1 else InputErrors(result.failures)

    def _fixed(self, unsafe: bool, write: bool) -> FixReport:
        from equidesign.lint.fixes import FixReport, fix_bytes, fix_files

        if not self.places:
            return FixReport(self.report, ())
        if self.stdin is not None:
            return fix_bytes(self.stdin, str(self.places[0]), self.settings, unsafe)
        return fix_files(self.places, self.settings, unsafe, write)

    def _look(self) -> Report:
        if not self.places:
            return Report((), (), {})
        if self.stdin is not None:
            return lint_bytes(self.stdin, str(self.places[0]), self.settings)
        return lint_paths(self.places, self.settings)


def _tell(what: str, changes: Sequence[Change]) -> None:
    if changes:
        number = sum(len(change.applied) for change in changes)
        files = count(len(changes), "file")
        err().print(f"{what} {count(number, 'finding')} in {files}", markup=False)
