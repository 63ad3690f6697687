"""Fixes: the edits that rules offer, made in texts and files, and kept only where they make them better."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from equidesign.errors import InputError
from equidesign.lint.bundle import Bundle, bundle_at
from equidesign.lint.changes import Change, change_of, write_change
from equidesign.lint.edits import CannotEditError, apply_edits, conflict
from equidesign.lint.engine import lint_bytes, lint_paths, lint_text
from equidesign.lint.finding import Finding, Fix, Report
from equidesign.lint.improvement import is_better
from equidesign.lint.settings import Settings
from equidesign.lint.sources import OURS, find_sources, is_ours
from equidesign.spec.yamlio import decode_text, load_text, read_text
from equidesign.spec.yamltree import UnreadableError

MAX_ROUNDS = 40
_DEFAULT = Settings()


@dataclass(frozen=True)
class FixResult:
    """What became of a text.

    Attributes:
        text: the text with every fix that was made.
        applied: the findings that are gone by a fix of theirs, with the places they had when it was made.
        remaining: what lint finds in the new text; a fix that was not allowed or was taken back is still on offer.
    """

    text: str
    applied: tuple[Finding, ...]
    remaining: tuple[Finding, ...]


def fix_text(
    text: str,
    file: str,
    settings: Settings = _DEFAULT,
    unsafe: bool = False,
    bundle: Bundle | None = None,
) -> FixResult:
    """Make every fix that is allowed, until nothing more changes; fixing the result again changes nothing.

    A fix is taken back when the file can't be read after it, its finding is still there, or another error comes up
    that the file did not have: one that is nearer to the root of things (of a lower hundred), or any error where the
    fix was for a warning. What a fix brings to light further on, such as the wrong type of a misspelt key, stays.

    Args:
        file: its name, as for `lint_text`.
        unsafe: also make fixes that change what the model can compute: parities, degrees, widths, nonlinearities.
        bundle: the files beside it, if they are to be compared.
    """
    return _Fixer(text, file, settings, unsafe, bundle).run()


@dataclass(frozen=True)
class FixReport:
    """What became of files.

    Attributes:
        report: what lint finds after the fixes.
        changes: one for each file that is different now, or would be.
        failures: why files could not be written; they are as they were, and so are their findings.
    """

    report: Report
    changes: tuple[Change, ...]
    failures: tuple[InputError, ...] = ()


def fix_files(
    paths: Sequence[Path],
    settings: Settings = _DEFAULT,
    unsafe: bool = False,
    write: bool = True,
) -> FixReport:
    """Fix files, folders and bundles; each file is replaced in one step and keeps its mode.

    Args:
        unsafe: also make fixes that change what the model can compute.
        write: write the files; otherwise only say what would change.

    Raises:
        InputError: a path does not exist.
    """
    findings: list[Finding] = []
    files: list[str] = []
    texts: dict[str, str] = {}
    changes: list[Change] = []
    failures: list[InputError] = []
    for source in find_sources(paths, settings):
        try:
            text = read_text(source.path)
            if not source.named and not is_ours(text):
                continue
            fixed = fix_bytes(source.path.read_bytes(), source.file, settings, unsafe)
            for change in fixed.changes if write else ():
                write_change(change)
        except InputError as error:
            fixed = FixReport(lint_paths([source.path], settings), ())
            if not isinstance(error, UnreadableError):
                failures.append(error)
        files.append(source.file)
        findings += fixed.report.findings
        changes += fixed.changes
        if fixed.report.findings:
            texts.update(fixed.report.texts)
    findings.sort(key=lambda each: each.sort_key)
    report = Report(tuple(findings), tuple(files), texts)
    return FixReport(report, tuple(changes), tuple(failures))


def fix_bytes(
    raw: bytes, file: str, settings: Settings = _DEFAULT, unsafe: bool = False
) -> FixReport:
    """Fix what came from elsewhere, as if it stood in a file, with the bundle around it if it is in one."""
    try:
        text = decode_text(raw, file)
    except InputError:
        return FixReport(lint_bytes(raw, file, settings), ())
    path = Path(file)
    bundle = bundle_at(path.parent) if path.name in OURS else None
    result = fix_text(text, file, settings, unsafe, bundle)
    texts = {bundle.file(name): each for name, each in bundle.texts.items()} if bundle else {}
    report = Report(result.remaining, (file,), {**texts, file: result.text})
    if result.text == text:
        return FixReport(report, ())
    return FixReport(report, (change_of(file, raw, result.text, result.applied),))


@dataclass(frozen=True)
class _State:
    """A text and what lint says about it: what was asked for, and everything."""

    text: str
    shown: tuple[Finding, ...]
    everything: tuple[Finding, ...]


class _Fixer:
    def __init__(
        self, text: str, file: str, settings: Settings, unsafe: bool, bundle: Bundle | None
    ) -> None:
        self.file = file
        self.settings = settings
        self.all_rules = replace(
            settings, select=(), ignore=(), also_ignore=(), per_file_ignores={}
        )
        self.unsafe = unsafe
        self.bundle = bundle
        self.state = self.look(text)
        self.applied: list[Finding] = []
        self.seen = {text}

    def run(self) -> FixResult:
        for _ in range(MAX_ROUNDS):
            batch = self.batch()
            if not self.attempt(batch):
                # Each for itself; the next round goes on from there.
                made = [self.attempt([each]) for each in batch if len(batch) > 1]
                if not any(made):
                    break
        return FixResult(self.state.text, tuple(self.applied), self.state.shown)

    def look(self, text: str) -> _State:
        bundle = self.bundle
        if bundle is not None:
            bundle = replace(bundle, texts={**bundle.texts, Path(self.file).name: text})
        shown = tuple(lint_text(text, self.file, self.settings, bundle))
        if self.settings == self.all_rules:
            return _State(text, shown, shown)
        return _State(text, shown, tuple(lint_text(text, self.file, self.all_rules, bundle)))

    def batch(self) -> list[Finding]:
        """Return the findings whose fixes are allowed and can be made together."""
        chosen: list[Finding] = []
        for finding in self.state.shown:
            fix = finding.fix
            if fix is None or finding.file != self.file or not (fix.safe or self.unsafe):
                continue
            if not any(_overlap(fix, other.fix) for other in chosen):
                chosen.append(finding)
        return chosen

    def attempt(self, findings: Sequence[Finding]) -> bool:
        """Make the fixes of findings, if they are still on offer and make the text better."""
        offered = [(each.code, each.path, each.fix) for each in self.state.shown]
        if not findings or any(
            (each.code, each.path, each.fix) not in offered for each in findings
        ):
            return False
        edits = [edit for finding in findings if finding.fix for edit in finding.fix.edits]
        try:
            document = load_text(self.state.text, self.file)
            text = apply_edits(self.state.text, document, edits)
            if text in self.seen:
                return False
            load_text(text, self.file)
        except (InputError, CannotEditError, ValueError):
            return False
        state = self.look(text)
        if not is_better(self.state.everything, state.everything, findings):
            return False
        self.state = state
        self.seen.add(text)
        self.applied += findings
        return True


def _overlap(fix: Fix, other: Fix | None) -> bool:
    return other is not None and any(
        conflict(edit, each) for edit in fix.edits for each in other.edits
    )
