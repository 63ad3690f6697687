"""The registry of rules, discovered by file."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from equidesign.discovery import discover_modules
from equidesign.errors import EquidesignError, lookup
from equidesign.lint import rules
from equidesign.lint.finding import Fix, Place, Severity
from equidesign.spec.yamlio import KeyPath

if TYPE_CHECKING:
    from equidesign.lint.context import Context

SECTIONS = ("What it does", "Why it matters", "Example", "Use instead", "References")
ANYWHERE = ("*",)
"""What a rule yields to that compares the file with others: any finding in it."""
_CODE = re.compile(r"EQ[1-8][0-9]{2}")
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


class Needs(IntEnum):
    """How far a file must be readable before a rule can say something about it."""

    data = 1
    """Plain data with places: any YAML that parses."""
    request = 2
    """`context.request` is valid."""
    specification = 3
    """`context.spec` is valid: every key is known and of the right type."""
    pipeline = 4
    """Groups, kinds and representations of all layers can be read: `context.typed`."""
    sound = 5
    """The pipeline has no fault: counts, costs and ledger can be derived from it."""


@dataclass(frozen=True)
class Issue:
    """What a rule yields: where, what, and what to do.

    Attributes:
        path: key path of the value at fault.
        on_key: mark the key instead of the value.
        file: another file of the bundle than the one that is linted; then ``place`` says where.
    """

    path: KeyPath
    message: str
    hint: str = ""
    fix: Fix | None = None
    on_key: bool = False
    file: str | None = None
    place: Place | None = None


Check = Callable[["Context"], Iterable[Issue]]


@dataclass(frozen=True)
class Rule:
    """One rule. Its module's docstring is its page: a summary line, then the five `SECTIONS`.

    Attributes:
        faults: labels of the layers' own type faults that this rule reports (`equidesign.layers.base.Fault.label`).
        check: yields issues; None for a rule that only reports faults, or one that the engine itself reports.
        yields_to: first keys of key paths: a finding of other rules there silences this one, because what it looks at
            follows from what stands there; `ANYWHERE` stands for the whole file. Infos and suppressed findings
            silence nothing. Rules that yield run last.
    """

    code: str
    name: str
    severity: Severity
    needs: Needs = Needs.specification
    check: Check | None = None
    faults: tuple[str, ...] = ()
    yields_to: tuple[str, ...] = ()
    page: str = field(default="", repr=False)

    @property
    def summary(self) -> str:
        """The first line of the page."""
        return self.page.split("\n", 1)[0].rstrip(".")

    def sections(self) -> Iterator[tuple[str, str]]:
        """Yield title and text of each section of the page."""
        _, *rest = re.split(rf"^({'|'.join(SECTIONS)})\n-+\n", self.page, flags=re.MULTILINE)
        for title, text in zip(rest[::2], rest[1::2], strict=True):
            yield title, text.strip("\n")


@lru_cache(maxsize=1)
def all_rules() -> Mapping[str, Rule]:
    """Return every rule by code, in order.

    Raises:
        EquidesignError: a file registers nothing, is not named like its rule, or two rules share a code, a name or
            a fault.
    """
    found: dict[str, Rule] = {}
    taken: set[str] = set()
    for module, rule in discover_modules(rules, "RULE"):
        from dataclasses import replace

        expected = f"{rule.code.lower()}_{rule.name.replace('-', '_')}"
        if module.__name__.rsplit(".", 1)[1] != expected:
            raise EquidesignError(f"{module.__name__} should be called {expected}")
        if not _CODE.fullmatch(rule.code) or not _NAME.fullmatch(rule.name):
            raise EquidesignError(f"{rule.code} {rule.name} is not a code with a readable name")
        names = {rule.code, rule.name, *rule.faults}
        if names & taken - {rule.name} or rule.code in found:
            raise EquidesignError(f"{module.__name__}: {names & taken} is taken")
        taken |= names
        found[rule.code] = replace(rule, page=inspect.cleandoc(module.__doc__ or ""))
    return MappingProxyType(dict(sorted(found.items())))


@lru_cache(maxsize=1)
def rules_by_fault() -> Mapping[str, Rule]:
    """Return the rule that reports each label of a layer's fault."""
    return MappingProxyType({label: rule for rule in all_rules().values() for label in rule.faults})


def rule_by_name(text: str) -> Rule:
    """Return the rule of a code or readable name, whatever the case.

    Raises:
        InputError: there is none; the hint names the nearest.
    """
    known = {rule.code.lower(): rule for rule in all_rules().values()}
    known.update({rule.name: rule for rule in all_rules().values()})
    return lookup(text.strip().lower(), known, "lint rule")
