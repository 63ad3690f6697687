"""Screens: everything a question holds is shown, within the width, in ASCII where there is nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from equidesign.report.layout import Line, render
from equidesign.terminal import screens
from equidesign.terminal.menu import KEYS, Menu
from equidesign.terminal.places import destination, where
from equidesign.wizard.flow import Flow, Notice
from equidesign.wizard.question import Question, Stage

DOMAINS = ("molecules", "point_clouds", "images", "sphere", "sets", "graphs")


def walk(domain: str) -> Iterator[tuple[Flow, Question]]:
    """Every question of a domain in which the recommended answers are taken."""
    flow = Flow()
    while (question := flow.question) is not None:
        yield flow, question
        value = domain if question.id == "data.domain" else question.parse("")
        flow, _ = flow.answer(value)


def words(lines: list[Line] | str) -> list[str]:
    return (lines if isinstance(lines, str) else render(lines, 10_000, unicode=True)).split()


def page(question: Question) -> list[Line]:
    lines = list(screens.asked(question))
    for number, option in enumerate(question.options, 1):
        lines += screens.option_lines(question, option, number)
    return lines


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("domain", DOMAINS)
def test_every_word_of_every_question_stands_within_the_width(domain: str, width: int) -> None:
    for _, question in walk(domain):
        for lines in (page(question), list(screens.help_page(question, KEYS))):
            text = render(lines, width, unicode=False)
            assert max(map(len, text.splitlines())) <= width
            assert text.isascii()
            wide = render(lines, 10_000, unicode=False)
            assert "".join(text.split()) == "".join(wide.split())


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_question_says_what_it_means_and_has_help_and_a_recommended_answer(
    domain: str,
) -> None:
    for _, question in walk(domain):
        assert question.picture, question.id
        assert question.help, question.id
        assert question.default is not None, question.id
        text = render(page(question), 80, unicode=True)
        if len(question.options) > 1:
            assert text.count("(recommended)") == 1, question.id


@pytest.mark.parametrize("domain", DOMAINS)
def test_what_follows_names_every_layer_with_its_parameters(domain: str) -> None:
    flow = Flow()
    for flow, question in walk(domain):
        if question.stage is Stage.group:
            continue
        assert flow.design is not None
        spec = flow.design.specification
        for width in (60, 120):
            lines = list(screens.follows(flow, question.stage, width))
            text = render(lines, width, unicode=False)
            assert max(map(len, text.splitlines())) <= width
            for layer in spec.layers:
                assert layer.name in text
                assert f"{spec.parameters.per_layer[layer.name]:,}" in text
            assert f"{spec.parameters.total:,} parameters" in " ".join(text.split())
            assert "pip install" in text
    assert flow.complete or flow.question is not None


def test_families_stand_side_by_side_where_there_is_room() -> None:
    flow = next(flow for flow, question in walk("molecules") if question.stage is Stage.family)
    wide = render(list(screens.follows(flow, Stage.family, 100)), 100, unicode=True)
    assert "Side by side" in wide
    for each in flow.candidates:
        row = next(line for line in wide.splitlines() if line.strip().startswith(each.title))
        assert f"{each.parameters:,}" in row
    assert "Side by side" not in render(list(screens.follows(flow, Stage.family, 50)), 50)


def test_the_checklist_fills_in() -> None:
    counts = []
    for flow, _ in walk("sets"):
        text = render(list(screens.checklist(flow.checklist)), 80, unicode=True)
        assert len(text.splitlines()) >= 6
        counts.append(text.count("[x]"))
        assert text.count("[>]") == 1
    assert counts == sorted(counts)
    assert counts[0] == 0
    assert counts[-1] == 5
    assert "S_n" in text
    assert "Deep Sets" in text


def test_the_progress_line_says_the_same_on_one_row() -> None:
    steps = Flow().checklist
    text = render(list(screens.progress(steps)), 80, unicode=True)
    assert text == "Step 1 of 6: Your data and its symmetry   [>]1 [ ]2 [ ]3 [ ]4 [ ]5 [ ]6"


def test_notices_carry_their_hint() -> None:
    lines = list(
        screens.notices([Notice("warning", "it is so", "do that"), Notice("dropped", "x")])
    )
    assert render(lines, 80, unicode=True).splitlines() == [
        "warning: it is so",
        "  hint: do that",
        "- x",
    ]


def test_the_review_shows_the_six_decisions_and_the_layers() -> None:
    flow = Flow()
    for flow, question in walk("sets"):
        last = flow.answer(question.parse(""))[0]
    flow = last
    assert flow.complete
    assert flow.design is not None
    text = " ".join(words(list(screens.review(flow, 80))))
    for decision in flow.design.specification.decisions:
        assert f"{decision.step.value} {decision.choice}: " in text
    for layer in flow.design.specification.layers:
        assert layer.name in text


# --- menus, drawn without a terminal ------------------------------------------------------------


def drawn(menu: Menu, width: int = 80, height: int = 24) -> list[str]:
    rows = menu.rows(width, height, unicode=True)
    return ["".join(piece for piece, _ in row).rstrip() for row in rows]


@pytest.mark.parametrize(("width", "height"), [(80, 24), (120, 40), (40, 12), (50, 10)])
@pytest.mark.parametrize("domain", DOMAINS)
def test_a_menu_fits_its_screen_and_shows_the_answer_pointed_at(
    domain: str, width: int, height: int
) -> None:
    for flow, question in walk(domain):
        menu = Menu(flow, question, ())
        menu.outcomes[menu.subject] = flow
        for _ in range(max(len(question.options), 1)):
            rows = drawn(menu, width, height)
            assert len(rows) == height
            assert max(map(len, rows)) <= width
            if menu.option is not None:
                first = menu.option.label.split()[0]
                assert any(row.startswith("> ") and first in row for row in rows), rows
            menu.move(1)
            menu.outcomes[menu.subject] = flow


@pytest.mark.parametrize("domain", DOMAINS)
def test_scrolling_reaches_every_row(domain: str) -> None:
    for flow, question in walk(domain):
        menu = Menu(flow, question, ())
        menu.outcomes[menu.subject] = flow
        whole = drawn(menu, 80, 500)
        seen: set[str] = set()
        for _ in range(20):
            seen.update(drawn(menu, 80, 500 if len(whole) < 14 else 14))
            menu.page(1)
        menu.page(-100)
        for _ in range(20):
            seen.update(drawn(menu, 80, 14))
            menu.page(1)
        # The steps are one line on a low screen, and reasons are shown at the pointer only.
        first = next((i for i, row in enumerate(whole) if row.startswith("What follows")), None)
        if first is not None:
            assert set(whole[first:-3]) <= seen


def test_typing_filters_and_a_number_points() -> None:
    flow = Flow()
    assert flow.question is not None
    menu = Menu(flow, flow.question, ())
    menu.insert("weather")
    assert menu.option is not None
    assert menu.option.value == "sphere"
    menu.erase(100)
    assert len(menu.shown) == 6
    menu.insert("3")
    assert menu.option.value == "images"


def test_a_filter_that_nothing_passes_names_the_nearest() -> None:
    flow = Flow()
    assert flow.question is not None
    menu = Menu(flow, flow.question, ())
    menu.insert("molecuels")
    text = " ".join(drawn(menu))
    assert "no answer holds 'molecuels'" in text
    assert "did you mean 'molecules'?" in text
    assert menu.option is None


def test_the_answer_given_before_is_replaced_by_typing() -> None:
    flow = Flow().answer("images")[0].answer((28, 28))[0].answer(3)[0].back("data.channels")
    assert flow.question is not None
    menu = Menu(flow, flow.question, ())
    assert menu.typed == "3"
    menu.insert("4")
    assert menu.typed == "4"
    again = Menu(flow, flow.question, ())
    again.go(1)
    again.insert("4")
    assert again.typed == "34"


def test_long_answers_wrap_and_no_character_is_lost() -> None:
    flow = Flow({"data.domain": "sets", "data.features": 1, "data.size": 32})
    assert flow.question is not None
    menu = Menu(flow, flow.question, ())
    typed = "wörter und 数字 " * 20
    menu.insert(typed)
    rows = drawn(menu, 60, 24)
    assert "".join(typed.split()) in "".join("".join(rows).split())


# --- going back --------------------------------------------------------------------------------


def test_destinations_are_numbers_names_and_ids() -> None:
    flow = next(flow for flow, question in walk("sets") if question.stage is Stage.library)
    assert destination(flow, "1") == destination(flow, "group") == "data.domain"
    assert destination(flow, "2") == destination(flow, "family") == "constraints.family"
    assert destination(flow, "task.type") == "task.type"
    with pytest.raises(Exception, match="nothing was asked at step 4"):
        destination(flow, "4")
    with pytest.raises(Exception, match="'fmily' is no step") as caught:
        destination(flow, "fmily")
    assert "did you mean 'family'?" in str(caught.value)


def test_earlier_answers_are_offered_last_first() -> None:
    flow = Flow().answer("sets")[0].answer(2)[0]
    question = where(flow)
    assert question is not None
    assert [option.value for option in question.options] == ["data.features", "data.domain"]
    assert [option.why for option in question.options] == ["2", "sets"]
    assert where(Flow()) is None
