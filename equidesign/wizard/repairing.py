"""Repairs: what may be done about answers for which no design could be right."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from equidesign.errors import InputError
from equidesign.wizard.question import Kind, Option, Question, Stage
from equidesign.wizard.view import REPAIR, TRANSFORMATIONS, View

_BEHAVIOURS = {
    "invariant": "the answer stays",
    "equivariant": "the answer follows",
    "none": "no symmetry",
}
_SYMMETRIC = ("invariant", "equivariant")


def repairs(a: View, stage: Stage) -> Iterator[Question]:
    """Yield a question if no design could be right for the answers, with the repair that design has tried."""
    refusal = a.refusal
    if refusal is None:
        return
    repair = offered(refusal)
    yes = Option(True, f"yes: {_in_words(repair)}", words=("yes",))
    no = Option(False, "no, I change an answer", words=("no", "back"))
    options = (no,) if not repair else (no, yes) if _claims_more(repair, a) else (yes, no)
    yield Question(
        REPAIR,
        stage,
        Kind.choice,
        "These answers do not go together. Shall they be repaired?" if repair else "These answers do not go together.",
        "Nothing is known about the symmetry: every answer was 'not sure' or 'no'." if _says_nothing(a)
        else refusal.what,
        "\n".join(filter(None, [refusal.expected, refusal.hint])) or "Go back and change an answer.",
        options,
        options[0].value,
    )  # fmt: skip


def offered(refusal: InputError) -> dict[str, Any]:
    """Return the repair that a person is offered: one that leaves the data and the task what they are."""
    repair = refusal.repair or {}
    return {} if {"task", "task.type", "data", "data.domain"} & repair.keys() else repair


def field_of(refusal: InputError) -> str:
    """Return the field that a refusal is about, without the name of a file."""
    return (refusal.where or "").rsplit(" ", 1)[-1]


def _claims_more(repair: dict[str, Any], a: View) -> bool:
    """Tell whether a repair takes for a symmetry what the person does not."""
    return any(
        path.startswith(TRANSFORMATIONS) and value in _SYMMETRIC and a.get(path) not in _SYMMETRIC
        for path, value in repair.items()
    )


def _says_nothing(a: View) -> bool:
    said = [value for name, value in a.answers.items() if name.startswith(TRANSFORMATIONS)]
    return bool(said) and all(value in ("unknown", "none", False) for value in said)


def _in_words(repair: dict[str, Any]) -> str:
    said = []
    for path, value in repair.items():
        name = path.rsplit(".", 1)[-1].replace("_", " ")
        if value is None:
            said.append(f"leave out {name}")
        elif path.startswith(TRANSFORMATIONS) and not isinstance(value, bool):
            said.append(f"{name}: {_BEHAVIOURS.get(value, value)}")
        else:
            said.append(f"{name} = {'yes' if value is True else 'no' if value is False else value}")
    return ", ".join(said)
