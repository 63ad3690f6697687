"""The conversation: ask, answer, keep, until nothing is open. The same for menus and for plain prompts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from equidesign.errors import InputError
from equidesign.terminal.asker import Answer, Asker, Back, Stopped
from equidesign.terminal.places import where
from equidesign.wizard.flow import Flow, Notice
from equidesign.wizard.given import misfit, settled
from equidesign.wizard.question import Kind, Option, Question, Stage

Keep = Callable[[Flow], None]


def converse(
    flow: Flow, asker: Asker, keep: Keep, notices: tuple[Notice, ...] = ()
) -> tuple[Flow, tuple[Notice, ...]]:
    """Ask every open question.

    Returns:
        The flow in which all is answered, and what the last answer brought about.

    Raises:
        Stopped: the person stopped; what was answered has been kept.
    """
    while True:
        flow = settled(flow)
        while refused := misfit(flow):
            name, error = refused
            flow = _freed(flow, name)
            text = f"{error.where}: {error.what}"
            notices += (Notice("contradiction", text, error.hint or error.expected or ""),)
        question = flow.question
        if question is None:
            return flow, notices
        reply = asker.ask(flow, question, notices)
        if isinstance(reply, Back):
            flow, notices = flow.back(reply.to), ()
        else:
            flow, notices = flow.answer(reply.value)
        keep(flow)


def _freed(flow: Flow, name: str) -> Flow:
    """Return the flow in which an answer from outside is asked after all."""
    kept = {key: value for key, value in flow.answers.items() if key != name}
    return replace(flow, answers=kept, fixed=flow.fixed - {name})


WRITE, VERIFY, CHANGE = "write", "verify", "change"


def last_question(installed: bool) -> Question:
    """Return the question that comes last: whether the files are written.

    Args:
        installed: whether PyTorch is there, without which nothing can be verified.
    """
    missing = "" if installed else "; PyTorch is not installed here: see the install line"
    return Question(
        "ask.finish",
        Stage.specification,
        Kind.choice,
        "Shall it be written?",
        "The request, the specification and the code go into a new folder. Nothing was written so far.",
        "Every answer is in the request, with a comment that says why it is there; `equidesign design` makes the same "
        "files from it without asking. To verify is to run the model and to measure how far it is from its symmetry.",
        (
            Option(WRITE, "write it", "the request and the folder"),
            Option(VERIFY, "write it and verify", "also measure its symmetry",
                   f"runs the model, which takes up to a minute{missing}"),
            Option(CHANGE, "change an answer", "choose an earlier question; later answers stay"),
        ),
        WRITE,
    )  # fmt: skip


def finish(
    flow: Flow, asker: Asker, keep: Keep, installed: bool, notices: tuple[Notice, ...] = ()
) -> tuple[Flow, str]:
    """Ask every open question, and at last whether to write.

    Returns:
        The flow in which all is answered, and ``WRITE`` or ``VERIFY``.
    """
    while True:
        flow, notices = converse(flow, asker, keep, notices)
        question = last_question(installed)
        try:
            reply = asker.ask(flow, question, notices)
        except Stopped as stop:
            if stop.ended:  # a script that has answered everything
                return flow, WRITE
            raise
        notices = ()
        if isinstance(reply, Answer) and reply.value == CHANGE:
            reply = _earlier(flow, asker)
        if isinstance(reply, Answer):
            return flow, str(reply.value)
        flow = flow.back(reply.to)
        keep(flow)


def _earlier(flow: Flow, asker: Asker) -> Back:
    question = where(flow)
    if question is None:
        return Back()
    reply = asker.ask(flow, question, ())
    return reply if isinstance(reply, Back) else Back(str(reply.value))


def folder_question(refused: Path) -> Question:
    """Return the question for another folder than one that cannot be written."""

    def check(typed: str) -> str:
        if Path(typed) == refused:
            raise InputError(f"'{typed}' is the folder that cannot be used", expected="another one")
        return typed

    return Question(
        "ask.folder",
        Stage.specification,
        Kind.text,
        "Which folder instead?",
        f"{refused} cannot be used; nothing was written so far.",
        "A new or empty folder, or one that equidesign wrote and nobody edited.",
        default=f"{refused}-2",
        check=check,
    )
