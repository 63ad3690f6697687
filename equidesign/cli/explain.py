"""``equidesign explain WHAT``: a lint rule, family, group, rule, ..., or the decisions of a specification."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from equidesign.cli.options import out
from equidesign.errors import EquidesignError, InputError, nearest

if TYPE_CHECKING:
    from equidesign.report.layout import Line

NAME = "explain"
PIPE_WIDTH = 100

Page = Callable[[], "list[Line]"]


def command(
    what: Annotated[
        str,
        typer.Argument(
            metavar="WHAT",
            help="A lint code or its name, a family, group, rule, ..., or an architecture.yaml.",
            show_default=False,
        ),
    ],
) -> None:
    """Explain a lint code, family, group, rule, ..., or a specification's decisions."""
    from equidesign.report.layout import render_rich

    lines = page(what)
    console = out()
    width = console.width if sys.stdout.isatty() else PIPE_WIDTH
    console.print(render_rich(lines, width), soft_wrap=True)


def page(what: str) -> list[Line]:
    """Return the page about ``what``; of a word that names several things, their pages below each other.

    Raises:
        InputError: nothing is called that; the hint names the nearest.
    """
    from equidesign.report.explain_family import join_pages
    from equidesign.report.explain_rule import rules_page, rules_with_prefix

    path = Path(what)
    if _is_specification(path):
        from equidesign.report.explain_spec import story
        from equidesign.spec.loading import load_specification

        return story(load_specification(path))
    word = what.strip().casefold()
    found = [make for name, make in _all_pages() if name.casefold() == word]
    if found:
        return join_pages([make() for make in found])
    rules = rules_with_prefix(what)
    if rules:
        return rules_page(rules)
    return _group_page(what)


def _is_specification(path: Path) -> bool:
    from equidesign.spec.loading import ARCHITECTURE

    if path.suffix in {".yaml", ".yml", ".json"}:
        return True
    return path.is_dir() and ((path / ARCHITECTURE).exists() or len(path.parts) != 1)


def _group_page(what: str) -> list[Line]:
    from equidesign.groups.names import known_groups, parse_group
    from equidesign.report.explain_group import group_page

    try:
        group = parse_group(what)
    except EquidesignError:
        names = [name for name, _ in _all_pages()]
        close = nearest(what, [*names, *(group.name for group in known_groups())])
        raise InputError(
            f"nothing is called '{what}'",
            expected="a lint code or name, a family, group, rule, kind of layer, library, domain, task, quantity or "
            "warning code, or the path of an architecture.yaml",
            hint=f"did you mean '{close}'?" if close else "`equidesign list codes` shows the codes",
        ) from None
    return group_page(group)


def _all_pages() -> Iterator[tuple[str, Page]]:
    """Yield every name but those of groups, with what makes its page."""
    yield from _rules()
    yield from _designs()
    yield from _requests()
    yield from _texts()


def _rules() -> Iterator[tuple[str, Page]]:
    from equidesign.lint.registry import all_rules
    from equidesign.report.explain_rule import rule_page

    for rule in all_rules().values():
        for name in (rule.code, rule.name):
            yield name, partial(rule_page, rule)


def _designs() -> Iterator[tuple[str, Page]]:
    """Yield families, layer kinds, libraries and the rules that choose among them."""
    from equidesign.backends.registry import all_backends
    from equidesign.design.family import all_families
    from equidesign.design.rules.table import rules_table
    from equidesign.layers.registry import layer_kinds
    from equidesign.report import explain_family as pages

    for kind in layer_kinds().values():
        yield kind.id, partial(pages.kind_page, kind)
    for backend in all_backends().values():
        yield backend.name, partial(pages.library_page, backend)
    for rule in rules_table():
        yield rule.id, partial(pages.rule_page, rule)
    for family in all_families().values():
        yield family.id, partial(pages.family_page, family)


def _requests() -> Iterator[tuple[str, Page]]:
    """Yield domains, tasks and physical quantities."""
    from equidesign.design.quantities import quantities
    from equidesign.report import explain_family as pages
    from equidesign.spec.domains import DOMAINS
    from equidesign.spec.tasks import TASKS

    for where, models in (("data", DOMAINS), ("task", TASKS)):
        for name, model in models.items():
            yield name, partial(pages.fields_page, name, model, where)
    for item in quantities():
        yield item.id, partial(pages.quantity_page, item)


def _texts() -> Iterator[tuple[str, Page]]:
    """Yield the codes of warnings, and the rules of steps that choose no family."""
    from equidesign.design.codes import step_rules, warning_codes
    from equidesign.report.explain_family import text_page

    texts: Mapping[str, str] = {**warning_codes(), **step_rules()}
    for name, text in texts.items():
        yield name, partial(text_page, name, text)
