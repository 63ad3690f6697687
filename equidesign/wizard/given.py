"""Answers given on the command line: they are checked before the first question, as far as they can be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from equidesign.errors import InputError, lookup, nearest
from equidesign.wizard.flow import Flow
from equidesign.wizard.question import Kind, Option, Question, pick
from equidesign.wizard.request_data import FOUND
from equidesign.wizard.stages.data import DOMAIN
from equidesign.wizard.stages.task import LABELS, SHAPE, WORDS

OPTIONS = {"symmetry.group": "--group", "data.domain": "--domain", "task.type": "--task"}

TASKS = tuple(
    Option(name, label, words=(name, *WORDS[name])) for name, (label, _) in LABELS.items()
)


def given_answers(
    options: Mapping[str, str | None], changes: Iterable[str], base: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the dotted fields that the command line sets.

    Args:
        options: fields that have an option of their own.
        changes: texts such as ``task.classes=3``.
        base: the data of the request that the conversation starts with.

    Raises:
        InputError: no such field or value; with the nearest.
    """
    from equidesign.groups.names import parse_group
    from equidesign.spec.overrides import apply_overrides

    given: dict[str, Any] = {path: value for path, value in options.items() if value is not None}
    if "data.domain" in given:
        given["data.domain"] = _read(given["data.domain"], DOMAIN.options, "domain")
    if "task.type" in given:
        given["task.type"] = _read(given["task.type"], TASKS, "task")
    if "symmetry.group" in given:
        parse_group(given["symmetry.group"])
    data = {key: dict(base.get(key) or {}) for key in ("symmetry", "data", "task")}
    for path, value in given.items():
        section, name = path.split(".")
        data[section][name] = value
    for text in changes:
        data = apply_overrides(data, [text])
        path = text.partition("=")[0].strip()
        _check_name(path, data, text)
        found: Any = data
        for key in path.split("."):
            found = found[key.strip()]
        given[path] = tuple(found) if isinstance(found, list) else found
    if "symmetry.group" in given and "domain" in data["data"]:
        _check_group(given["symmetry.group"], data["data"])
    return given


def _check_group(group: str, data: Mapping[str, Any]) -> None:
    """Refuse a group that has no design on a domain that is known already."""
    from equidesign.wizard.stages.symmetry import checked_group
    from equidesign.wizard.view import View

    try:
        checked_group(group, View({f"data.{name}": value for name, value in data.items()}))
    except InputError as error:
        raise placed(error, "--group") from None


def _read(typed: str, options: Sequence[Option], what: str) -> Any:
    try:
        return pick(typed, options)
    except InputError:
        return lookup(typed, {str(option.value): option.value for option in options}, what)


def _check_name(path: str, data: Mapping[str, Any], text: str) -> None:
    """Refuse a field that no domain and no task has, where it is not known yet which is meant."""
    from equidesign.spec.models import CHOICES

    section, _, name = path.partition(".")
    if section not in CHOICES or CHOICES[section][0] in data[section] or "." in name:
        return
    known = dict.fromkeys(
        name for model in CHOICES[section][1].values() for name in model.model_fields
    )
    if name not in known:
        close = nearest(name, known)
        raise InputError(
            f"unknown field '{name}' in {section}",
            where=f"--set {text}",
            expected=f"one of {', '.join(known)}",
            hint=f"did you mean '{close}'?" if close else None,
        )


def filled(flow: Flow) -> Flow:
    """Return the flow of a whole request, in which choices that it leaves out stay out, and other fields have defaults.

    What it does not say about the symmetry is asked: there a field that is left out is not known.
    """
    while (question := flow.question) is not None and _is_optional(question):
        left_out = question.options and not question.id.startswith("ask.")
        flow, _ = flow.answer(None if left_out else question.parse(""))
    return flow


def _is_optional(question: Question) -> bool:
    if question.id == FOUND:
        return len(question.options) == 1
    inferred = question.id.startswith(("ask.", "symmetry."))
    return question.id == SHAPE or not inferred


def settled(flow: Flow) -> Flow:
    """Return the flow in which answers from outside are read as if they were typed at their questions."""
    for question in flow.questions:
        value = flow.answers.get(question.id)
        if question.id not in flow.fixed or not _is_typed(question, value):
            continue
        try:
            read = question.parse(question.show(value))
        except InputError:
            continue
        if read != value:
            return settled(replace(flow, answers={**flow.answers, question.id: read}))
    return flow


def _is_typed(question: Question, value: Any) -> bool:
    if question.kind is Kind.choice:
        return all(option.value != value for option in question.options)
    return isinstance(value, str)


def misfit(flow: Flow) -> tuple[str, InputError] | None:
    """Return the first answer from outside that its question refuses, and why; None if there is none.

    Numbers are left to the request, which takes more than the questions do: ``data.features: 4x0e + 1x1o``.
    """
    for question in flow.questions:
        value = flow.answers.get(question.id)
        if question.id not in flow.fixed or question.kind is Kind.number:
            continue
        if not _is_typed(question, value):
            continue
        try:
            question.parse(question.show(value))
        except InputError as error:
            where = OPTIONS.get(question.id, f"--set {question.id}")
            return question.id, placed(error, where)
    return None


def placed(error: InputError, where: str) -> InputError:
    """Return the error with the place that it is about."""
    return InputError(error.what, where=where, expected=error.expected, hint=error.hint)
