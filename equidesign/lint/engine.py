"""The engine: files -> findings. Nothing here knows a rule."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from equidesign.errors import InputError, nearest
from equidesign.lint.bundle import Bundle, bundle_at
from equidesign.lint.context import Context
from equidesign.lint.finding import DeleteText, Finding, Fix, Place, Report, Severity
from equidesign.lint.registry import (
    ANYWHERE,
    Issue,
    Needs,
    Rule,
    all_rules,
    rule_by_name,
    rules_by_fault,
)
from equidesign.lint.repairs import complaint_fix
from equidesign.lint.settings import Settings
from equidesign.lint.sources import OURS, find_sources, is_ours
from equidesign.lint.suppression import Suppression, hiding, split
from equidesign.spec.problems import Complaint
from equidesign.spec.yamlio import decode_text, load_text, read_text
from equidesign.spec.yamltree import UnreadableError, short

_POSITION = re.compile(r":(\d+):(\d+)$")
_COMPLAINTS = {"unknown": "unknown-key", "missing": "missing-key", "value": "wrong-value"}
_DEFAULT = Settings()
MOST = 500
"""Findings of one rule in one file; more are not read by anybody, and each takes time."""
_Found = TypeVar("_Found", Issue, Finding)


def lint_paths(paths: Sequence[Path], settings: Settings = _DEFAULT) -> Report:
    """Lint files, folders and bundles.

    Raises:
        InputError: a path does not exist.
    """
    findings: list[Finding] = []
    files: list[str] = []
    texts: dict[str, str] = {}
    bundles: dict[Path, Bundle | None] = {}
    for source in find_sources(paths, settings):
        try:
            text = read_text(source.path)
        except InputError as error:
            files.append(source.file)
            findings += _chosen([_unreadable(source.file, error)], settings)
            continue
        if not source.named and not is_ours(text):
            continue
        bundle = None
        if source.path.name in OURS:
            folder = source.path.parent
            if folder not in bundles:
                bundles[folder] = bundle_at(folder)
            bundle = bundles[folder]
        found = lint_text(text, source.file, settings, bundle)
        files.append(source.file)
        findings += found
        if found:
            texts[source.file] = text
            if bundle is not None:
                texts.update({bundle.file(name): each for name, each in bundle.texts.items()})
    return Report(tuple(sorted(findings, key=lambda each: each.sort_key)), tuple(files), texts)


def lint_bytes(raw: bytes, file: str, settings: Settings = _DEFAULT) -> Report:
    """Lint what came from elsewhere, as if it stood in a file, with the bundle around it if it is in one."""
    path = Path(file)
    try:
        text = decode_text(raw, file)
    except InputError as error:
        return Report(tuple(_chosen([_unreadable(file, error)], settings)), (file,), {})
    bundle = bundle_at(path.parent) if path.name in OURS else None
    found = lint_text(text, file, settings, bundle)
    texts = (
        {} if bundle is None else {bundle.file(name): each for name, each in bundle.texts.items()}
    )
    return Report(tuple(found), (file,), {**texts, file: text})


def lint_text(
    text: str, file: str, settings: Settings = _DEFAULT, bundle: Bundle | None = None
) -> list[Finding]:
    """Lint one file by its text.

    Args:
        file: its name, which findings show; a name that ends in ``.json`` is read as JSON.
        bundle: the files beside it, if they are to be compared.

    Returns:
        Findings sorted by place.
    """
    try:
        document = load_text(text, file)
    except InputError as error:
        return _finished([_unreadable(file, error)], text, file, settings)
    context = Context(file, text, document, bundle)
    if not _is_known(context):
        message = "this is neither a specification nor a request"
        hint = "a specification has `layers`, a request has `symmetry`, `data` and `task`"
        rule = rule_by_name("not-a-specification")
        return _finished([_finding(rule, context, Issue((), message, hint))], text, file, settings)
    found = [_finding(rule, context, issue) for rule, issue in _all_issues(context, settings)]
    return _finished(_one_for_each_value(found), text, file, settings, bundle)


def _is_known(context: Context) -> bool:
    wanted = ("symmetry", "data", "task")
    return context.is_architecture or sum(key in context.data for key in wanted) >= 2


def _all_issues(context: Context, settings: Settings) -> Iterator[tuple[Rule, Issue]]:
    """Yield what all rules find, those last that are silent where something else is to blame."""
    blamed: set[str] = set()
    for rule, issue in _issues(context, settings):
        blamed |= _blames(context, settings, rule, issue)
        yield rule, issue
    late = (rule for rule in _running(context, settings) if rule.yields_to)
    said = set(blamed)
    for rule in sorted(late, key=lambda each: each.yields_to == ANYWHERE):
        silent = bool(said) if rule.yields_to == ANYWHERE else blamed & set(rule.yields_to)
        for issue in () if silent or rule.check is None else _limited(rule.check(context)):
            said |= _blames(context, settings, rule, issue)
            yield rule, issue


def _blames(context: Context, settings: Settings, rule: Rule, issue: Issue) -> set[str]:
    """Return the first key of the issue's path if other rules are to yield to it."""
    if issue.file is not None or rule.severity is Severity.info:
        return set()
    hidden = hiding(_finding(rule, context, issue), context.text)
    if hidden or not settings.chosen(rule.code, context.file):
        return set()
    return {str(issue.path[0]) if issue.path else ""}


def _running(context: Context, settings: Settings) -> Iterator[Rule]:
    """Yield the rules that can say something about the file."""
    for rule in all_rules().values():
        if rule.needs > context.level or not settings.chosen(rule.code):
            continue
        if rule.needs <= Needs.request or context.is_architecture:
            yield rule


