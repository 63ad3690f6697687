"""Answers that exist before the first question: from a request, or from the command line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from equidesign.spec.request import UNKNOWN
from equidesign.wizard.flow import Flow
from equidesign.wizard.stages.symmetry import KNOWS

_SECTIONS = ("symmetry", "data", "task", "constraints")


def flow_from(data: Mapping[str, Any], given: Mapping[str, Any] | None = None) -> Flow:
    """Return the flow that starts with a request's answers.

    Args:
        data: a request's data, complete or not; its answers can be gone back to and changed.
        given: dotted fields from the command line; they are not asked.
    """
    answers = dict(_answers(data))
    fixed = dict(_answers(_nested(given or {})))
    kept = frozenset(
        name for name in answers if not name.startswith("ask.") and name != "symmetry.group"
    )
    return Flow({**answers, **fixed}, frozenset(fixed), kept=kept)


def _nested(given: Mapping[str, Any]) -> dict[str, Any]:
    nested: dict[str, Any] = {}
    for path, value in given.items():
        place = nested
        *parents, last = path.split(".")
        for key in parents:
            place = place.setdefault(key, {})
        place[last] = value
    return nested


def _answers(data: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the answers that a request holds."""
    for name in ("name", "description"):
        if name in data:
            yield name, data[name]
    for section in _SECTIONS:
        for key, value in (data.get(section) or {}).items():
            if key == "transformations":
                yield from ((f"{section}.{key}.{name}", each) for name, each in value.items())
            elif (section, key) == ("symmetry", "group"):
                yield KNOWS, value != UNKNOWN
                if value != UNKNOWN:
                    yield "symmetry.group", value
            elif (section, key) == ("task", "class_names"):
                yield "task.classes", tuple(value)
            elif (section, key) == ("task", "classes") and "class_names" in data["task"]:
                continue
            else:
                yield f"{section}.{key}", tuple(value) if isinstance(value, list) else value
