"""Where one can go back to: the questions that are answered, by number, name of their step, or id."""

from __future__ import annotations

from equidesign.errors import InputError, nearest
from equidesign.wizard.flow import Flow
from equidesign.wizard.question import Kind, Option, Question, Stage

WHERE = "ask.where"


def answered(flow: Flow) -> list[Question]:
    """Return the questions before the current one that can be asked again."""
    now = flow.question
    asked = [question for question in flow.questions if question.id not in flow.fixed]
    return asked[: asked.index(now)] if now in asked else asked


def destination(flow: Flow, typed: str) -> str:
    """Return the id of the question that a person wants to go back to: ``2``, ``group``, ``task.type``.

    Raises:
        InputError: there is no such place, or nothing is asked there.
    """
    earlier = answered(flow)
    typed = typed.strip()
    word = typed.casefold()
    if not earlier:
        raise InputError("this is the first question: there is nothing to go back to")
    stages = {str(stage.value): stage for stage in Stage} | {stage.name: stage for stage in Stage}
    for question in earlier:
        if word == question.id.casefold() or stages.get(word) is question.stage:
            return question.id
    reached = dict.fromkeys(question.stage for question in earlier)
    places = ", ".join(f"{stage.value} or {stage.name}" for stage in reached)
    if word in stages:
        stage = stages[word]
        raise InputError(f"nothing was asked at step {stage.value} ({stage.name})", expected=places)
    close = nearest(word, [*(stage.name for stage in reached), *(q.id for q in earlier)])
    raise InputError(
        f"'{typed}' is no step",
        expected=places,
        hint=f"did you mean '{close}'?" if close else None,
    )


def where(flow: Flow) -> Question | None:
    """Return the question to which earlier answer to go back; None if there is none."""
    earlier = answered(flow)
    if not earlier:
        return None
    options = tuple(
        Option(question.id, question.text, question.show(flow.answers.get(question.id)))
        for question in reversed(earlier)
    )
    stage = flow.question.stage if flow.question else Stage.specification
    return Question(
        WHERE,
        stage,
        Kind.choice,
        "Which answer do you want to change?",
        "Later answers stay, and count again where they still fit.",
        "The last one comes first. Esc returns to where you were.",
        options,
    )
