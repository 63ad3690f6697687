"""Asker: what the conversation needs of a front end, and the replies that it may give."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from equidesign.report.layout import Line
from equidesign.wizard.flow import Flow, Notice
from equidesign.wizard.question import Question

T = TypeVar("T")


@dataclass(frozen=True)
class Answer:
    """The value that was chosen or typed, already checked."""

    value: Any


@dataclass(frozen=True)
class Back:
    """The wish to answer an earlier question again: the one before, or that of an id or of a step."""

    to: str | None = None


class Stopped(Exception):  # noqa: N818
    """The person stopped, or the input ended: the answers are kept.

    Attributes:
        ended: whether a script's input ended, so that nothing more can be read.
    """

    def __init__(self, ended: bool = False) -> None:
        super().__init__("the input ended" if ended else "stopped")
        self.ended = ended


class Asker(Protocol):
    """A front end: it shows one question and returns one reply.

    Attributes:
        scripted: whether the answers come from a file, so that nobody can be asked again.
    """

    scripted: bool

    @property
    def width(self) -> int:
        """The columns that there are now."""

    def talk(self, conversation: Callable[[], T]) -> T:
        """Run a conversation, which asks questions, on the front end's screen."""

    def ask(self, flow: Flow, question: Question, notices: Sequence[Notice]) -> Answer | Back:
        """Ask a question.

        Raises:
            Stopped: nothing more is answered.
        """

    def line(self, prompt: str) -> str:
        """Read one line.

        Raises:
            Stopped: nothing more is answered.
        """

    def show(self, lines: Sequence[Line]) -> None:
        """Show a text that stays on the screen."""
