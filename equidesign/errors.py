"""Errors a person can cause, as values. Nothing here prints."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

T = TypeVar("T")


class EquidesignError(Exception):
    """Something that went wrong, said in terms of what the person wrote.

    Attributes:
        what: what is wrong, one sentence.
        where: the place, as ``file:line:col`` or a dotted path, if there is one.
        expected: what would have been right.
        hint: what to do next, or the nearest valid value.
        repair: the changes that make a request legal, dotted field names to values (None: leave the field out).
    """

    def __init__(
        self,
        what: str,
        *,
        where: str | None = None,
        expected: str | None = None,
        hint: str | None = None,
        repair: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.expected = expected
        self.hint = hint
        self.repair = dict(repair) if repair else None

    def __str__(self) -> str:
        lines = [f"{self.where}: {self.what}" if self.where else self.what]
        if self.expected:
            lines.append(f"  expected: {self.expected}")
        if self.hint:
            lines.append(f"  hint: {self.hint}")
        return "\n".join(lines)


class InputError(EquidesignError):
    """The request, the specification or the command line cannot be used as it is (exit code 2)."""


class InputErrors(InputError):  # noqa: N818
    """Several input errors found in one pass."""

    def __init__(self, errors: Iterable[InputError]) -> None:
        self.errors = tuple(errors)
        super().__init__("\n".join(str(error) for error in self.errors))


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word closest to ``word``, or None if nothing is close."""
    lowered = {name.lower(): name for name in known}
    matches = difflib.get_close_matches(word.lower(), lowered, n=1, cutoff=0.5)
    return lowered[matches[0]] if matches else None


def lookup(name: str, known: Mapping[str, T], what: str) -> T:
    """Return the entry called ``name``.

    Raises:
        InputError: there is none; the hint names the nearest.
    """
    if name not in known:
        close = nearest(name, known)
        raise InputError(
            f"unknown {what} '{name}'",
            expected=f"one of {', '.join(known)}",
            hint=f"did you mean '{close}'?" if close else None,
        )
    return known[name]
