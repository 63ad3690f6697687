"""Walks through the graph of questions: every answer of every choice, in several surroundings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from equidesign.errors import InputError
from equidesign.wizard.flow import Flow
from equidesign.wizard.question import Question
from equidesign.wizard.request_data import FOUND
from equidesign.wizard.stages.data import DOMAIN
from equidesign.wizard.view import REPAIR

TYPED = {
    "task.targets": ("2", "energy", "dipole", "optical rotation, charge"),
    "task.classes": ("6, 9", "left, right, other"),
    "constraints.max_parameters": ("20k",),
    "description": ("chirality of spheres under gravity",),
    "data.samples": ("300",),
}
"""What is typed besides Enter where no options are listed."""


def recommended(question: Question) -> Any:
    """Return the answer of somebody who presses Enter."""
    return question.default if question.options else question.parse("")


def answers(question: Question) -> list[Any]:
    """Return every answer that a walk tries."""
    if question.options:
        return [option.value for option in question.options]
    typed = (reading(question, text) for text in TYPED.get(question.id, ()))
    return [recommended(question), *(each for each in typed if not isinstance(each, InputError))]


def reading(question: Question, typed: str) -> Any:
    """Return the answer, or the error that tells what is wrong with it."""
    try:
        return question.parse(typed)
    except InputError as error:
        return error


def begun(domain: str, task: str, **data: Any) -> Flow:
    """Return the flow in which domain and task are answered, and fields of the data if they are given."""
    flow = Flow()
    while (question := flow.question) is not None:
        if question.id == "task.type":
            return flow.answer(task)[0]
        given = {DOMAIN.id: domain, **{f"data.{name}": value for name, value in data.items()}}
        flow, _ = flow.answer(given.get(question.id, recommended(question)))
    raise AssertionError("no task was asked for")


def beginnings() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield every domain with every task that the flow offers for it, and what branches on the data."""
    for option in DOMAIN.options:
        flow = begun(option.value, "regression")
        tasks = flow.back("task.type").question
        assert tasks is not None
        branches: list[dict[str, Any]] = [
            {question.id.removeprefix("data."): each.value}
            for question in flow.questions
            if question.id.startswith("data.") and question is not DOMAIN
            for each in question.options[1:]
        ]
        for offered in tasks.options:
            yield from ((option.value, offered.value, branch) for branch in ({}, *branches))


def walk(flow: Flow, often: int, seen: Counter[tuple[str, str]] | None = None) -> Iterator[Flow]:
    """Yield flows that are complete: each answer to each question was given ``often`` times, if it could be."""
    seen = Counter() if seen is None else seen
    question = flow.question
    if question is None:
        yield flow
        return
    wanted = [v for v in answers(question) if seen[question.id, repr(v)] < often]
    for value in wanted or [recommended(question)]:
        seen[question.id, repr(value)] += 1
        after, _ = flow.answer(value)
        if question.id == REPAIR and not value:
            yield from returned(flow, after)
        else:
            yield from walk(after, often, seen)


def returned(flow: Flow, after: Flow) -> Iterator[Flow]:
    """A refused repair leads back to a question that was asked before; it ends the walk."""
    assert after.question is not None
    assert after.question.id != REPAIR
    assert after.question.id in [question.id for question in flow.questions]
    yield from ()


def settled(flow: Flow) -> str:
    """Return the group that was found or named."""
    return str(flow.view.get(FOUND) or flow.view.get("symmetry.group"))
