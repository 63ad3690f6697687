"""Answers -> the request's data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

FOUND = "ask.found_group"
"""The group that was found from the plain questions and accepted: it is what the request says."""
REPAIRS = "ask.repairs"
"""Fields that a repair sets over what was answered."""


def request_data(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the request that the answers make, as far as they go.

    An answer None leaves its field out. The group that was found and accepted stands in the request by its name;
    until then the answers about transformations stand for it.
    """
    from equidesign.spec.request import UNKNOWN

    data: dict[str, Any] = {"version": 1, "name": answers.get("name") or default_name(answers)}
    for name, value in answers.items():
        if name.startswith("ask.") or name == "name" or value is None or value == "":
            continue
        _put(data, name.split("."), value)
    repairs = answers.get(REPAIRS) or {}
    for path, value in repairs.items():
        _put(data, path.split("."), value)
    symmetry = data.setdefault("symmetry", {})
    if FOUND in answers:  # accepted, or another one is named
        symmetry.pop("transformations", None)
    if accepted := answers.get(FOUND):
        symmetry["group"] = repairs.get("symmetry.group", accepted)
    elif "group" not in symmetry:
        symmetry["group"] = UNKNOWN
    _about_task(data.get("task", {}))
    if written := _representation(answers, str(symmetry["group"])):
        data["task"]["representation"] = written
    order = ("version", "name", "description", "symmetry", "data", "task", "constraints")
    return {key: data[key] for key in order if key in data}


def fields_of(kept: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return those answers whose fields exist in the domain and the task that were answered."""
    if not kept:
        return {}
    from equidesign.spec.models import CHOICES

    found = {}
    for name, value in kept.items():
        section, _, key = name.partition(".")
        if section in CHOICES:
            tag, models = CHOICES[section]
            model = models.get(str(answers.get(f"{section}.{tag}")))
            if model is None or key not in model.model_fields:
                continue
        found[name] = value
    return found


def _about_task(task: dict[str, Any]) -> None:
    """A question about classes takes a number or names."""
    classes = task.get("classes")
    if isinstance(classes, tuple | list):
        task["class_names"], task["classes"] = list(classes), len(classes)
    if isinstance(task.get("targets"), tuple):
        task["targets"] = list(task["targets"])


def _put(data: dict[str, Any], keys: list[str], value: Any) -> None:
    for key in keys[:-1]:
        data = data.setdefault(key, {})
    if value is None:
        data.pop(keys[-1], None)
    else:
        data[keys[-1]] = list(value) if isinstance(value, tuple) else value


def default_name(answers: Mapping[str, Any]) -> str:
    """Return a name for files and titles, from what is known."""
    domain = str(answers.get("data.domain", "data")).replace("_", "-")
    task = {
        "force_prediction": "forces",
        "pose_estimation": "pose",
        "classification": "classes",
        "segmentation": "segments",
        "generation": "generator",
    }.get(str(answers.get("task.type")), "regression")
    targets = answers.get("task.targets")
    if isinstance(targets, tuple | list) and len(targets) == 1:
        word = "".join(c if c.isalnum() else "-" for c in str(targets[0]).lower()).strip("-")
        task = word if word[:1].isalpha() and word.isascii() else task
    return f"{domain}-{task}"[:60].rstrip("-")


def _representation(answers: Mapping[str, Any], group: str) -> str | None:
    """Return the shape of an answer (arrow, axis, matrix) in the words of the group; None for plain numbers."""
    from equidesign.errors import EquidesignError
    from equidesign.groups.irreps import vector
    from equidesign.groups.names import parse_group
    from equidesign.spec.request import UNKNOWN

    shape = answers.get("ask.shape")
    flat = answers.get("data.domain") == "images" or answers.get("data.dimension") == 2
    if shape in (None, "scalar") or (group == UNKNOWN and flat):
        return None
    try:
        point = parse_group("O(3)" if group == UNKNOWN else group).point_group
        if (
            not flat and point.n == 2
        ):  # an axis of space is kept: features are those of all rotations
            point = parse_group("O(3)" if point.reflections else "SO(3)").point_group
        if shape == "vector":
            return str(vector(point)) if point.order != 1 else None
    except EquidesignError:
        return None
    odd = point.reflections
    return {"axial": "1x1e" if odd else "1x1", "tensor": "1x0e + 1x2e" if odd else "1x0 + 1x2"}[
        str(shape)
    ]
