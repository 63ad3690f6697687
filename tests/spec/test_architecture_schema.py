"""The schema of architecture.yaml accepts what design writes and refuses what render would."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from equidesign.design.pipeline import design_architecture
from equidesign.errors import InputError
from equidesign.render.architecture import architecture_yaml
from equidesign.spec.loading import parse_specification
from equidesign.spec.request import request_from_data
from equidesign.spec.schema import architecture_schema
from equidesign.spec.yamlio import load_text

REQUEST = {
    "name": "forces",
    "symmetry": {"group": "E(3) x S_n"},
    "data": {"domain": "molecules"},
    "task": {"type": "force_prediction"},
}


@pytest.fixture(scope="module")
def text() -> str:
    return architecture_yaml(design_architecture(request_from_data(REQUEST)).specification)


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    schema = architecture_schema()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def test_accepts_what_design_writes(text: str, validator: Draft202012Validator) -> None:
    validator.validate(load_text(text, "a").data)


def test_round_trip(text: str) -> None:
    spec = parse_specification(load_text(text, "a"))
    assert architecture_yaml(spec) == text


WRONG: list[tuple[tuple[Any, ...], Any]] = [
    (("layers", 0, "in", "space"), "atomz"),
    (("layers", 0, "name"), "Not a name"),
    (("layers", 0, "parameters"), -1),
    (("topology", "pattern"), "spiral"),
    (("symmetry", "type"), "both"),
    (("name",), "../../x"),
    (("request", "data", "domain"), "molecule"),
    (("request", "task", "type"), "forces"),
    (("extra",), 1),
    (("layers", 0, "colour"), "red"),
]


@pytest.mark.parametrize(("path", "value"), WRONG, ids=lambda item: str(item)[:40])
def test_refuses(
    text: str, validator: Draft202012Validator, path: tuple[Any, ...], value: Any
) -> None:
    document = load_text(text, "architecture.yaml")
    data = copy.deepcopy(document.data)
    place = data
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert not validator.is_valid(data)
    from equidesign.spec.yamlio import dump

    with pytest.raises(InputError) as error:
        parse_specification(load_text(dump(data), "architecture.yaml"))
    assert "architecture.yaml:" in str(error.value)
