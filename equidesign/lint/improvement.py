"""Improvement: whether a fix made a text better, by what lint says before and after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from equidesign.lint.finding import Finding, Fix, RemoveKey, Severity

_DRIFT = "8"


def is_better(
    before: Sequence[Finding], after: Sequence[Finding], fixed: Sequence[Finding]
) -> bool:
    """Tell whether findings are gone and nothing worse came for them; other files of a bundle do not count."""
    file = fixed[0].file
    before = [each for each in before if each.file == file]
    after = [each for each in after if each.file == file]
    return _gone(before, after, fixed) and not _worse(before, after, fixed)


def _gone(before: Sequence[Finding], after: Sequence[Finding], fixed: Sequence[Finding]) -> bool:
    if all(each.path for each in fixed) and not any(_moves_items(each.fix) for each in fixed):
        left = {(each.code, each.path) for each in after}
        return not any((each.code, each.path) in left for each in fixed)
    # Paths do not tell findings apart: count them.
    had, has = Counter(each.code for each in before), Counter(each.code for each in after)
    made = Counter(each.code for each in fixed)
    return all(has[code] <= had[code] - number for code, number in made.items())


def _worse(before: Sequence[Finding], after: Sequence[Finding], fixed: Sequence[Finding]) -> bool:
    severity = max(each.severity.rank for each in fixed)
    kind = max(_kind(each) for each in fixed)
    had = Counter(_kind(each) for each in before if each.severity.rank > severity)
    has = Counter(_kind(each) for each in after if each.severity.rank > severity)
    if any(has[each] > had[each] for each in has if each != _DRIFT):
        return True
    had = Counter(_kind(each) for each in before if each.severity is Severity.error)
    has = Counter(_kind(each) for each in after if each.severity is Severity.error)
    return any(has[each] > had[each] for each in has if each <= kind)


def _kind(finding: Finding) -> str:
    """Return the hundred of a code: the lower, the nearer to the root of things."""
    return finding.code[2]


def _moves_items(fix: Fix | None) -> bool:
    """Tell whether a fix changes the numbers of a list's items, and with them the paths of findings."""
    return fix is not None and any(
        isinstance(edit, RemoveKey) and isinstance(edit.path[-1], int) for edit in fix.edits
    )
