"""The wizard driven through a pseudo-terminal: what a person sees, at several sizes and with every kind of terminal."""

from __future__ import annotations

import filecmp
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from pseudo_terminal import (
    BACKSPACE,
    CTRL_C,
    CTRL_D,
    DOWN,
    ENTER,
    ESC,
    F1,
    F5,
    LEFT,
    PAGE_DOWN,
    PROGRAM,
    TAB,
    UP,
    Terminal,
)

from equidesign.wizard.flow import Flow
from equidesign.wizard.question import Question

SIZES = [(80, 24), (120, 40)]
ASCII = {"LC_ALL": "C"}


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    running = Opened(tmp_path)
    yield running
    running.close()


class Opened:
    """Opens terminals in one folder, and closes them at the end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._all: list[Terminal] = []

    def __call__(
        self, *arguments: str, columns: int = 80, rows: int = 24,
        env: Mapping[str, str] | None = None,
    ) -> Terminal:  # fmt: skip
        found = Terminal(self.folder, "new", *arguments, columns=columns, rows=rows, env=env)
        self._all.append(found)
        return found

    def close(self) -> None:
        for each in self._all:
            each.close()


def squeezed(text: str) -> str:
    return " ".join(text.split())


def walk(domain: str) -> Iterator[Question]:
    """Every question of a domain in which the recommended answers are taken."""
    flow = Flow()
    while (question := flow.question) is not None:
        yield question
        value = domain if question.id == "data.domain" else question.parse("")
        flow, _ = flow.answer(value)


def is_whole(terminal: Terminal) -> None:
    """No replacement character, no control character, and the foot of the menu is on the screen."""
    terminal.until(
        lambda: "Ctrl-C stop" in terminal.text or "any key returns" in terminal.text, "no foot"
    )
    assert "\ufffd" not in terminal.text
    assert all(char.isprintable() for line in terminal.lines for char in line)


@pytest.mark.parametrize(("columns", "rows"), SIZES)
@pytest.mark.parametrize("domain", ["molecules", "images", "sphere", "sets"])
def test_the_recommended_way_with_every_word_on_the_screen(
    opened: Opened, domain: str, columns: int, rows: int
) -> None:
    terminal = opened(columns=columns, rows=rows)
    for number, question in enumerate(walk(domain)):
        terminal.see(squeezed(question.text))
        is_whole(terminal)
        terminal.see(squeezed(question.picture))
        terminal.press("?", "any key returns")
        seen = terminal.text
        if "PgDn" in seen:
            terminal.press(PAGE_DOWN, "Ctrl-C stop and keep")
            seen += terminal.text
        for word in squeezed(question.help).split():
            assert word in seen, word
        terminal.press("x")
        terminal.gone("any key returns")
        for _ in question.options:
            if number:
                terminal.press(DOWN)
        terminal.press(domain if not number else "")
        terminal.press(ENTER)
    terminal.see("Shall it be written?")
    terminal.press(ENTER)
    assert terminal.end() == 0
    terminal.see("equidesign design")
    written = [path for path in opened.folder.iterdir() if path.suffix == ".yaml"]
    assert len(written) == 1
    again = subprocess.run(
        [sys.executable, "-c", PROGRAM, "design", written[0].name, "-o", "again"],
        cwd=opened.folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert again.returncode == 0, again.stderr
    first, second = opened.folder / written[0].stem, opened.folder / "again"
    names = sorted(path.name for path in first.iterdir())
    assert len(names) == 8
    assert filecmp.cmpfiles(first, second, names, shallow=False) == (names, [], [])


def test_the_later_steps_show_what_follows_and_change_with_the_pointer(opened: Opened) -> None:
    terminal = opened("--domain", "sets", columns=120, rows=40)
    terminal.press(ENTER * 8)
    terminal.see("Which kind of network?")
    terminal.see("What follows: deepsets")
    terminal.see("Side by side")
    terminal.press(DOWN, "What follows: set-transformer")
    terminal.press(UP, "What follows: deepsets")
    terminal.press(ENTER, "What matters most?")
    terminal.see("297,217 parameters, 6.98 MFLOP a sample, 15.454 MB a step")
    terminal.press(DOWN, "total 54,145 parameters")
    terminal.see("[x] 2 Kind of network")


@pytest.mark.parametrize("keys", [CTRL_C, CTRL_D])
def test_stopping_keeps_the_answers_and_resume_goes_on(opened: Opened, keys: str) -> None:
    terminal = opened()
    terminal.see("What does one sample look like?")
    terminal.press("sets" + ENTER, "How many numbers has each element?")
    terminal.press("7" + ENTER, "How many elements")
    terminal.press(keys)
    assert terminal.end() == 130
    terminal.see("the answers are kept: equidesign new --resume")
    assert not [path for path in opened.folder.iterdir() if path.name != "state"]
    again = opened("--resume")
    again.see("How many elements")
    again.press(ESC, "How many numbers has each element?")
    again.see("> 7")
    again.press(CTRL_C)
    assert again.end() == 130


def test_nothing_to_resume_is_an_error_that_says_how_to_begin(opened: Opened) -> None:
    terminal = opened("--resume")
    assert terminal.end() == 2
    terminal.see("there are no kept answers")
    assert "begin with: equidesign new" in terminal.text


def test_a_new_run_tells_of_kept_answers(opened: Opened) -> None:
    terminal = opened()
    terminal.see("What does one sample")
    terminal.press("sets" + ENTER, "How many numbers")
    terminal.press(CTRL_C)
    assert terminal.end() == 130
    again = opened()
    again.see("equidesign new --resume")


def test_wrong_keys_get_an_answer(opened: Opened) -> None:
    terminal = opened()
    terminal.see("What does one sample look like?")
    terminal.press(F5, "f5 does nothing here; ? shows the keys")
    terminal.press(ESC, "this is the first question")
    terminal.press(TAB, "this is the first question")
    terminal.press("qqq", "no answer holds 'qqq'")
    terminal.press(ENTER, "no answer holds 'qqq'")
    terminal.press(BACKSPACE * 3)
    terminal.gone("filter: ")
    terminal.press("images" + ENTER, "How large are the pictures")
    terminal.press("abc" + ENTER, "'abc' is no size")
    is_whole(terminal)
    terminal.press(BACKSPACE * 3 + "0" + ENTER, "sides from 1 to 4096 pixels")
    terminal.press("\x15" + "20" + ENTER, "How many channels")
    terminal.press("many" + ENTER, "'many' is no number")


def test_esc_left_and_tab_go_back_and_later_answers_stay(opened: Opened) -> None:
    terminal = opened()
    terminal.see("What does one sample look like?")
    terminal.press("sets" + ENTER, "How many numbers has each element?")
    terminal.press("7" + ENTER, "How many elements")
    terminal.press("50" + ENTER, "In a few words")
    terminal.press(LEFT, "How many elements")
    terminal.press(ESC, "How many numbers has each element?")
    terminal.press(ENTER, "In a few words")
    terminal.press(TAB, "Which answer do you want to change?")
    terminal.see("How many elements has a typical set?: 50")
    terminal.press(ESC, "In a few words")
    terminal.press(TAB, "Which answer do you want to change?")
    terminal.press("look" + ENTER, "What does one sample look like?")
    terminal.press(ENTER, "In a few words")


def test_help_is_there_by_f1_inside_a_typed_answer(opened: Opened) -> None:
    terminal = opened("--domain", "sets", "--set", "data.features=1", "--set", "data.size=9")
    terminal.see("In a few words")
    terminal.press("is it so?", "> is it so?")
    terminal.press(F1, "read for words of known traps")
    terminal.press(" ", "> is it so?")


def test_keys_pressed_ahead_are_not_lost(opened: Opened) -> None:
    terminal = opened("--domain", "molecules")
    terminal.press(ENTER * 30)
    assert terminal.end() == 0
    assert (opened.folder / "molecules-forces" / "model.py").is_file()


@pytest.mark.parametrize("size", [(50, 20), (120, 40), (40, 12)])
def test_resizing_during_a_question_redraws_it(opened: Opened, size: tuple[int, int]) -> None:
    terminal = opened()
    terminal.see("What does one sample look like?")
    terminal.press("gra", "filter: gra")
    terminal.resize(*size)
    question = Flow().question
    assert question is not None
    terminal.until(
        lambda: squeezed(question.picture) in terminal.text and "Ctrl-C" in terminal.text,
        "the question is not drawn again",
    )
    terminal.press(ENTER, "How many numbers has each node?")
    is_whole(terminal)


@pytest.mark.parametrize(
    "env", [ASCII, {"LC_ALL": "POSIX"}, {"LANG": "C"}, {"PYTHONIOENCODING": "ascii"}]
)
def test_an_ascii_locale_sees_ascii_only(opened: Opened, env: dict[str, str]) -> None:
    terminal = opened("--domain", "images", env=env)
    terminal.see("How large")
    terminal.press(ENTER * 3, "In a few words")
    terminal.press("Käse" + ENTER, "How many training samples")
    terminal.press(ESC, "In a few words")
    terminal.press(ENTER * 3)
    terminal.press("8" + ENTER)
    terminal.press(ENTER * 30)
    assert terminal.end() == 0
    assert terminal.received.isascii()


def test_a_utf8_locale_shows_what_was_typed(opened: Opened) -> None:
    terminal = opened("--domain", "images")
    terminal.see("How large")
    terminal.press(ENTER * 3, "In a few words")
    terminal.press("Käse und 数字", "Käse und")
    assert "数".encode() in terminal.received


def test_no_colour_where_none_is_wanted(opened: Opened) -> None:
    coloured = opened()
    coloured.see("Ctrl-C stop")
    assert b"\x1b[0;36" in coloured.received or b";36" in coloured.received
    plain = opened(env={"NO_COLOR": "1"})
    plain.see("Ctrl-C stop")
    for code in range(30, 38):
        assert f";{code}".encode() not in plain.received
        assert f"[{code}m".encode() not in plain.received


@pytest.mark.parametrize(
    ("arguments", "env"),
    [(["--plain"], {}), ([], {"TERM": "dumb"}), ([], {"TERM": "dumb", **ASCII})],
)
def test_plain_prompts_move_no_cursor_and_show_no_colour(
    opened: Opened, arguments: list[str], env: dict[str, str]
) -> None:
    terminal = opened(*arguments, env=env)
    terminal.see("[molecules] (? help, < back, q stop)")
    terminal.press("?\r", "back to step 2")
    terminal.press("nonsense\r", "'nonsense' is none of the answers")
    terminal.press("sets\r", "How many numbers has each element?")
    terminal.press("<\r", "What does one sample look like?")
    terminal.press("\r" * 30)
    assert terminal.end() == 0
    assert b"\x1b" not in terminal.received
    assert terminal.received.isascii()
    assert max(len(line) for line in terminal.received.decode().splitlines()) <= 80


@pytest.mark.parametrize("keys", [CTRL_C, CTRL_D, "q\r"])
def test_stopping_plain_prompts_keeps_the_answers(opened: Opened, keys: str) -> None:
    terminal = opened("here", "--plain")
    terminal.see("[molecules]")
    terminal.press("sets\r", "[1]")
    terminal.press(keys)
    assert terminal.end() == 130
    assert "equidesign new here --resume" in terminal.text
    again = opened("here", "--plain", "--resume")
    again.see("How many numbers has each element?")


def test_expert_is_one_screen(opened: Opened) -> None:
    terminal = opened("--expert", "--domain", "images", columns=120, rows=40)
    terminal.see("key=value, ? help, Enter goes on>")
    assert "domain: images" in terminal.text
    terminal.press("clases=7\r", "did you mean 'classes'?")
    terminal.press("classes=7\r", "classes: 7")
    terminal.press("group=D4\r", "group: D4")
    terminal.press("\r", "Shall it be written?")
    terminal.press(ENTER)
    assert terminal.end() == 0
    request = (opened.folder / "images-classes.yaml").read_text(encoding="utf-8")
    assert "group: D4" in request
    assert "classes: 7" in request


def test_a_folder_with_other_files_is_refused_before_the_first_question(opened: Opened) -> None:
    folder = opened.folder / "mine"
    folder.mkdir()
    (folder / "thesis.tex").write_text("x", encoding="utf-8")
    terminal = opened("mine")
    assert terminal.end() == 2
    assert "the folder holds other files: thesis.tex" in terminal.text


def test_a_folder_that_fills_up_meanwhile_is_not_touched_and_another_is_asked(
    opened: Opened,
) -> None:
    terminal = opened("--domain", "sets")
    folder = opened.folder / "sets-regression"
    folder.mkdir()
    (folder / "thesis.tex").write_text("x", encoding="utf-8")
    terminal.press(ENTER * 13, "Shall it be written?")
    terminal.press(ENTER, "Which folder instead?")
    assert "the folder holds other files" in terminal.text
    terminal.press(ENTER, "Shall it be written?")
    terminal.press(ENTER)
    assert terminal.end() == 0
    assert [path.name for path in folder.iterdir()] == ["thesis.tex"]
    assert (opened.folder / "sets-regression-2" / "model.py").is_file()
    assert (opened.folder / "sets-regression-2.yaml").is_file()
