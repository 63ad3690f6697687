"""``equidesign list WHAT``: what there is."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated

import typer

from equidesign.cli.options import Format, print_json, print_table

NAME = "list"

Table = tuple[list[str], list[list[str]]]


class What(StrEnum):
    """What can be listed."""

    groups = "groups"
    domains = "domains"
    tasks = "tasks"
    families = "families"
    libraries = "libraries"
    rules = "rules"
    quantities = "quantities"
    codes = "codes"


def command(
    what: Annotated[What, typer.Argument(metavar="WHAT", help="What to list.", show_default=False)],
    format: Annotated[Format, typer.Option("--format", help="How to print it.")] = Format.text,
) -> None:
    """List groups, domains, tasks, families, libraries, rules, quantities or codes (lint, warnings)."""
    columns, rows = TABLES[what]()
    if format is Format.json:
        print_json([dict(zip(columns, row, strict=True)) for row in rows])
    else:
        print_table(columns, rows)


def _groups() -> Table:
    from equidesign.groups.names import known_groups, spellings

    rows = []
    for group in known_groups():
        others = [text for text in spellings(group) if " ( " not in text and text == text.strip()]
        rows.append([group.name, ", ".join(others[:4]), group.title])
    return ["group", "also written", "what it is"], rows


def _domains() -> Table:
    from equidesign.spec.domains import DOMAINS

    rows = []
    for name, model in DOMAINS.items():
        fields = [field for field in model.model_fields if field != "domain"]
        rows.append([name, ", ".join(fields), (model.__doc__ or "").strip().splitlines()[0]])
    return ["domain", "fields", "what it is"], rows


def _tasks() -> Table:
    from equidesign.spec.tasks import TASKS

    rows = []
    for name, model in TASKS.items():
        fields = [field for field in model.model_fields if field != "type"]
        rows.append([name, ", ".join(fields), (model.__doc__ or "").strip().splitlines()[0]])
    return ["task", "fields", "what it is"], rows


def _families() -> Table:
    from equidesign.design.family import all_families

    rows = [
        [
            family.id,
            family.backend,
            ", ".join(family.groups),
            ", ".join(family.domains),
            family.idea,
        ]
        for family in all_families().values()
    ]
    return ["family", "library", "groups", "domains", "idea"], rows


def _libraries() -> Table:
    from equidesign.backends.registry import all_backends

    rows = [[backend.name, backend.version, backend.install] for backend in all_backends().values()]
    return ["library", "versions", "install"], rows


def _rules() -> Table:
    from equidesign.design.rules.engine import rules_table

    return ["rule", "family", "why"], [[rule.id, rule.family, rule.why] for rule in rules_table()]


def _quantities() -> Table:
    from equidesign.design.quantities import quantities

    rows = [[item.id, item.rep, item.unit or "", item.per] for item in quantities()]
    return ["quantity", "representation", "unit", "per"], rows


def _codes() -> Table:
    """The lint rules first, then what a design may warn with, which has no number and no fix."""
    from equidesign.design.codes import warning_codes
    from equidesign.report.explain_rule import code_rows

    rows = code_rows()
    rows += [["", code, "warning", "no", t.splitlines()[0]] for code, t in warning_codes().items()]
    return ["code", "name", "severity", "fixable", "meaning"], rows


TABLES: dict[What, Callable[[], Table]] = {
    What.groups: _groups,
    What.domains: _domains,
    What.tasks: _tasks,
    What.families: _families,
    What.libraries: _libraries,
    What.rules: _rules,
    What.quantities: _quantities,
    What.codes: _codes,
}
