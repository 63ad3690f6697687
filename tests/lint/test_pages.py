"""The pages of the lint rules: whole, in order, with an example and a reference; and the document made of them."""

from __future__ import annotations

import dataclasses
import re
import types
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from equidesign.lint.context import Context
from equidesign.lint.finding import Fix, Severity
from equidesign.lint.registry import SECTIONS, Issue, Rule, all_rules
from equidesign.report.explain_rule import HUNDREDS, is_fixable
from equidesign.report.rules_markdown import rules_markdown

ROOT = Path(__file__).parents[2]
CASES = Path(__file__).parent / "cases"
FENCED = re.compile(r"```(yaml|json|markdown|python|text)\n(.+)\n```", re.DOTALL)
# A paper has a year or an identifier, documentation an address or its name, a design a section.
REFERENCE = re.compile(
    r"\b(19|20)\d\d\b|arXiv|doi\.org|\b\w+\.(org|io|com|dev)\b|documentation|\bsec(tion|\.)|chapter",
    re.I,
)

every_rule = pytest.mark.parametrize(
    "rule", [*all_rules().values()], ids=lambda rule: f"{rule.code}-{rule.name}"
)


def helper() -> Fix:
    """Stands for a helper of the linter, which are followed by their module's name."""
    return Fix("write 1", True, ())


helper.__module__ = "equidesign.lint.made_up"


@every_rule
def test_the_five_sections_stand_in_order_and_none_is_empty(rule: Rule) -> None:
    titles = [title for title, _ in rule.sections()]
    assert tuple(titles) == SECTIONS
    for title, text in rule.sections():
        assert text.strip(), f"'{title}' is empty"
        assert len(text.strip()) > 15, f"'{title}' says nothing"


@every_rule
def test_the_summary_is_one_short_line(rule: Rule) -> None:
    first, second, *_ = rule.page.split("\n")
    assert second == ""
    assert 10 <= len(first) < 90
    assert first[0].isupper() or not first[0].isalpha()


@every_rule
def test_the_example_and_what_to_use_instead_differ(rule: Rule) -> None:
    pages = dict(rule.sections())
    wrong, right = (FENCED.fullmatch(pages[title]) for title in ("Example", "Use instead"))
    assert wrong, "the example is not one fenced block"
    assert right, "what to use instead is not one fenced block"
    assert wrong[2].strip() != right[2].strip()
    if right[1] in ("yaml", "json"):
        assert yaml.safe_load(right[2]) is not None


@every_rule
def test_there_is_a_reference(rule: Rule) -> None:
    assert REFERENCE.search(dict(rule.sections())["References"])


@every_rule
def test_what_is_fixed_in_a_case_is_listed_as_fixable(rule: Rule) -> None:
    path = CASES / f"{rule.code}.yaml"
    cases = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else []
    if any("fixed" in case and [rule.code] == [c for c, *_ in case["expect"]] for case in cases):
        assert is_fixable(rule), "say 'The fix ...' under What it does"


def test_fixable_is_told_from_the_page_and_from_what_the_check_makes() -> None:
    def with_fix(context: Context) -> Iterator[Issue]:
        yield Issue((), "wrong", fix=helper())

    def without(context: Context) -> Iterator[Issue]:
        yield Issue((), "wrong")

    rule = Rule("EQ199", "made-up", Severity.info)
    assert not is_fixable(rule)
    assert not is_fixable(dataclasses.replace(rule, check=without))
    page = "Sums.\n\nWhat it does\n------------\nThe fix writes {}.\n"
    assert is_fixable(dataclasses.replace(rule, page=page))
    made = types.FunctionType(with_fix.__code__, {"Issue": Issue, "helper": helper})
    assert is_fixable(dataclasses.replace(rule, check=made))


@every_rule
def test_every_code_belongs_to_a_hundred(rule: Rule) -> None:
    assert rule.code[:3] in HUNDREDS


def test_the_document_of_all_codes_is_current() -> None:
    written = (ROOT / "docs" / "lint-rules.md").read_text(encoding="utf-8")
    assert written == rules_markdown(), "run `make docs`"


def test_the_document_links_to_every_rule() -> None:
    text = rules_markdown()
    titles = set(re.findall(r"^## (EQ\d{3} .+)$", text, re.MULTILINE))
    links = set(re.findall(r"\]\(#(.+?)\)", text))
    assert len(titles) == len(all_rules())
    assert {title.lower().replace(" ", "-") for title in titles} == links
