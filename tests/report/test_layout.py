"""Lines for a terminal: wrapped with hanging indents, in ASCII where that is all there is."""

from __future__ import annotations

import pytest

from equidesign.report.layout import (
    Line,
    columns,
    facts,
    heading,
    paragraphs,
    render,
    render_rich,
    signed,
)
from equidesign.report.spoken import counted, listed, short_number, spoken_rep, value

LONG = "a sentence of several words that does not fit into one line of a narrow terminal at all"


def rows(*lines: Line, width: int = 40, unicode: bool = True) -> list[str]:
    return render(lines, width, unicode=unicode).splitlines()


def test_text_hangs_below_itself() -> None:
    found = rows(Line(LONG, head="- ", indent=2))
    assert len(found) > 2
    assert found[0].startswith("  - a sentence")
    assert all(line.startswith("    ") for line in found[1:])
    assert all(len(line) <= 40 for line in found)
    assert " ".join(" ".join(found).replace("- ", "").split()) == LONG


def test_a_wide_head_gets_a_line_of_its_own() -> None:
    found = rows(Line(LONG, head="a name of many letters  ", indent=2))
    assert found[0] == "  a name of many letters"
    assert all(len(line) <= 40 for line in found)


def test_nothing_is_narrower_than_forty_columns() -> None:
    assert rows(Line(LONG), width=5) == rows(Line(LONG), width=40)


def test_facts_stand_in_columns_and_empty_ones_are_left_out() -> None:
    assert rows(*facts([("a", "one"), ("long", "two"), ("none", "")])) == [
        "  a     one",
        "  long  two",
    ]


def test_code_keeps_its_blanks_and_tables_theirs_where_they_fit() -> None:
    assert rows(Line("x:   1" + " " * 3, indent=2, code=True)) == ["  x:   1"]
    table = columns([["a", "bb", "c"], ["aaa", "b", ""]])
    assert table == ["a    bb  c", "aaa  b"]
    assert rows(Line(table[0], keep=True)) == [table[0]]
    assert len(rows(Line("a  " * 30, keep=True))) > 1


def test_what_drives_a_terminal_is_not_printed() -> None:
    for line in (
        Line("a\x1b[31mb\x07"),
        Line("a\x1b[31mb\x07", code=True),
        Line("a\x1bb", keep=True),
    ):
        assert "\x1b" not in render([line])
        assert "?" in render([line])


def test_ascii_where_nothing_else_can_be_shown() -> None:
    assert rows(signed("~", "C₄ → 45° × Å ⋊ ⊗"), unicode=False) == ["  ~ C4 -> 45 deg x A x| (x)"]


def test_styles_do_not_change_the_text() -> None:
    lines = [*heading("title"), signed("!", LONG), *facts([("a", LONG)]), Line("x: 1", code=True)]
    assert render_rich(lines, 50, unicode=True).plain == render(lines, 50, unicode=True)
    assert render_rich(lines, 50, unicode=True).spans


def test_paragraphs_of_a_page() -> None:
    page = "First line\nof a paragraph.\n\n- a point\n  that goes on\n- another\n\n```yaml\nkey:\n  - 1\n```\n"
    assert rows(*paragraphs(page)) == [
        "First line of a paragraph.",
        "",
        "- a point that goes on",
        "- another",
        "",
        "    key:",
        "      - 1",
    ]
    assert rows(*paragraphs("Words:\n\n    code  here\n")) == ["Words:", "", "    code  here"]


@pytest.mark.parametrize(
    ("group", "rep", "said"),
    [
        ("O(3)", "2x0e + 1x1o", "2 scalars and a vector"),
        ("O(3)", "1x0o + 3x1e + 1x2e + 1x2o",
         "a pseudoscalar, 3 pseudovectors, a tensor of degree 2 and a pseudotensor of degree 2"),
        ("SO(3)", "1x1 + 2x3", "a vector and 2 tensors of degree 3"),
        ("C4", "1xirrep(1) + 3xregular", "a vector and 3 functions on the group"),
        ("C2", "1xirrep(1)", "a field of frequency 1"),
        ("D4", "1xirrep(1,0) + 1xirrep(1,1)", "a pseudoscalar and a vector"),
        ("O(2)", "2xirrep(1,2)", "2 fields of frequency 2"),
        ("O", "1xirrep(1) + 1xirrep(2)", "a vector and a field of type irrep(2)"),
        ("SO(1,3)", "5xS + 5xV + T(2,0)", "5 scalars, 5 vectors and a tensor T(2,0)"),
        ("S_n", "4xtrivial", "4 scalars"),
        ("O(3)", "none", "nothing"),
    ],
)  # fmt: skip
def test_representations_in_words(group: str, rep: str, said: str) -> None:
    from equidesign.groups.names import parse_group
    from equidesign.groups.rep import Rep

    assert spoken_rep(Rep.parse(rep, parse_group(group))) == said


def test_numbers_and_values() -> None:
    assert [value(v) for v in (12000, True, None, 0.5, 1e-5, [28, 28], {"a": "b"}, "x")] == [
        "12,000", "true", "null", "0.5", "1e-05", "[28, 28]", "{a: b}", "x",
    ]  # fmt: skip
    assert [short_number(n) for n in (950, 28230, 11019564, 2.5e9, 3e12)] == [
        "950", "28.2 k", "11.0 M", "2.5 G", "3.0 T",
    ]  # fmt: skip
    assert counted(1, "layer") == "a layer"
    assert listed([]) == ""
    assert listed(["a"]) == "a"
