"""Plain prompts over streams: what is typed, what is answered, and what stays."""

from __future__ import annotations

import io
from typing import Any

import pytest

from equidesign.terminal.asker import Stopped
from equidesign.terminal.plain import Plain
from equidesign.terminal.session import VERIFY, WRITE, finish
from equidesign.wizard.flow import Flow


class Keyboard(io.StringIO):
    """Lines typed at a terminal."""

    def isatty(self) -> bool:
        return True


def run(
    *lines: str, flow: Flow | None = None, source: type[io.StringIO] = io.StringIO
) -> tuple[Flow, str, str]:
    """Answer line by line; what is left is the flow, the wish and the text of the dialogue."""
    target = io.StringIO()
    kept = [flow or Flow()]
    asker = Plain(source("".join(f"{line}\n" for line in lines)), target)

    def keep(flow: Flow) -> None:
        kept[:] = [flow]

    try:
        done, wish = finish(kept[0], asker, keep, installed=True)
    except Stopped as stop:
        return kept[0], "ended" if stop.ended else "stopped", target.getvalue()
    return done, wish, target.getvalue()


def test_blank_lines_take_the_recommended_answers_and_the_end_of_a_script_writes() -> None:
    flow, wish, text = run(*[""] * 30)
    assert wish == WRITE
    assert flow.complete
    assert flow.data["data"] == {"domain": "molecules", "species": ["H", "C", "N", "O", "F"]}
    assert flow.data["symmetry"] == {"group": "E(3) x S_n"}
    assert "So the symmetry is E(3) x S_n" in " ".join(text.split())
    assert text.count("(? help, < back, q stop)") == 1


def test_answers_are_numbers_labels_values_words_or_their_beginnings() -> None:
    for typed in ("5", "sets", "set", "bags", "SETS"):
        flow, wish, _ = run(typed)
        assert wish == "ended"
        assert flow.answers["data.domain"] == "sets"


def test_a_script_repeats_its_lines_behind_the_prompts() -> None:
    _, _, text = run("sets", "2")
    assert "stop) sets\n" in text
    assert "[1] 2\n" in text


def test_what_is_typed_at_a_terminal_is_not_repeated() -> None:
    _, _, text = run("sets", source=Keyboard)
    assert "stop) \nHow many" in text
    assert "sets\n" not in text.split("stop)")[1].split("How many")[0]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("molecuels", "did you mean 'molecules'?"),
        ("9", "a number from 1 to 6"),
        ("po", ""),
        ("", ""),
    ],
)
def test_wrong_answers_get_the_nearest_right_one(typed: str, said: str) -> None:
    flow, wish, text = run(typed)
    assert wish == "ended"
    assert said in " ".join(text.split())
    assert bool(flow.answers) == (not said)


def test_question_mark_shows_help_and_asks_again() -> None:
    flow, _, text = run("?", "sets")
    assert "The domain says where the numbers live" in " ".join(text.split())
    assert "back to step 2" in text
    assert flow.answers["data.domain"] == "sets"


