"""Values set from the command line: ``--set task.classes=3``."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from equidesign.errors import InputError
from equidesign.spec.models import CHOICES, model_at
from equidesign.spec.problems import unknown_field
from equidesign.spec.request import Request
from equidesign.spec.yamlio import Document, KeyPath, dotted, load_value

_MAX_SHOWN = 60


def apply_overrides(data: Mapping[str, Any], overrides: Iterable[str]) -> dict[str, Any]:
    """Return a copy of a request's data with values replaced.

    Args:
        data: the data of a request, as dictionaries.
        overrides: texts such as ``task.classes=3``; the value is YAML; later ones win.

    Raises:
        InputError: not of that form, the value is not YAML, or no such field (with the nearest).

    >>> apply_overrides({"task": {"type": "segmentation"}}, ["task.classes=3"])
    {'task': {'type': 'segmentation', 'classes': 3}}
    """
    changed = copy.deepcopy(dict(data))
    for text in overrides:
        _apply(changed, text)
    return changed


def override_document(document: Document, overrides: Iterable[str]) -> Document:
    """Return the document with values replaced; messages about them name the ``--set`` option."""
    texts = list(overrides)
    if not isinstance(document.data, dict):
        return document
    data = apply_overrides(document.data, texts)
    places = {_split(text)[0]: _place(text) for text in texts}
    return replace(document, data=data, overrides={**document.overrides, **places})


def _apply(data: dict[str, Any], text: str) -> None:
    path, raw = _split(text)
    target: Any = data
    for depth, key in enumerate(path):
        parent = path[:depth]
        if not isinstance(target, dict):
            raise InputError(
                f"'{dotted(parent)}' is not a mapping, so '{key}' cannot be set in it",
                where=_place(text),
                hint=f"set it as a whole: --set '{dotted(parent)}=...'",
            )
        model = model_at(Request, data, parent)
        if model is not None and key not in model.model_fields:
            raise unknown_field(Request, data, path[: depth + 1], _place(text))
        if depth == len(path) - 1:
            target[str(key)] = load_value(raw, _place(text))
        else:
            target = target.setdefault(str(key), {})
            if target is None:
                raise InputError(f"'{dotted(path[: depth + 1])}' is empty", where=_place(text))


def _split(text: str) -> tuple[KeyPath, str]:
    name, equals, raw = text.partition("=")
    path: KeyPath = tuple(part.strip() for part in name.split("."))
    if not equals or not all(path):
        sections = ", ".join(CHOICES)
        raise InputError(
            "not of the form key=value",
            where=_place(text),
            expected="for example task.classes=3",
            hint=f"fields of {sections} and the like are written section.field=value",
        )
    return path, raw.strip()


def _place(text: str) -> str:
    return f"--set {text if len(text) <= _MAX_SHOWN else text[: _MAX_SHOWN - 3] + '...'}"