def _issues(context: Context, settings: Settings) -> Iterator[tuple[Rule, Issue]]:
    by_fault = rules_by_fault()
    for sort in _COMPLAINTS:
        alike = [each for each in context.complaints if each.sort == sort]
        rules = map(_rule_of, alike)
        yield from zip(rules, _limited(_issue_of(each, context) for each in alike), strict=False)
    faults: dict[str, list[Issue]] = {}
    for fault in context.faults:
        label = fault.label if fault.label in by_fault else "layer-output"
        issue = Issue(fault.path, fault.message, fault.hint, fault.fix, fault.on_key)
        faults.setdefault(label, []).extend([] if fault.said else [issue])
    for label, issues in faults.items():
        yield from ((by_fault[label], issue) for issue in _limited(issues))
    for rule in _running(context, settings):
        if rule.check is not None and not rule.yields_to:
            for issue in _limited(rule.check(context)):
                yield rule, issue


def _rule_of(complaint: Complaint) -> Rule:
    if complaint.sort == "unknown" and complaint.homes and not complaint.nearest:
        return rules_by_fault()["misplaced-key"]
    return rules_by_fault()[_COMPLAINTS[complaint.sort]]


def _issue_of(complaint: Complaint, context: Context) -> Issue:
    error = complaint.error
    hints = [f"expected {error.expected}" if error.expected else "", error.hint or ""]
    hint = "; ".join(filter(None, hints))
    fix = complaint_fix(context, complaint)
    return Issue(complaint.path, error.what, hint, fix, on_key=complaint.sort == "unknown")


def _finding(rule: Rule, context: Context, issue: Issue) -> Finding:
    place = issue.place or context.place(issue.path, issue.on_key)
    return Finding(
        rule.code,
        rule.name,
        rule.severity,
        issue.file or context.file,
        place,
        issue.message,
        issue.hint,
        issue.path,
        issue.fix,
    )


def _unreadable(file: str, error: InputError) -> Finding:
    """Return the finding of a file that can't be read as data."""
    sort = error.sort if isinstance(error, UnreadableError) else "unreadable-file"
    rule = rule_by_name(sort if sort != "no-mapping" else "not-a-specification")
    match = _POSITION.search(error.where or "")
    line, column = (int(match[1]), int(match[2])) if match else (1, 1)
    hints = [f"expected {error.expected}" if error.expected else "", error.hint or ""]
    return Finding(
        rule.code,
        rule.name,
        rule.severity,
        file,
        Place(line, column, line, column + 1),
        error.what,
        "; ".join(filter(None, hints)),
    )


def _one_for_each_value(findings: Iterable[Finding]) -> list[Finding]:
    """Keep one finding for each value of a file: of the lowest code, which is the nearest to the cause."""
    kept: dict[tuple[object, ...], Finding] = {}
    for finding in sorted(findings, key=lambda each: each.code):
        where = finding.path or (finding.place, finding.code)
        kept.setdefault((finding.file, where), finding)
    return list(kept.values())


def _finished(
    findings: Iterable[Finding],
    text: str,
    file: str,
    settings: Settings,
    bundle: Bundle | None = None,
) -> list[Finding]:
    """Hide what comments suppress, report comments that hide nothing, and sort."""
    chosen = _chosen(findings, settings)
    shown: list[Finding] = []
    texts = {file: text}
    if bundle is not None:
        texts.update({bundle.file(name): each for name, each in bundle.texts.items()})
        texts[file] = text
    for name, content in texts.items():
        here = [finding for finding in chosen if finding.file == name]
        if not here and name != file:
            continue
        rest, unused = split(here, content)
        shown += rest
        if name == file:
            shown += _chosen(_limited(_idle(unused, name, settings)), settings)
    shown += [finding for finding in chosen if finding.file not in texts]
    return sorted(shown, key=lambda finding: finding.sort_key)


def _idle(unused: Iterable[Suppression], file: str, settings: Settings) -> Iterator[Finding]:
    """Yield a finding for every comment that hides nothing."""
    for each in unused:
        if not each.codes:
            rule, what = rule_by_name("unknown-suppression"), short(each.selector)
            known = [*all_rules(), *(rule.name for rule in all_rules().values())]
            close = nearest(each.selector[:100], known) if each.selector else None
            message = f"'{what}' is no lint code" if what else "the comment names no code"
            hint = "write ignore[EQ401], with the code of a rule"
            if close:
                hint = f"did you mean '{close}'?"
            yield replace(_about_comment(rule, each, file, message, hint), fix=None)
        elif all(map(settings.chosen, each.codes)):
            rule = rule_by_name("unused-suppression")
            message = f"{each.selector} is not found here"
            yield _about_comment(rule, each, file, message, "remove it")


def _limited(findings: Iterable[_Found]) -> Iterator[_Found]:
    """Yield so many findings of one sort; the one behind them stands for all others."""
    for number, each in enumerate(findings):
        if number == MOST:
            more = "and more of these, from here on"
            yield replace(
                each, message=more, hint="they are shown once those above are gone", fix=None
            )
            return
        yield each


def _about_comment(rule: Rule, each: Suppression, file: str, message: str, hint: str) -> Finding:
    title = "remove the comment" if each.alone else f"remove {each.selector}"
    fix = Fix(title, safe=True, edits=(DeleteText(each.removal),))
    return Finding(rule.code, rule.name, rule.severity, file, each.place, message, hint, (), fix)


def _chosen(findings: Iterable[Finding], settings: Settings) -> list[Finding]:
    return [each for each in findings if settings.chosen(each.code, each.file)]
