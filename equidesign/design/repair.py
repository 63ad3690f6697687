"""The nearest legal request: every refusal of a design names one, and it has been tried."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from equidesign.design.rules.groups import domain_key, nearest_groups
from equidesign.errors import EquidesignError, InputError
from equidesign.spec.request import Request, request_from_data

MAX_TRIES = 400
SCALARS: dict[str, Any] = {"type": "regression"}
SUBSTITUTES: dict[str, tuple[dict[str, Any], ...]] = {
    "force_prediction": ({"type": "regression", "per": "point"}, SCALARS),
    "pose_estimation": (SCALARS,),
    "generation": (SCALARS,),
    "segmentation": ({"type": "regression", "per": "point"}, SCALARS),
    "regression": ({"type": "regression", "per": "point"}, SCALARS),
    "classification": (SCALARS,),
}
"""What to ask for instead of a task that a domain does not have, nearest first."""


def patched(request: Request, repair: Mapping[str, Any]) -> Request:
    """Return the request with dotted fields set; None leaves a field out.

    Raises:
        InputError: the result is not a request.
    """
    data = request.to_data()
    for path, value in repair.items():
        keys = path.split(".")
        place = data
        for key in keys[:-1]:
            place = place.setdefault(key, {})
        if value is None:
            place.pop(keys[-1], None)
        else:
            place[keys[-1]] = value
    return request_from_data(data)


def is_legal(request: Request) -> bool:
    """Tell whether a design exists for the request (its budgets aside)."""
    from equidesign.design.rules.engine import choose
    from equidesign.design.understand import resolve

    try:
        choose(resolve(request)[0])
    except EquidesignError:
        return False
    return True


def with_repair(request: Request, error: InputError) -> InputError:
    """Return the error with the nearest legal request, as data and in its hint."""
    for candidate in _first(_candidates(request, error.repair)):
        repair = _needed(request, candidate)
        try:
            fixed = patched(request, repair)
        except EquidesignError:
            continue
        if is_legal(fixed):
            said = repair_text(repair)
            hint = f"{error.hint}; {said}" if error.hint else said
            return InputError(
                error.what, where=error.where, expected=error.expected, hint=hint, repair=repair
            )
    return error


def _needed(request: Request, repair: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what would drop fields that are not there."""
    data = request.to_data()
    return {
        path: value
        for path, value in repair.items()
        if value is not None or _holds_field(data, path.split("."))
    }


def _holds_field(data: Any, keys: list[str]) -> bool:
    for key in keys:
        if not isinstance(data, Mapping) or key not in data:
            return False
        data = data[key]
    return True


def repair_text(repair: Mapping[str, Any]) -> str:
    """Return the repair as words."""
    drop = [f"`{path}`" for path, value in repair.items() if value is None]
    keep = [f"`{path}: {_plain(value)}`" for path, value in repair.items() if value is not None]
    said = [f"write {' and '.join(keep)}"] if keep else []
    said += [f"leave out {' and '.join(drop)}"] if drop else []
    return ", ".join(said)


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_plain(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_plain, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _first(candidates: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for count, candidate in enumerate(candidates):
        if count >= MAX_TRIES:
            return
        yield candidate


def _candidates(request: Request, wished: Mapping[str, Any] | None) -> Iterator[dict[str, Any]]:
    """Yield changes, the smallest first: the wished one, then group and task, then the domain."""
    free = _without_wishes(request)
    if wished:
        yield from _around(request, dict(wished))
        yield from _around(request, dict(wished) | free)
    yield from _around(request, {})
    yield from _around(request, free)
    # Only cells of crystals are under stress.
    task: Any = request.task
    stress = {"task.stress": None} if getattr(task, "stress", False) else {}
    for data in _domains(request):
        yield from _around(request, {"data": data} | stress)
        yield from _around(request, {"data": data} | stress | free)


def _without_wishes(request: Request) -> dict[str, Any]:
    """Return the change that drops what is asked for by name, nothing when nothing is."""
    wishes = request.constraints
    names = ("family", "library", "framework", "acceleration")
    fields = type(wishes).model_fields
    return {
        f"constraints.{name}": None
        for name in names
        if getattr(wishes, name) != fields[name].default
    }


def _around(request: Request, base: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a change, alone and together with other groups and tasks."""
    try:
        changed = patched(request, base)
    except EquidesignError:
        return
    key = domain_key(changed)
    written = changed.symmetry.group
    groups = [{"symmetry.group": name} for name in nearest_groups(written, key)] if key else []
    tasks = [{"task": task} for task in SUBSTITUTES[changed.task.type]]
    yield from ([base] if base else [])
    yield from (base | group for group in groups)
    yield from (base | task for task in tasks)
    yield from (base | group | task for group in groups for task in tasks)


def _domains(request: Request) -> Iterator[dict[str, Any]]:
    data: Any = request.data
    domain = data.domain
    if domain == "volumes":
        yield {"domain": "images", "channels": data.channels, "size": list(data.size[1:])}
    if domain == "sequences":
        yield {"domain": "graphs", "node_features": data.channels, "nodes": data.length}
    if domain == "tables":
        yield {"domain": "sets", "features": data.features, "size": data.size[0]}
    if domain == "crystals":
        yield {"domain": "molecules", "species": list(data.species)}
    if domain == "graphs":
        yield {"domain": "molecules"}
    yield {"domain": "point_clouds"}
    yield {"domain": "sets"}
    yield {"domain": "images"}
