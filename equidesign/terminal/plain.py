"""Numbered prompts, one line each: for screen readers, scripts and terminals that cannot move their cursor."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TextIO, TypeVar

from equidesign.errors import InputError
from equidesign.report.layout import Line, render
from equidesign.terminal import screens
from equidesign.terminal.abilities import shows_unicode, width_of
from equidesign.terminal.asker import Answer, Back, Stopped
from equidesign.terminal.places import destination
from equidesign.wizard.flow import Flow, Notice
from equidesign.wizard.question import Kind, Question, Stage

KEYS = (
    ("?", "this help"),
    ("<", "back to the question before; also: back"),
    ("< 2", "back to step 2; also: back group, back task.type"),
    ("q", "stop and keep the answers"),
    ("Enter", "the recommended answer"),
)
SLOW = 0.5

T = TypeVar("T")


class Plain:
    """Asks on a stream, and reads lines from another."""

    def __init__(self, source: TextIO, target: TextIO) -> None:
        self.source = source
        self.target = target
        self.scripted = not source.isatty()
        self.unicode = shows_unicode(target)
        self._stage: Stage | None = None
        self._asked_before = False

    @property
    def width(self) -> int:
        """The columns that there are now."""
        return width_of(self.target)

    def talk(self, conversation: Callable[[], T]) -> T:
        """Run a conversation."""
        return conversation()

    def ask(self, flow: Flow, question: Question, notices: Sequence[Notice]) -> Answer | Back:
        """Ask until an answer can be read, or a command says something else."""
        self._question(flow, question, notices)
        while True:
            typed = self.line(self._prompt(question)).strip()
            try:
                reply = self._read(flow, question, typed)
            except InputError as error:
                self.show([*screens.error_lines(error)])
                continue
            if reply is not None:
                return reply

    def _read(self, flow: Flow, question: Question, typed: str) -> Answer | Back | None:
        command, _, rest = typed.partition(" ")
        if typed.startswith("<"):
            command, rest = "<", typed[1:]
        if typed == "?":
            self.show([Line(), *screens.help_page(question, KEYS), Line()])
            return None
        if command in ("<", "back") and (question.kind is not Kind.text or len(typed.split()) < 3):
            return Back(destination(flow, rest)) if rest.strip() else self._back(flow)
        if typed in ("q", "quit"):
            raise Stopped
        with self._patience():
            return Answer(question.parse(typed))

    def _back(self, flow: Flow) -> Back:
        from equidesign.terminal.places import answered

        if not answered(flow):
            raise InputError("this is the first question: there is nothing to go back to")
        return Back()

    def _question(self, flow: Flow, question: Question, notices: Sequence[Notice]) -> None:
        lines: list[Line] = [Line(), *screens.notices(notices), Line()]
        if question.stage is not self._stage:
            lines += [*screens.checklist(flow.checklist), Line()]
            lines += [*screens.follows(flow, question.stage, self.width), Line()]
            self._stage = question.stage
        lines += screens.asked(question)
        for number, option in enumerate(question.options, 1):
            lines += screens.option_lines(question, option, number)
        if not question.options:
            lines += screens.typed_hint(question)
        self.show(_without_double_blanks(lines))

    def _prompt(self, question: Question) -> str:
        shown = question.show(question.default) if question.default is not None else ""
        help = "" if self._asked_before else " (? help, < back, q stop)"
        self._asked_before = True
        return f"[{shown}]{help} " if shown else f"{help.strip()}> ".lstrip()

    def line(self, prompt: str) -> str:
        """Read one line; in a script it is repeated behind its prompt."""
        self._write(prompt)
        try:
            typed = self.source.readline()
        except UnicodeDecodeError:
            typed = "\ufffd\n"
        if not typed:
            self._write("\n")
            raise Stopped(ended=self.scripted)
        typed = typed.rstrip("\r\n")
        if self.scripted:
            self._write(f"{typed}\n")
        return typed

    def show(self, lines: Sequence[Line]) -> None:
        """Write lines, wrapped to the width of now."""
        self._write(render(lines, self.width, unicode=self.unicode) + "\n")

    def _write(self, text: str) -> None:
        from equidesign.report.characters import to_ascii

        self.target.write(text if self.unicode else to_ascii(text))
        self.target.flush()

    @contextmanager
    def _patience(self) -> Iterator[None]:
        """Say so when what follows takes longer than a moment."""
        timer = threading.Timer(SLOW, lambda: self._write("designing ...\n"))
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


def _without_double_blanks(lines: Iterable[Line]) -> list[Line]:
    kept: list[Line] = []
    for line in lines:
        if line.text or line.head or not kept or kept[-1].text or kept[-1].head:
            kept.append(line)
    return kept
