"""What lint finds in a specification, so that nothing in the file can hide a finding from the score."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from equidesign.lint.engine import lint_text
from equidesign.lint.finding import Finding, Severity
from equidesign.lint.settings import Settings
from equidesign.spec.yamlio import KeyPath

PROSE = frozenset(
    {
        "augmentation",
        "caveats",
        "choice",
        "cite",
        "description",
        "formulas",
        "notes",
        "schedule",
        "why",
        "why_not",
    }
)
"""Keys whose values are written for people."""
NAMES = ("inputs", "outputs", "per_layer")
"""Mappings whose keys are names, whatever these are."""
LAST_GROUP = 7
"""EQ8xx compares files and decisions, which have clauses of their own."""
_SUPPRESSION = re.compile(r"(equidesign:\s*)ignore")


@dataclass(frozen=True, eq=False)
class Linted:
    """The findings of a file.

    Attributes:
        text: its content.
        source: its name.
    """

    text: str
    source: str

    def findings(self, up_to: int) -> tuple[Finding, ...]:
        """Return errors and warnings in the groups of codes up to this one; comments hide none of them.

        Some rules are silent where others have found something. So that no finding above these groups can hide one in
        them, the rules above do not run where they could. What lint says about prose is left out for the same reason,
        and with it the rule that says so: prose has clauses of its own, which praise can't change.
        """
        shown = tuple(each for each in self._all if int(each.code[2]) <= up_to)
        return shown if shown or not self._all else self._found(up_to)

    @cached_property
    def _all(self) -> tuple[Finding, ...]:
        return self._found(LAST_GROUP)

    def _found(self, up_to: int) -> tuple[Finding, ...]:
        found = self._run(up_to)
        about_prose = {each.code for each in found if is_prose(each.path)}
        if about_prose:
            found += self._run(up_to, tuple(sorted(about_prose)))
        kept = {each.sort_key: each for each in found if not is_prose(each.path)}
        return tuple(each for each in kept.values() if each.severity is not Severity.info)

    def _run(self, up_to: int, ignore: tuple[str, ...] = ()) -> list[Finding]:
        groups = tuple(f"EQ{number}" for number in range(1, up_to + 1))
        # The word is changed and not removed, so that every place stays where it is.
        text = _SUPPRESSION.sub(r"\1scored", self.text)
        return lint_text(text, self.source, Settings(groups, ignore))


def is_prose(path: KeyPath) -> bool:
    """Tell whether a path leads to a text that is written for people.

    >>> is_prose(("layers", 0, "why")), is_prose(("parameters", "per_layer", "why"))
    (True, False)
    """
    parents = zip((None, *path), path, strict=False)
    return any(key in PROSE and parent not in NAMES for parent, key in parents)
