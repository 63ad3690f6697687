"""All lint rules as one page of Markdown, for the documentation."""

from __future__ import annotations

from collections.abc import Iterator

from equidesign.lint.registry import Rule, all_rules
from equidesign.report.explain_rule import HUNDREDS, is_fixable

HEAD = """\
# Lint rules

<!-- Made by `make docs` from the pages of the rules; change those. -->

What `equidesign lint` looks for. In a terminal, `equidesign explain CODE` shows the same page, and
`equidesign explain EQ4` lists a hundred of codes. Errors are wrong, warnings are probably wrong,
infos never fail a run. A comment `# equidesign: ignore[CODE] reason` in a line hides a finding there.
"""


def rules_markdown() -> str:
    """Return the page: a table of all codes by hundreds, then every rule's own page."""
    rules = [*all_rules().values()]
    return "\n".join([HEAD, *_tables(rules), *(line for rule in rules for line in _page(rule))])


def _tables(rules: list[Rule]) -> Iterator[str]:
    for prefix, about in HUNDREDS.items():
        chosen = [rule for rule in rules if rule.code.startswith(prefix)]
        if not chosen:
            continue
        yield f"## {prefix}xx: {about}\n"
        yield "| code | name | severity | fix | what it reports |\n|---|---|---|---|---|"
        for rule in chosen:
            link = f"[{rule.code}](#{rule.code.lower()}-{rule.name})"
            fix = "yes" if is_fixable(rule) else ""
            yield f"| {link} | {rule.name} | {rule.severity} | {fix} | {_cell(rule.summary)} |"
        yield ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _page(rule: Rule) -> Iterator[str]:
    fix = ", fixable" if is_fixable(rule) else ""
    yield f"## {rule.code} {rule.name}\n\n{rule.summary} ({rule.severity}{fix}).\n"
    for title, text in rule.sections():
        yield f"### {title}\n\n{text}\n"
