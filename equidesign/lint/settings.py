"""Which rules run on which files, and what fails a run."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType

from equidesign.errors import InputError, nearest
from equidesign.lint.finding import Severity
from equidesign.lint.registry import all_rules

EVERYTHING = "EQ"
FAIL_ON = (Severity.error, Severity.warning)


@dataclass(frozen=True)
class Settings:
    """What a run looks for.

    A *selector* is a code (``EQ401``), the beginning of one (``EQ4``) or the readable name of a rule
    (``pointwise-on-irreps``). Of the selectors of ``select`` and ``ignore`` that cover a rule the longest decides; a
    rule that both name equally well is ignored.

    Attributes:
        select: rules to run; none means all.
        ignore: rules not to run.
        also_ignore: rules not to run whatever is selected: those that the command line adds to a file's.
        per_file_ignores: rules not to run on files that match a pattern; ``!`` before a pattern turns it round.
        exclude: patterns of files and folders that are not looked at.
        fail_on: the least severity that fails a run: error or warning.
        exit_zero: report findings, but never fail because of them.
        root: the folder that patterns are relative to.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    also_ignore: tuple[str, ...] = ()
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    exclude: tuple[str, ...] = ()
    fail_on: Severity = Severity.warning
    exit_zero: bool = False
    root: Path | None = None

    def chosen(self, code: str, file: str | None = None) -> bool:
        """Whether the rule of a code runs, and that on a file where one is given.

        Raises:
            InputError: a selector covers no rule.
        """
        if code not in self._chosen:
            select, ignore, refused = self._prefixes
            self._chosen[code] = _longest(code, select) > _longest(code, ignore) and not (
                _longest(code, refused)
            )
        return self._chosen[code] and not (file is not None and self._ignored_in(code, file))

    def excluded(self, path: Path) -> bool:
        """Whether a pattern of ``exclude`` covers a file, or a folder that it lies in."""
        if not self.exclude:
            return False
        inside = self._relative(path)
        steps = [*reversed(inside.parents), inside]
        return any(_matches(step, pattern) for step in steps for pattern in self.exclude)

    def overridden(
        self,
        select: Sequence[str] = (),
        ignore: Sequence[str] = (),
        fail_on: Severity | None = None,
        exit_zero: bool = False,
    ) -> Settings:
        """Return the settings with what a command line says on top of them.

        Selecting there starts anew: what a file selects and ignores no longer counts. Ignoring there only takes
        rules away.

        Raises:
            InputError: a selector covers no rule.
        """
        changed = self
        if select:
            changed = replace(changed, select=tuple(select), ignore=tuple(ignore))
        elif ignore:
            changed = replace(changed, also_ignore=(*self.also_ignore, *ignore))
        for selector in (*select, *ignore):
            prefix_of(selector)
        return replace(
            changed,
            fail_on=fail_on or self.fail_on,
            exit_zero=exit_zero or self.exit_zero,
        )

    @cached_property
    def _chosen(self) -> dict[str, bool]:
        return {}

    @cached_property
    def _prefixes(self) -> tuple[tuple[str, ...], ...]:
        lists = (self.select or (EVERYTHING,), self.ignore, self.also_ignore)
        return tuple(tuple(map(prefix_of, selectors)) for selectors in lists)

    @cached_property
    def _ignored_by_pattern(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        table = self.per_file_ignores
        return tuple((pattern, tuple(map(prefix_of, table[pattern]))) for pattern in table)

    def _ignored_in(self, code: str, file: str) -> bool:
        if not self._ignored_by_pattern:
            return False
        path = self._relative(Path(file))
        return any(
            _longest(code, prefixes)
            and _matches(path, pattern.removeprefix("!")) != pattern.startswith("!")
            for pattern, prefixes in self._ignored_by_pattern
        )

    def _relative(self, path: Path) -> Path:
        """Return the way from the root; of a file elsewhere only its name, which some patterns are about."""
        whole, root = Path(os.path.abspath(path)), Path(os.path.abspath(self.root or ""))
        return whole.relative_to(root) if whole.is_relative_to(root) else Path(whole.name)


def prefix_of(selector: str) -> str:
    """Return the code, or the beginning of codes, that a selector stands for.

    Raises:
        InputError: it covers no rule; the hint names the nearest.
    """
    text = selector.strip()
    codes = {rule.name: code for code, rule in all_rules().items()}
    if text.lower() in codes:
        return codes[text.lower()]
    prefix = text.upper()
    if prefix.startswith(EVERYTHING) and any(code.startswith(prefix) for code in codes.values()):
        return prefix
    close = nearest(text, [*codes.values(), *codes])
    raise InputError(
        f"no lint rule is called '{text}'" if text else "the name of a lint rule is empty",
        expected="a code such as EQ401, the beginning of one, or the name of a rule",
        hint=f"did you mean '{close}'?" if close else "`equidesign list codes` shows all",
    )


def split_selectors(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the selectors of texts such as ``EQ4,EQ501``.

    >>> split_selectors(["EQ4, EQ501", "dead-path"])
    ('EQ4', 'EQ501', 'dead-path')
    """
    parts = (part.strip() for text in texts for part in text.split(","))
    return tuple(part for part in parts if part)


def _longest(code: str, prefixes: tuple[str, ...]) -> int:
    return max((len(prefix) for prefix in prefixes if code.startswith(prefix)), default=0)


def _matches(path: Path, pattern: str) -> bool:
    """Whether a pattern means a path: by its name alone, or, with a slash in it, by its whole way from the root.

    ``*`` and ``?`` stand for any letters and for one, but not for a slash; ``**`` for any folders.
    """
    pattern = pattern.removeprefix("./").rstrip("/")
    text = path.as_posix() if "/" in pattern else path.name
    return _expression(pattern).fullmatch(text) is not None


@lru_cache
def _expression(pattern: str) -> re.Pattern[str]:
    parts = {"**/": "(?:.+/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    pieces = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    return re.compile("".join(parts.get(piece, re.escape(piece)) for piece in pieces))
