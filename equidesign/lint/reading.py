"""Reading: plain data, and models of it that leave out what is merely unknown."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from equidesign.spec.loading import without_request
from equidesign.spec.problems import Complaint, complaints
from equidesign.spec.request import Request, request_from_data
from equidesign.spec.yamlio import Document, KeyPath

ABSENT: Any = object()
"""Stands for a value that is not there."""


def value_at(data: Any, path: KeyPath) -> Any:
    """Return the value at ``path``, `ABSENT` if there is none."""
    for step in path:
        if isinstance(data, Mapping):
            data = data.get(step, ABSENT)
        elif isinstance(data, list | tuple) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            return ABSENT
    return data


def leaves(data: Any, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:
    """Yield the path and value of everything that is no mapping; lists of mappings are gone into, others are leaves."""
    if isinstance(data, Mapping) and data:
        for key, value in data.items():
            yield from leaves(value, (*path, key))
    elif isinstance(data, list | tuple) and any(isinstance(each, Mapping) for each in data):
        for index, value in enumerate(data):
            yield from leaves(value, (*path, index))
    else:
        yield path, data


_STAND_IN = {
    "name": "x",
    "symmetry": {"group": "S_n"},
    "data": {"domain": "sets"},
    "task": {"type": "regression"},
}


def stand_in_request() -> Request:
    """Return some request, in place of one that can't be read."""
    return request_from_data(_STAND_IN)


def read_model(
    model: Any, document: Document, prefix: KeyPath, extra: Mapping[str, Any] | None = None
) -> tuple[Any, tuple[Complaint, ...]]:
    """Validate; when only unknown keys are wrong, validate again with what they were meant for, else without them."""
    extra = extra or {}
    data = {**document.data, **extra} if isinstance(document.data, dict) else document.data
    try:
        return model.model_validate(data), ()
    except ValidationError as error:
        found = (
            without_request(complaints(error, document, model))
            if extra
            else complaints(error, document, model)
        )
    moved = tuple(each.below(prefix) for each in found)
    if any(each.sort != "unknown" for each in found):
        return None, moved
    for meant in (True, False):
        try:
            return model.model_validate({**_known(document.data, found, meant), **extra}), moved
        except ValidationError:
            continue
    return None, moved


def _known(data: dict[str, Any], unknown: Iterable[Complaint], meant: bool) -> dict[str, Any]:
    """Return the data without unknown keys, or with those that are misspelt as they were meant."""
    data = copy.deepcopy(data)
    for each in unknown:
        parent, name = value_at(data, each.path[:-1]), each.nearest
        value = parent.pop(each.path[-1])
        if meant and name and name not in parent:
            parent[name] = value
    return data
