"""The JSON Schema of requests: valid itself, and of one mind with the models."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from equidesign.errors import InputError
from equidesign.resources import data_dir
from equidesign.spec.domains import DOMAINS
from equidesign.spec.request import load_request, request_from_data
from equidesign.spec.schema import request_schema
from equidesign.spec.tasks import TASKS
from equidesign.spec.yamlio import load_file

VALIDATOR = Draft202012Validator(request_schema())


def test_is_a_valid_schema() -> None:
    schema = request_schema()
    Draft202012Validator.check_schema(schema)
    assert json.loads(json.dumps(schema)) == schema
    assert schema == request_schema()


def test_valid_requests_satisfy_it(valid: dict[str, Any]) -> None:
    assert list(VALIDATOR.iter_errors(valid)) == []
    assert list(VALIDATOR.iter_errors(request_from_data(valid).to_data())) == []


EXAMPLES = sorted(data_dir("examples").glob("*/request.yaml"))


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.parent.name)
def test_examples_satisfy_both(file: Path) -> None:
    assert load_request(file).to_data()
    assert list(VALIDATOR.iter_errors(load_file(file).data)) == []


def _objects(schema: Any) -> list[dict[str, Any]]:
    children = schema.values() if isinstance(schema, dict) else schema
    if not isinstance(schema, dict | list):
        return []
    own = [schema] if isinstance(schema, dict) and schema.get("type") == "object" else []
    return own + [each for child in children for each in _objects(child)]


def test_every_object_is_closed_and_every_field_described() -> None:
    objects = _objects(request_schema())
    assert len(objects) >= 1 + len(DOMAINS) + len(TASKS)
    for each in objects:
        assert each["additionalProperties"] is False
        for name, field in each["properties"].items():
            assert len(field.get("description", "")) > 5, (each["title"], name)


def test_parts_are_chosen_by_domain_and_type() -> None:
    properties = request_schema()["properties"]
    assert set(properties["data"]["discriminator"]["mapping"]) == set(DOMAINS)
    assert set(properties["task"]["discriminator"]["mapping"]) == set(TASKS)


VALID = {
    "name": "a",
    "symmetry": {"group": "C4"},
    "data": {"domain": "images"},
    "task": {"type": "classification", "classes": 3},
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("name",), "../x"),
        (("name",), "A"),
        (("version",), 2),
        (("odd",), 1),
        (("data", "domain"), "image"),
        (("data", "bandwidth"), 8),
        (("data", "channels"), 0),
        (("data", "channels"), "3"),
        (("data", "channels"), True),
        (("data", "size"), [28]),
        (("data", "size"), [28, 0]),
        (("data", "preferred_axis"), "w"),
        (("task", "type"), "classify"),
        (("task",), {"type": "classification"}),
        (("task",), {"type": "force_prediction", "conservative": "yes"}),
        (("task", "class_names"), ["a", "a"]),
        (("symmetry", "group"), "unknown"),
        (("symmetry", "group"), 4),
        (("symmetry", "transformations"), {"rotation": "no"}),
        (("constraints",), {"priority": "fast"}),
        (("constraints",), {"max_memory_mb": 0}),
        (("data",), {"domain": "molecules", "species": []}),
        (("data",), {"domain": "molecules", "species": ["Xx"]}),
        (("data",), {"domain": "vectors"}),
    ],
    ids=str,
)
def test_refuses_what_the_models_refuse(path: tuple[str, ...], value: Any) -> None:
    wrong: Any = copy.deepcopy(VALID)
    assert VALIDATOR.is_valid(wrong)
    part = wrong
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value
    assert not VALIDATOR.is_valid(wrong)
    with pytest.raises(InputError):
        request_from_data(wrong)
