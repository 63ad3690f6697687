"""Findings: what a rule says about a place of a file, and the edits that would repair it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from equidesign.spec.yamlio import KeyPath


class Severity(StrEnum):
    """How bad a finding is. Errors are wrong; warnings are probably wrong; infos never fail a run."""

    error = "error"
    warning = "warning"
    info = "info"

    @property
    def rank(self) -> int:
        """0 for info, 1 for warning, 2 for error."""
        return ("info", "warning", "error").index(self.value)


@dataclass(frozen=True, order=True)
class Place:
    """A stretch of a file: lines and columns count from 1, the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True)
class SetValue:
    """Replace the value at ``path``, or add it where its key is missing; comments and order stay."""

    path: KeyPath
    value: Any


@dataclass(frozen=True)
class RenameKey:
    """Rename the last key of ``path``."""

    path: KeyPath
    name: str


@dataclass(frozen=True)
class RemoveKey:
    """Remove the entry at ``path`` with its value."""

    path: KeyPath


@dataclass(frozen=True)
class AddKey:
    """Add an entry to the mapping at ``parent``, after its last one."""

    parent: KeyPath
    name: str
    value: Any


@dataclass(frozen=True)
class DeleteText:
    """Remove a stretch of text that is no value, such as a comment."""

    place: Place


Edit = SetValue | RenameKey | RemoveKey | AddKey | DeleteText


@dataclass(frozen=True)
class Fix:
    """What would repair a finding.

    Attributes:
        title: what it does, as an order: "write 0e".
        safe: whether the function class stays what it is; unsafe fixes change parity, lmax or widths.
        edits: applied together or not at all.
    """

    title: str
    safe: bool
    edits: tuple[Edit, ...]


@dataclass(frozen=True)
class Finding:
    """One result of a lint run.

    Attributes:
        code: stable code, ``EQ401``.
        name: readable name of the rule, ``pointwise-on-irreps``.
        file: path as it was given, or the name that stands for standard input.
        message: what is wrong, one sentence without a full stop.
        hint: what to do, or the nearest right value.
        path: key path of the value in the file's data; empty in files that are no YAML.
    """

    code: str
    name: str
    severity: Severity
    file: str
    place: Place
    message: str
    hint: str = ""
    path: KeyPath = ()
    fix: Fix | None = None

    @property
    def sort_key(self) -> tuple[str, Place, str, str]:
        """By file, place, code."""
        return self.file, self.place, self.code, self.message


@dataclass(frozen=True)
class Report:
    """What a run found.

    Attributes:
        findings: sorted by file and place.
        files: every file that was looked at.
        texts: contents of files with findings, from which snippets are cut; a file that can't be read has none.
    """

    findings: tuple[Finding, ...]
    files: tuple[str, ...]
    texts: Mapping[str, str]
