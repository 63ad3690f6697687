"""Tags: the task and the domain of a request, which say what fields it has; one wrong word makes all of them wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from equidesign.errors import EquidesignError
from equidesign.lint.bundle import Bundle
from equidesign.lint.candidates import Change
from equidesign.spec.domains import DOMAINS
from equidesign.spec.loading import ARCHITECTURE
from equidesign.spec.request import Request, request_from_data
from equidesign.spec.tasks import TASKS
from equidesign.spec.yamlio import load_text

_TAGS = (("task", "type", "task", TASKS), ("data", "domain", "domain", DOMAINS))


def other_tags(request: Mapping[str, Any], around: Mapping[str, Any]) -> Iterator[Change]:
    """Yield the task and the domain that the rest of a specification speaks for, where the request has another.

    Args:
        request: the request as plain data.
        around: the specification that was made of it, as plain data.
    """
    for section, tag, top, known in _TAGS:
        part, implied = request.get(section), around.get(top)
        written = part.get(tag) if isinstance(part, Mapping) else None
        if not (isinstance(written, str) and isinstance(implied, str)) or written == implied:
            continue
        if written in known and implied in known:
            yield (section, tag), implied


def architecture_beside(bundle: Bundle | None) -> Mapping[str, Any]:
    """Return the specification of a bundle as plain data, nothing if it can't be read."""
    text = bundle.texts.get(ARCHITECTURE) if bundle else None
    if text is None:
        return {}
    try:
        data = load_text(text, ARCHITECTURE).data
    except EquidesignError:
        return {}
    return data if isinstance(data, Mapping) else {}


def request_beside(bundle: Bundle | None) -> Request | None:
    """Return the request that the specification of a bundle was designed for, None if it can't be read."""
    data = architecture_beside(bundle).get("request")
    try:
        return request_from_data(data) if isinstance(data, dict) else None
    except EquidesignError:
        return None
