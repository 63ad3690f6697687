"""Menu: one question on a screen that is drawn anew at every key. Pure: what is typed and pointed at -> rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from equidesign.errors import InputError
from equidesign.report.layout import Line, Parts, styled_rows
from equidesign.terminal import screens
from equidesign.wizard.flow import Flow, Notice
from equidesign.wizard.question import Option, Question, Stage, pick

KEYS = (
    ("Enter", "take the answer at the pointer, or what was typed"),
    ("Up, Down", "move the pointer"),
    ("letters", "filter the answers; a number points at one"),
    ("?", "this help"),
    ("Esc", "clear what was typed, or back to the question before (also Left, Ctrl-B)"),
    ("Tab", "choose an earlier question to answer again"),
    ("PgUp, PgDn", "scroll"),
    ("Ctrl-C", "stop and keep the answers (also Ctrl-D)"),
)
_CHOICE_FOOT = "Enter choose | Up/Down move | type to filter | ? help | Esc back | Tab earlier answers | Ctrl-C stop"
_TEXT_FOOT = "Enter accept | ? help | Esc back | Tab earlier answers | Ctrl-C stop, answers kept"
_HELP_FOOT = "any key returns to the question | PgUp/PgDn scroll"
WAITING = "designing ..."
PEEK = 8
"""Rows of what follows that are seen without scrolling, where that is possible."""
_AMOUNTS = ((True, True), (False, True), (True, False), (False, False))
"""How much is shown, the fullest first: the steps in rows of their own, reasons and costs at every answer."""


class Menu:
    """What the screen of one question holds.

    Attributes:
        typed: the filter of a choice, or the answer.
        cursor: the place in it.
        given: whether what is typed is the answer given before, which typing replaces.
        pointed: index of the option that Enter takes, among those that pass the filter.
        message: what was wrong, until the next key.
        follows: lines about what follows, by the option pointed at; for a width.
    """

    def __init__(self, flow: Flow, question: Question, notices: Sequence[Notice]) -> None:
        self.flow = flow
        self.question = question
        self.notices = tuple(notices)
        self.steps = flow.checklist
        old = flow.answers.get(question.id)
        self.typed = "" if question.options or old is None else question.show(old)
        self.cursor = len(self.typed)
        self.given = bool(self.typed)
        values = [option.value for option in question.options]
        at = old if old in values else question.default
        self.pointed = values.index(at) if at in values else 0
        self.message: list[Line] = []
        self.helping = False
        self.busy = False
        self.scroll = 0
        self.outcomes: dict[Any, Flow] = {}

    # --- keys -------------------------------------------------------------------------------

    @property
    def shown(self) -> list[tuple[int, Option]]:
        """The options that pass the filter, with their numbers."""
        numbered = list(enumerate(self.question.options, 1))
        words = self.typed.casefold().split()
        if not words:
            return numbered
        if len(words) == 1 and words[0].isdecimal():
            exact = [(number, option) for number, option in numbered if str(number) == words[0]]
            return exact or [pair for pair in numbered if words[0] in _searched(pair[1])]
        return [pair for pair in numbered if all(word in _searched(pair[1]) for word in words)]

    @property
    def option(self) -> Option | None:
        """The option pointed at."""
        shown = self.shown
        return shown[min(self.pointed, len(shown) - 1)][1] if shown else None

    def insert(self, text: str) -> None:
        """Type text at the cursor; it replaces an answer given before."""
        if self.given:
            self.erase(len(self.typed))
        self.typed = self.typed[: self.cursor] + text + self.typed[self.cursor :]
        self.cursor += len(text)
        self._edited()

    def erase(self, count: int) -> None:
        """Erase characters before the cursor, or behind it if the number is negative."""
        self.given = False
        low, high = sorted((self.cursor, max(self.cursor - count, 0)))
        self.typed = self.typed[:low] + self.typed[high:]
        self.cursor = low
        self._edited()

    def _edited(self) -> None:
        self.pointed = self.scroll = 0
        if self.question.options and self.typed and not self.shown:
            try:
                pick(self.typed, self.question.options)
            except InputError as error:
                hint = f"{error.hint}; " if error.hint else ""
                self.message = [
                    Line(f"no answer holds '{self.typed}'", head="! ", head_style="bold red"),
                    Line(f"{hint}Backspace or Esc clears it", head="hint: ", indent=2),
                ]

    def move(self, by: int) -> None:
        """Move the pointer, around at the ends."""
        if self.question.options:
            self.pointed = (self.pointed + by) % max(len(self.shown), 1)
            self.scroll = 0

    def go(self, place: int) -> None:
        """Put the cursor to a place in what is typed."""
        self.given = False
        self.cursor = max(0, min(place, len(self.typed)))

    def page(self, by: int) -> None:
        """Scroll by pages; drawing keeps it within the text."""
        self.scroll += by

    # --- drawing ----------------------------------------------------------------------------

    def rows(self, width: int, height: int, unicode: bool) -> list[Parts]:
        """Return the rows of the screen, at most ``height``, none wider than ``width``."""

        def wrapped(lines: Iterable[Line]) -> list[Parts]:
            return list(styled_rows(lines, width, unicode))

        foot = _HELP_FOOT if self.helping else _CHOICE_FOOT if self.question.options else _TEXT_FOOT
        bottom = wrapped(
            [*self.message, *self._filter(), Line(WAITING if self.busy else foot, style="dim")]
        )
        room = max(height - len(bottom), 3)
        if self.helping:
            page = wrapped(screens.help_page(self.question, KEYS))
            return _on_top(self._window(page, (0, 0), room), room, bottom)
        below = wrapped(self._below(width))
        drawn = [self._top(width, unicode, *amount) for amount in _AMOUNTS]
        for wanted in (len(below), min(len(below), PEEK)):
            fitting = [each for each in drawn if len(each[0]) + wanted <= room]
            if fitting:
                break
        top, focus = (fitting or drawn[-1:])[0]
        return _on_top(self._window([*top, *below], focus, room), room, bottom)

    def _top(
        self, width: int, unicode: bool, steps: bool, reasons: bool
    ) -> tuple[list[Parts], tuple[int, int]]:
        """Return the steps, the question and the answers, and the rows that must be seen."""
        head = screens.checklist(self.steps) if steps else screens.progress(self.steps)
        lines = [*head, Line(), *screens.notices(self.notices)]
        if self.notices:
            lines.append(Line())
        lines += screens.asked(self.question)
        rows = list(styled_rows(lines, width, unicode))
        if not self.question.options:
            rows += [*styled_rows(screens.typed_hint(self.question), width, unicode), []]
            first = len(rows)
            rows += _input(self.typed, self.cursor, width, unicode)
            return rows, (first, len(rows) - 1)
        pointed = self.option
        focus = (0, 0)
        for number, option in self.shown:
            lines = [
                *screens.option_lines(
                    self.question, option, number,
                    pointed=option is pointed, more=reasons or option is pointed,
                )
            ]  # fmt: skip
            first = len(rows)
            rows += styled_rows(lines, width, unicode)
            if option is pointed:
                focus = (first, len(rows) - 1)
        return rows, focus

    def _filter(self) -> list[Line]:
        if not (self.question.options and self.typed) or self.helping:
            return []
        return [Line(self.typed, head="filter: ", head_style="cyan", keep=True)]

    def _below(self, width: int) -> list[Line]:
        """Return what follows from the option pointed at, at the steps after the first."""
        if self.question.stage is Stage.group:
            return []
        outcome = self.outcomes.get(self.subject)
        if outcome is None:
            return [Line(), Line(WAITING, style="dim")]
        return [Line(), *screens.follows(outcome, self.question.stage, width)]

    @property
    def subject(self) -> Any:
        """What the lines about what follows depend on."""
        return self.option.value if self.option else None

    def _window(self, rows: list[Parts], focus: tuple[int, int], room: int) -> list[Parts]:
        """Return the part of the rows that fits, with the focus in it unless it was scrolled away."""
        if len(rows) <= room:
            self.scroll = 0
            return rows
        inner = room - 1
        first, last = focus
        base = min(first, max(0, last - inner + 2))
        step = max(inner - 1, 1)
        start = max(0, min(base + self.scroll * step, len(rows) - inner))
        above, below = start > 0, start + inner < len(rows)
        said = ", ".join(["more above: PgUp"] * above + ["more below: PgDn"] * below)
        return [*rows[start : start + inner], [(f"-- {said} --", "yellow")]]


def _on_top(rows: list[Parts], room: int, bottom: list[Parts]) -> list[Parts]:
    """Return the rows with the others at the foot of the screen."""
    return [*rows, *([] for _ in range(room - len(rows))), *bottom]


def _searched(option: Option) -> str:
    return " ".join((option.label, str(option.value), *option.words, option.why)).casefold()


CURSOR = "cursor"


def _input(typed: str, cursor: int, width: int, unicode: bool) -> list[Parts]:
    """Return the rows of what is typed, cut at the width, with a mark where the cursor is."""
    from prompt_toolkit.utils import get_cwidth

    from equidesign.report.characters import to_ascii

    rows: list[Parts] = [[("> ", "bold cyan")]]
    used = 2
    for place, char in enumerate([*typed, " "]):
        shown = char if char.isprintable() else "?"
        shown = shown if unicode else to_ascii(shown)
        if used + get_cwidth(shown) > width:
            rows.append([("  ", "")])
            used = 2
        used += get_cwidth(shown)
        rows[-1].append((shown, CURSOR if place == cursor else ""))
    return rows
