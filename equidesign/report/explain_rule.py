"""Pages of lint rules: one, or those of a hundred."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from functools import lru_cache
from types import CodeType
from typing import Any

from equidesign.lint.finding import Fix, Severity
from equidesign.lint.registry import Rule, all_rules
from equidesign.report.layout import Line, columns, heading, paragraphs

HUNDREDS = {
    "EQ1": "file and schema",
    "EQ2": "group, domain and task",
    "EQ3": "types between layers",
    "EQ4": "legality: nonlinearity, normalisation, bias, pooling, stride, padding",
    "EQ5": "output and task, dead paths, parity",
    "EQ6": "library and version",
    "EQ7": "cost and constraints",
    "EQ8": "drift between request, specification and bundle",
}
"""What the codes of each hundred are about."""

STYLES = {Severity.error: "bold red", Severity.warning: "yellow", Severity.info: "blue"}
_FIX = re.compile(r"\b[Tt]he (?:(?:safe|unsafe) )?fix\b")
_PREFIX = re.compile(r"EQ[1-8]?[0-9]?")


@lru_cache(maxsize=512)
def is_fixable(rule: Rule) -> bool:
    """Tell whether findings of the rule can carry a fix: its page says so, or its check comes to make one."""
    said = _FIX.search(dict(rule.sections()).get("What it does", ""))
    return bool(said) or (rule.check is not None and _makes_fixes(rule.check, set()))


def _makes_fixes(function: Any, seen: set[Any]) -> bool:
    """Tell whether a function of the linter, or one that it calls, constructs a `Fix`."""
    function = inspect.unwrap(getattr(function, "func", function))
    if not inspect.isfunction(function) or function in seen:
        return False
    seen.add(function)
    for name in _names(function.__code__):
        used = function.__globals__.get(name)
        if used is Fix:
            return True
        ours = str(getattr(used, "__module__", "")).startswith("equidesign.lint.")
        if ours and inspect.isfunction(used) and _makes_fixes(used, seen):
            return True
    return False


def _names(body: CodeType) -> Iterator[str]:
    yield from body.co_names
    for inner in body.co_consts:
        if isinstance(inner, CodeType):
            yield from _names(inner)


def code_rows() -> list[list[str]]:
    """Return code, name, severity, fixable and summary of every rule."""
    return [
        [
            rule.code,
            rule.name,
            rule.severity.value,
            "yes" if is_fixable(rule) else "no",
            rule.summary,
        ]
        for rule in all_rules().values()
    ]


def rules_with_prefix(text: str) -> list[Rule]:
    """Return the rules whose code begins with the text (``EQ4``, ``eq40``); none if it is no prefix of a code."""
    prefix = text.strip().upper()
    if not _PREFIX.fullmatch(prefix):
        return []
    return [rule for code, rule in all_rules().items() if code.startswith(prefix)]


def rule_page(rule: Rule) -> list[Line]:
    """Return the page of a rule."""
    fix = ", fixable" if is_fixable(rule) else ""
    lines = [
        Line(f"{rule.code} {rule.name}", style="bold"),
        Line(f"{rule.severity.value}{fix}", style=STYLES[rule.severity]),
        Line(rule.summary),
    ]
    for title, text in rule.sections():
        lines += [*heading(title), *paragraphs(text)]
    lines += [
        Line(),
        Line(
            f"Suppress it in a line with `# equidesign: ignore[{rule.code}] reason`.", style="dim"
        ),
    ]
    return lines


def rules_page(rules: list[Rule]) -> list[Line]:
    """Return an overview of some rules, by hundreds."""
    lines: list[Line] = []
    texts = columns([[r.code, r.severity.value, r.name, r.summary] for r in rules])
    hundred = ""
    for rule, text in zip(rules, texts, strict=True):
        if rule.code[:3] != hundred:
            hundred = rule.code[:3]
            lines += heading(f"{hundred}xx: {HUNDREDS[hundred]}")
        head = text[: len(text) - len(rule.summary)] if rule.summary else f"{text}  "
        lines.append(Line(rule.summary, head=head, indent=2, head_style=STYLES[rule.severity]))
    return lines[1:]
