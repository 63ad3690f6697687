"""Models: which fields a file may have at a path, and where else a field of some name is at home."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, get_args

from equidesign.spec.domains import DOMAINS, DomainData
from equidesign.spec.fields import RequestModel
from equidesign.spec.tasks import TASKS
from equidesign.spec.yamlio import KeyPath, dotted

Model = type[RequestModel]

CHOICES: Mapping[str, tuple[str, Mapping[str, Model]]] = {
    "data": ("domain", DOMAINS),
    "task": ("type", TASKS),
}
"""Parts whose fields depend on one of them: the name of that one, and the models to choose from."""


def model_at(root: Model, data: Any, path: KeyPath) -> Model | None:
    """Return the model of the fields at ``path`` as chosen in ``data``; None if it is open."""
    model: Model | None = root
    for depth, step in enumerate(path):
        if isinstance(step, int) and depth:
            continue  # an item of a list: the model is that of the items
        name = _field_name(model, step) if model else None
        if model is None or name is None:
            return None
        if depth == 0 and name in CHOICES and "data" in root.model_fields:
            tag, models = CHOICES[name]
            part = data.get(step) if isinstance(data, dict) else None
            chosen = part.get(tag) if isinstance(part, dict) else None
            model = models.get(chosen) if isinstance(chosen, str) else None
        else:
            model = next(models_in(model.model_fields[name].annotation), None)
    return model


def _field_name(model: Model, key: str | int) -> str | None:
    """Return the attribute that the key of a file stands for."""
    for name, field in model.model_fields.items():
        if key == (field.alias or name):
            return name
    return None


@lru_cache
def field_names(model: Model) -> tuple[str, ...]:
    """Return the fields of a model, the one that chooses it first, those of every domain last."""
    common = set(DomainData.model_fields)
    names = [field.alias or name for name, field in model.model_fields.items()]
    first = [name for name in names if name in ("domain", "type")]
    last = [name for name in names if name in common and issubclass(model, tuple(DOMAINS.values()))]
    rest = [name for name in names if name not in first and name not in last]
    return (*first, *rest, *last)


def models_in(annotation: Any) -> Iterator[Model]:
    """Yield the models that a type is made of."""
    if isinstance(annotation, type) and issubclass(annotation, RequestModel):
        yield annotation
    for argument in get_args(annotation):
        yield from models_in(argument)


def homes_of(root: Model, key: str) -> list[str]:
    """Return the parts of a request that have a field of this name."""
    return [*_homes(root).get(key, ())]


@lru_cache
def _homes(root: Model) -> Mapping[str, list[str]]:
    parts: list[tuple[str, Model]] = [(f"domain {name}", each) for name, each in DOMAINS.items()]
    parts += [(f"task {name}", each) for name, each in TASKS.items()]
    for name, field in root.model_fields.items():
        for model in () if name in CHOICES else models_in(field.annotation):
            parts.append((f"'{name}'", model))
            for inner, below in model.model_fields.items():
                parts += [(f"'{name}.{inner}'", part) for part in models_in(below.annotation)]
    homes: dict[str, list[str]] = {}
    for home, model in (*parts, ("the request itself", root)):
        for key in model.model_fields:
            homes.setdefault(key, []).append(home)
    for found in homes.values():
        if all(f"domain {name}" in found for name in DOMAINS):
            found[: len(DOMAINS)] = ["'data', for every domain"]
    return homes


def name_of(path: KeyPath, model: Model | None) -> str:
    """Return what a part of a file is called in messages."""
    if not path:
        return "the request"
    if len(path) == 1 and path[0] in CHOICES and model is not None:
        tag, models = CHOICES[str(path[0])]
        chosen = next((name for name, each in models.items() if each is model), "")
        return f"{'domain' if tag == 'domain' else 'task'} {chosen}"
    return f"'{dotted(path)}'"