def test_every_question_has_help(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [line for _ in range(30) for line in ("?", "")]
    flow, wish, text = run(*lines)
    assert wish == WRITE
    assert flow.complete
    squeezed = " ".join(text.split())
    for question in flow.questions:
        assert " ".join(question.help.split()) in squeezed


@pytest.mark.parametrize(
    "typed", ["<", "back", "< ", "<1", "< 1", "back 1", "< group", "back data.domain"]
)
def test_back_asks_again_and_later_answers_stay(typed: str) -> None:
    flow, _, text = run("sets", typed, "sets", "7")
    assert text.count("What does one sample look like?") == 2
    assert flow.answers == {"data.domain": "sets", "data.features": 7}


def test_back_to_where_nothing_is_says_so() -> None:
    _, _, text = run("<", "back 3", "sets", "< 5", "< nowhere")
    squeezed = " ".join(text.split())
    assert squeezed.count("this is the first question") == 2
    assert "nothing was asked at step 5" in squeezed
    assert "'nowhere' is no step" in squeezed


def test_a_description_may_begin_with_back() -> None:
    flow, _, _ = run("sets", "", "", "back yards of a town")
    assert flow.answers["description"] == "back yards of a town"


@pytest.mark.parametrize("typed", ["q", "quit"])
def test_q_stops_and_the_answers_stay(typed: str) -> None:
    flow, wish, _ = run("sets", typed, "4")
    assert wish == "stopped"
    assert flow.answers == {"data.domain": "sets"}


def test_the_end_of_the_input_at_a_terminal_stops_even_at_the_last_question() -> None:
    complete, _, _ = run(*[""] * 30)
    flow, wish, _ = run(flow=complete, source=Keyboard)
    assert wish == "stopped"
    assert flow.complete


def test_the_last_question_offers_to_verify_and_to_change() -> None:
    complete, _, _ = run("sets", *[""] * 30)
    _, wish, text = run("2", flow=complete)
    assert wish == VERIFY
    assert "Shall it be written?" in text
    _, wish, text = run("change", "name", "", "1", flow=complete)
    assert wish == WRITE
    assert "Which answer do you want to change?" in text


def test_going_back_from_the_end_keeps_the_rest() -> None:
    complete, _, _ = run("sets", *[""] * 30)
    flow, wish, _ = run("back data.features", "9", "1", flow=complete)
    assert wish == WRITE
    assert flow.data["data"]["features"] == 9
    assert {k: v for k, v in flow.answers.items() if k != "data.features"} == {
        k: v for k, v in complete.answers.items() if k != "data.features"
    }


def test_the_checklist_and_what_follows_come_at_every_new_step() -> None:
    flow, _, text = run("sets", *[""] * 30)
    for title in ("[>] 1 ", "[>] 2 ", "[>] 3 ", "[>] 5 ", "[>] 6 "):
        assert text.count(title) == 1, title
    assert flow.design is not None
    assert text.count(f"What follows: {flow.design.specification.family} under S_n") == 4
    assert "pip install torch" in text


def test_lines_stay_within_the_width(monkeypatch: pytest.MonkeyPatch) -> None:
    _, _, text = run("images", *[""] * 30)
    assert max(map(len, text.splitlines())) <= 80


def test_text_is_ascii_where_the_locale_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    _, _, text = run("sets", "", "", "Käufe – 数", *[""] * 30)
    assert text.isascii()
    assert "Kaufe - ?" in text


def test_bytes_that_are_no_text_are_refused_and_asked_again() -> None:
    class Broken(io.StringIO):
        failed = False

        def readline(self, *_: Any) -> str:
            if not self.failed:
                self.failed = True
                raise UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte")
            return super().readline()

    flow, _, text = run("sets", source=Broken)
    assert "is none of the answers" in text
    assert flow.answers["data.domain"] == "sets"


def test_control_characters_in_an_answer_are_refused() -> None:
    flow, _, text = run("sets", "", "", "bell \x07 and \x1b[31mred")
    assert "characters that can't be shown" in text
    assert "\x1b" not in text.split("In a few words")[1].split("characters that")[1]
    assert "description" not in flow.answers


def test_answers_given_in_advance_are_not_asked() -> None:
    flow = Flow(
        {"data.domain": "sets", "data.features": 5}, frozenset(("data.domain", "data.features"))
    )
    done, wish, text = run(*[""] * 30, flow=flow)
    assert wish == WRITE
    assert "What does one sample look like?" not in text
    assert "How many numbers has each element?" not in text
    assert done.data["data"]["features"] == 5


def test_an_answer_in_advance_that_does_not_fit_is_asked_after_all_with_the_reason() -> None:
    flow = Flow({"task.type": "force_prediction"}, frozenset(("task.type",)))
    done, wish, text = run("sets", *[""] * 30, flow=flow)
    assert wish == WRITE
    assert "contradiction: --task:" in text
    assert done.data["task"]["type"] == "regression"


def test_contradictions_are_flagged_with_a_repair() -> None:
    answers = ["sphere", "", "", "", "", "pose", "", "yes"]
    flow, _, text = run(*answers, *[""] * 20)
    assert "These answers do not go together" in text
    assert "no family designs pose estimation on sphere under SO(2)" in " ".join(text.split())
    assert flow.data["symmetry"]["group"] == "SO(3)"


def test_warnings_of_the_design_are_shown() -> None:
    answers = ["images", "", "", "", "handwritten digits", "", "class", "10", "yes", "O(2)"]
    _, _, text = run(*answers, *[""] * 20)
    assert "warning: " in text
    assert "6 and a 9" in " ".join(text.split())
