"""Suppression comments: ``# equidesign: ignore[EQ401] reason``, at the end of a line or alone above it.

In Markdown they are written ``<!-- equidesign: ignore[EQ806] reason -->``. A list of codes, beginnings of codes or
readable names stands in the brackets.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from equidesign.lint.finding import Finding, Place
from equidesign.lint.registry import all_rules

_MARK = "equidesign:"
_COMMENT = re.compile(
    r"(?P<start>(?:^|(?<=\s))(?:\#|<!--)\s*)equidesign:\s*ignore(?P<codes>\[(?P<list>[^\]\n]*)\])?[^\n]*"
)


@dataclass(frozen=True)
class Suppression:
    """One code in one comment.

    Attributes:
        selector: a code, the beginning of one, or a readable name; empty if the comment names none.
        line: the line that it speaks about.
        place: of the selector, or of the comment.
        comment: the whole comment with the blanks before it.
        removal: what to delete to be rid of it: the comment, or the selector with the comma beside it.
        alone: whether no other selector stands in the comment.
    """

    selector: str
    line: int
    place: Place
    comment: Place
    removal: Place
    alone: bool

    @property
    def known(self) -> bool:
        """Whether some rule is meant."""
        return any(self.covers(rule.code, rule.name) for rule in all_rules().values())

    def covers(self, code: str, name: str) -> bool:
        """Tell whether a rule is meant."""
        word = self.selector
        return bool(word) and (code.startswith(word.upper()) or name == word.lower())

    def hides(self, finding: Finding) -> bool:
        """Tell whether it hides a finding."""
        return finding.place.line == self.line and self.covers(finding.code, finding.name)


def suppressions(text: str) -> Iterator[Suppression]:
    """Yield every suppression of a file."""
    if _MARK not in text:
        return
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        if _MARK not in line:
            continue
        match = _COMMENT.search(line)
        if match is None:
            continue
        before = line[: match.start()]
        target = number
        if not before.strip():  # alone: it speaks about the next line that is no comment
            target = next(
                (
                    later
                    for later, each in enumerate(lines[number:], number + 1)
                    if each.strip() and not each.lstrip().startswith(("#", "<!--"))
                ),
                number,
            )
        comment = Place(number, len(before.rstrip()) + 1, number, len(line) + 1)
        words = list(re.finditer(r"[^,\s]+", match["list"] or ""))
        start = match.start("list") if match["list"] is not None else match.start()
        ends = [(start + word.start() + 1, start + word.end() + 1) for word in words]
        for at, word in enumerate(words):
            place = Place(number, ends[at][0], number, ends[at][1])
            removal = comment
            if at:
                removal = Place(number, ends[at - 1][1], number, ends[at][1])
            elif len(words) > 1:
                removal = Place(number, ends[0][0], number, ends[1][0])
            yield Suppression(word.group(), target, place, comment, removal, len(words) == 1)
        if not words:
            yield Suppression("", target, comment, comment, comment, True)


def split(
    findings: Iterable[Finding], comments: Iterable[Suppression]
) -> tuple[list[Finding], list[Suppression]]:
    """Return the findings that no comment hides, and the comments that hide nothing."""
    comments = list(comments)
    used: set[int] = set()
    shown = []
    for finding in findings:
        hiding = [i for i, each in enumerate(comments) if each.hides(finding)]
        used.update(hiding)
        if not hiding:
            shown.append(finding)
    return shown, [each for i, each in enumerate(comments) if i not in used]
