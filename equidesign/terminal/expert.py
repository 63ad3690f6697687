"""One screen instead of many questions: the whole request with recommended values, changed by ``key=value`` lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from equidesign.errors import EquidesignError, InputError, nearest
from equidesign.report.layout import Line, code, facts
from equidesign.terminal import screens
from equidesign.terminal.asker import Asker, Stopped
from equidesign.wizard.flow import Flow
from equidesign.wizard.given import misfit, settled
from equidesign.wizard.question import Question
from equidesign.wizard.request_text import request_text
from equidesign.wizard.start import flow_from
from equidesign.wizard.view import REPAIR

HELP = (
    (
        "key=value",
        "change a line: task.classes=3, symmetry.group=C4; the last part of the key is enough",
    ),
    ("? key", "what a key means, and what it may be"),
    ("Enter", "go on with the request as it is"),
    ("q", "stop and keep the answers"),
)


class Expert:
    """The request as it stands: what the person gave, and recommended values for the rest."""

    def __init__(self, data: Mapping[str, Any], given: Mapping[str, Any]) -> None:
        self.given = dict(given)
        self.data = dict(data)
        self.flow = recommended(flow_from(self.data, self.given))

    def change(self, key: str, typed: str) -> None:
        """Set one field; the others are recommended anew where nobody gave them.

        Raises:
            InputError: no such field, or it cannot have the value, or the values do not go together.
        """
        question = self.question(key)
        given = {**self.given, question.id: question.parse(typed)}
        if question.id == "data.domain":  # the fields of another domain
            given = {k: v for k, v in given.items() if not k.startswith(("data.", "symmetry."))}
            given["data.domain"] = question.parse(typed)
        self.flow, self.given = recommended(flow_from(self.data, given)), given

    def question(self, key: str) -> Question:
        """Return the question that sets a field; the last part of its name is enough.

        Raises:
            InputError: none does; with the nearest.
        """
        known = {each.id: each for each in self.flow.questions if not each.id.startswith("ask.")}
        known.setdefault("symmetry.group", group_question(self.flow))
        word = key.strip().casefold()
        for name, question in known.items():
            if word in (name.casefold(), name.rsplit(".", 1)[-1].casefold()):
                return question
        close = nearest(word, [*known, *(name.rsplit(".", 1)[-1] for name in known)])
        raise InputError(
            f"no field is called '{key}'",
            expected=f"one of {', '.join(known)}",
            hint=f"did you mean '{close}'?" if close else None,
        )


def group_question(flow: Flow) -> Question:
    """Return the question for the name of the group, which is not on the way when the group was found."""
    from equidesign.wizard.stages.symmetry import name_question

    return name_question(flow.view)


def recommended(flow: Flow) -> Flow:
    """Return the flow in which every open question has its recommended answer.

    Raises:
        InputError: the answers do not go together, and nothing would mend them.
    """
    flow = settled(flow)
    while (question := flow.question) is not None:
        value = question.parse("")
        if question.id == REPAIR and not value:
            raise flow.view.refusal or InputError(question.picture)
        flow = settled(flow.answer(value)[0])
    if refused := misfit(flow):
        raise refused[1]
    return flow


def one_screen(expert: Expert, asker: Asker) -> Flow:
    """Show the request, and change it line by line until the person goes on.

    Raises:
        Stopped: the person stopped.
    """
    _show(expert, asker)
    while True:
        try:
            typed = asker.line("key=value, ? help, Enter goes on> ").strip()
        except Stopped as stop:
            if stop.ended:
                return expert.flow
            raise
        if not typed:
            return expert.flow
        if typed in ("q", "quit"):
            raise Stopped
        try:
            _do(expert, asker, typed)
        except EquidesignError as error:
            asker.show([*screens.error_lines(error)])


def _do(expert: Expert, asker: Asker, typed: str) -> None:
    if typed.startswith("?"):
        if key := typed[1:].strip():
            asker.show([*screens.help_page(expert.question(key), HELP)])
        else:
            asker.show([*facts(HELP, indent=0)])
        return
    key, sign, value = typed.partition("=")
    if not sign:
        raise InputError(
            f"'{typed}' is not of the form key=value", expected="for example task.classes=3"
        )
    expert.change(key, value)
    _show(expert, asker)


def _show(expert: Expert, asker: Asker) -> None:
    lines = [Line(), *code(request_text(expert.flow), indent=0), Line()]
    if expert.flow.design is not None:
        lines += facts([("total", screens.price(expert.flow.design))], indent=0)
    asker.show(lines)
