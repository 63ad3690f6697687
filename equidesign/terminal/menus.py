"""Menus in a terminal. Keys are answered on one thread while the conversation, which designs, runs on another."""

from __future__ import annotations

import asyncio
import queue
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from prompt_toolkit.application import Application
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.layout import FormattedTextControl, Layout, Window

from equidesign.errors import InputError
from equidesign.report.layout import Line, render_rich
from equidesign.terminal import screens
from equidesign.terminal.abilities import shows_unicode, width_of
from equidesign.terminal.asker import Answer, Back, Stopped
from equidesign.terminal.keys import bindings
from equidesign.terminal.menu import CURSOR, Menu
from equidesign.terminal.places import where
from equidesign.wizard.flow import Flow, Notice
from equidesign.wizard.question import Question, Stage

T = TypeVar("T")
ESCAPE_SECONDS = 0.1
"""How long a lone Esc may be the beginning of an arrow key."""


class Menus:
    """Asks on a screen of its own, and leaves the terminal as it was."""

    def __init__(self) -> None:
        self.scripted = False
        self.unicode = shows_unicode(sys.stdout)
        self.menu: Menu | None = None
        self._under: Menu | None = None
        self._pending: list[Any] = []
        self._replies: queue.Queue[Answer | Back | Stopped | str] = queue.Queue()
        self._looking = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self.app = self._application()

    def _application(self) -> Application[None]:
        control = FormattedTextControl(self._text, focusable=True, show_cursor=True)
        app: Application[None] = Application(
            layout=Layout(Window(control, wrap_lines=True, always_hide_cursor=True)),
            key_bindings=bindings(self),
            full_screen=True,
            erase_when_done=True,
        )
        app.ttimeoutlen = app.timeoutlen = ESCAPE_SECONDS
        return app

    # --- called by the conversation ---------------------------------------------------------

    @property
    def width(self) -> int:
        """The columns that there are now."""
        return width_of(sys.stdout)

    def talk(self, conversation: Callable[[], T]) -> T:
        """Run a conversation on the screen."""
        result: list[T] = []
        failure: list[BaseException] = []
        self._replies = queue.Queue()

        def run() -> None:
            try:
                result.append(conversation())
            except BaseException as error:
                failure.append(error)
            finally:
                self._call(self._leave)

        def start() -> None:
            self._loop = asyncio.get_running_loop()
            threading.Thread(target=run, daemon=True).start()

        self.app.run(pre_run=start)
        self.menu = self._under = None
        if failure:
            raise failure[0]
        if not result:
            raise Stopped
        return result[0]

    def ask(self, flow: Flow, question: Question, notices: Sequence[Notice]) -> Answer | Back:
        """Show a question, and wait for the reply."""
        menu = Menu(flow, question, notices)
        self._call(self._present, menu)
        while True:
            reply = self._replies.get()
            if isinstance(reply, Stopped):
                raise reply
            if not isinstance(reply, str):
                return reply
            try:
                return Answer(question.parse(reply))
            except InputError as error:
                self._call(self._refuse, menu, error)

    def show(self, lines: Sequence[Line]) -> None:
        """Print on the ordinary screen."""
        from rich.console import Console

        text = render_rich(lines, self.width, unicode=self.unicode)
        Console(highlight=False).print(text, soft_wrap=True)

    def line(self, prompt: str) -> str:
        """Read one line on the ordinary screen."""
        from prompt_toolkit import prompt as read

        try:
            return read(prompt)
        except (KeyboardInterrupt, EOFError):
            raise Stopped from None

    # --- called by keys -----------------------------------------------------------------------

    def reply(self, reply: Answer | Back | str) -> None:
        """Hand a reply to the conversation; the screen stays until it has the next question."""
        if self.menu is not None:
            self.menu.busy = True
            self.menu.message = []
        self._replies.put(reply)

    def stop(self) -> None:
        """Leave at once; the answers are kept already."""
        self._replies.put(Stopped())
        self._leave()

    def later(self, presses: Sequence[Any]) -> None:
        """Keep keys that were pressed too early for the next question."""
        self._pending += presses

    def earlier(self) -> None:
        """Show the earlier answers to choose from."""
        if self.menu is None:
            return
        question = where(self.menu.flow)
        if question is None:
            self.menu.message = [Line("this is the first question: there is nothing to go back to")]
            return
        self._under, self.menu = self.menu, Menu(self.menu.flow, question, ())

    def close(self) -> bool:
        """Return from the earlier answers to the question; False if they are not shown."""
        if self._under is None:
            return False
        self.menu, self._under = self._under, None
        return True

    def look(self) -> None:
        """Work out what follows from the option pointed at, beside the keys."""
        menu = self.menu
        if menu is None or menu.question.stage is Stage.group or self._looking:
            return
        subject = menu.subject
        if self._under is not None or subject in menu.outcomes:
            return
        self._looking = True

        def work() -> None:
            outcome = menu.flow
            if menu.option is not None:
                answers = {**outcome.answers, menu.question.id: subject}
                outcome = replace(outcome, answers=answers, at=None)
            list(screens.follows(outcome, menu.question.stage, 80))  # worked out here, drawn there
            self._call(self._seen, menu, subject, outcome)

        threading.Thread(target=work, daemon=True).start()

    # --- on the thread of the screen -----------------------------------------------------------

    def _call(self, function: Callable[..., None], *arguments: Any) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(function, *arguments)

    def _present(self, menu: Menu) -> None:
        self.menu, self._under = menu, None
        self._go_on()

    def _refuse(self, menu: Menu, error: InputError) -> None:
        menu.busy = False
        menu.message = list(screens.error_lines(error))
        self._go_on()

    def _go_on(self) -> None:
        self.look()
        self.app.invalidate()
        if self._pending:
            presses, self._pending = self._pending, []
            self.app.key_processor.feed_multiple(presses)
            self.app.key_processor.process_keys()

    def _seen(self, menu: Menu, subject: Any, outcome: Flow) -> None:
        menu.outcomes[subject] = outcome
        self._looking = False
        self.look()
        self.app.invalidate()

    def _leave(self) -> None:
        if self.app.is_running and not self.app.is_done:
            self.app.exit()

    def _text(self) -> StyleAndTextTuples:
        if self.menu is None:
            return []
        size = self.app.output.get_size()
        fragments: StyleAndTextTuples = []
        for number, row in enumerate(self.menu.rows(size.columns, size.rows, self.unicode)):
            if number:
                fragments.append(("", "\n"))
            fragments += [(_style(style), text) for text, style in row]
        return fragments


def _style(style: str) -> str:
    """Return a style in the words of the prompt library."""
    colours = {"red", "green", "yellow", "cyan", "blue", "magenta"}
    if style == CURSOR:
        return "reverse"
    return " ".join(f"ansi{word}" if word in colours else word for word in style.split())
