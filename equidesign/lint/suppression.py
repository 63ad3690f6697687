"""Suppression comments: ``# equidesign: ignore[EQ401] reason``, at the end of a line or alone above it.

In Markdown they are written ``<!-- equidesign: ignore[EQ806] reason -->``. A list of codes, beginnings of codes or
readable names stands in the brackets.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from equidesign.lint.finding import Finding, Place
from equidesign.lint.registry import all_rules

_MARK = "equidesign:"
_ANY = re.compile(r"equidesign:\s*ignore")
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
    def codes(self) -> frozenset[str]:
        """The codes of the rules that are meant."""
        return _meant(self.selector)


@lru_cache(maxsize=1024)
def _meant(selector: str) -> frozenset[str]:
    begins, name = selector.upper(), selector.lower()
    rules = all_rules().values() if selector else ()
    return frozenset(
        each.code for each in rules if each.code.startswith(begins) or each.name == name
    )


@lru_cache(maxsize=16)
def suppressions(text: str) -> tuple[Suppression, ...]:
    """Return every suppression of a file."""
    return tuple(_suppressions(text.splitlines())) if _ANY.search(text) else ()


def _suppressions(lines: list[str]) -> Iterator[Suppression]:
    following = _following(lines)
    for number, line in enumerate(lines, 1):
        if _MARK not in line:
            continue
        match = _COMMENT.search(line)
        if match is None:
            continue
        before = line[: match.start()]
        target = number
        if not before.strip():  # alone: it speaks about the next line that is no comment
            target = following[number - 1]
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


def _following(lines: list[str]) -> list[int]:
    """Return for every line the number of the next that is no comment, or its own if there is none."""
    found = list(range(1, len(lines) + 1))
    for index in range(len(lines) - 2, -1, -1):
        after = lines[index + 1].lstrip()
        if after and not after.startswith(("#", "<!--")):
            found[index] = index + 2
        elif found[index + 1] != index + 2:
            found[index] = found[index + 1]
    return found


def hiding(finding: Finding, text: str) -> list[Suppression]:
    """Return the comments of a file that hide a finding in it."""
    there = _by_line(text).get(finding.place.line, {})
    return [each for word in there if finding.code in _meant(word) for each in there[word]]


@lru_cache(maxsize=16)
def _by_line(text: str) -> Mapping[int, Mapping[str, list[Suppression]]]:
    """Return the suppressions that some rule is meant by, by line and selector."""
    found: dict[int, dict[str, list[Suppression]]] = {}
    for each in suppressions(text):
        if each.codes:
            found.setdefault(each.line, {}).setdefault(each.selector, []).append(each)
    return found


def split(findings: Iterable[Finding], text: str) -> tuple[list[Finding], list[Suppression]]:
    """Return the findings that no comment of their file hides, and the comments that hide nothing."""
    used: set[Suppression] = set()
    shown = []
    for finding in findings:
        comments = hiding(finding, text)
        used.update(comments)
        if not comments:
            shown.append(finding)
    return shown, [each for each in suppressions(text) if each not in used]
