"""Valid requests: every domain with every task, defaults, normal forms, and the echo."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from equidesign.errors import InputError
from equidesign.spec.domains import DOMAINS
from equidesign.spec.elements import NUMBERS, SYMBOLS
from equidesign.spec.request import Request, load_request, request_from_data
from equidesign.spec.schema import request_schema
from equidesign.spec.tasks import TASKS
from equidesign.spec.yamlio import dump, load_file


def _request(data: dict[str, Any], task: dict[str, Any] | None = None, **more: Any) -> Request:
    task = task or {"type": "regression"}
    base = {"name": "a", "symmetry": {"group": "trivial"}, "data": data, "task": task}
    return request_from_data({**base, **more})


def test_valid_requests_load_and_echo(valid: dict[str, Any], tmp_path: Path) -> None:
    request = request_from_data(valid)
    echo = request.to_data()
    assert list(echo)[:3] == ["version", "name", "symmetry"]
    assert next(iter(echo["data"])) == "domain"
    assert request_from_data(echo) == request
    assert request_from_data(echo).to_data() == echo
    file = tmp_path / "request.yaml"
    file.write_text(dump(echo), "utf-8")
    assert load_request(file) == request
    assert hash(request) == hash(load_request(file))


DEFAULTS: dict[str, dict[str, Any]] = {
    "images": {"channels": 1, "size": (28, 28), "input": "scalar"},
    "volumes": {"channels": 1, "size": (32, 32, 32)},
    "sphere": {"channels": 1, "bandwidth": 16},
    "point_clouds": {
        "dimension": 3,
        "features": 0,
        "points": 256,
        "cutoff": None,
        "neighbours": 16,
    },
    "molecules": {"species": (1, 6, 7, 8, 9), "cutoff": 5.0, "neighbours": 16, "features": 0},
    "crystals": {
        "species": (1, 6, 7, 8, 9),
        "cutoff": 5.0,
        "neighbours": 16,
        "features": 0,
        "periodic": True,
    },
    "sets": {"features": 1, "size": 32},
    "graphs": {"node_features": 1, "edge_features": 0, "directed": False, "nodes": 32},
    "tables": {
        "axes": ("rows", "columns"),
        "features": 1,
        "size": (32, 32),
        "observed_mask": True,
    },
    "sequences": {"channels": 1, "length": 128, "periodic": True},
    "vectors": {"representation": "V", "generators": None},
}


@pytest.mark.parametrize("domain", DOMAINS)
def test_fields_and_defaults_of_domains(domain: str) -> None:
    given = {"representation": "V"} if domain == "vectors" else {}
    fields = dict(_request({"domain": domain, **given}).data)
    common = {"domain": domain, "samples": None, "preferred_axis": None, "notes": ""}
    assert fields == {**DEFAULTS[domain], **common}


def test_fields_and_defaults_of_tasks() -> None:
    defaults: dict[str, dict[str, Any]] = {
        "classification": {"classes": 5, "class_names": None},
        "regression": {"targets": 1, "representation": None, "per": None},
        "segmentation": {"classes": 5},
        "force_prediction": {"conservative": True, "energy": True, "stress": False},
        "pose_estimation": {"translation": True},
        "generation": {"objective": None},
    }
    assert set(defaults) == set(TASKS)
    for name, fields in defaults.items():
        needed = {"classes": 5} if "classes" in fields else {}
        assert dict(_request({"domain": "images"}, {"type": name, **needed}).task) == {
            "type": name,
            **fields,
        }


def test_normal_forms() -> None:
    molecules = _request({"domain": "molecules", "species": ["No", 8, "H", 1, "O"], "cutoff": 4})
    assert molecules.to_data()["data"] == {
        "domain": "molecules",
        "species": [1, 8, 102],
        "cutoff": 4.0,
    }
    images = _request({"domain": "images", "size": 8}, {"type": "regression", "targets": "energy"})
    assert images.to_data()["data"]["size"] == [8, 8]
    assert images.to_data()["task"]["targets"] == ["energy"]
    names = {"type": "classification", "class_names": ["a", "b", "c"]}
    assert _request({"domain": "sets"}, names).to_data()["task"]["classes"] == 3


def test_empty_sections_are_left_out(tmp_path: Path) -> None:
    file = tmp_path / "r.yaml"
    file.write_text(
        "name: a\ndescription:\nsymmetry:\n  group: C4\n  transformations:\n"
        "data: {domain: sets, notes: , samples: }\ntask: {type: regression, representation: }\n"
        "constraints:\n"
    )
    request = load_request(file)
    assert request == _request({"domain": "sets"}, symmetry={"group": "C4"})
    assert set(request.to_data()) == {"version", "name", "symmetry", "data", "task"}
    assert Draft202012Validator(request_schema()).is_valid(load_file(file).data)


def test_elements() -> None:
    assert len(SYMBOLS) == len(set(SYMBOLS)) == 118
    known = {"H": 1, "Ne": 10, "Fe": 26, "Ag": 47, "La": 57, "Lu": 71, "Au": 79, "U": 92, "Og": 118}
    assert {symbol: NUMBERS[symbol] for symbol in known} == known


def test_words_that_yaml_1_1_takes_for_booleans(tmp_path: Path) -> None:
    file = tmp_path / "r.yaml"
    file.write_text(
        "name: on\nsymmetry: {group: C4}\ndata: {domain: molecules, species: [N, No, Y]}\n"
        "task: {type: classification, class_names: [yes, no, off]}\n"
    )
    request = load_request(file)
    echo = request.to_data()
    assert request.name == "on"
    assert echo["data"]["species"] == [7, 39, 102]
    assert echo["task"]["class_names"] == ["yes", "no", "off"]


def test_custom_groups_keep_their_generators() -> None:
    turn, mirror = [[0, -1], [1, 0]], [[1, 0], [0, -1]]
    generators = {"lie_algebra": [turn], "discrete": [mirror]}
    data = {"domain": "vectors", "representation": "2xV", "generators": generators}
    request = _request(data, symmetry={"group": "custom"})
    assert request.to_data()["data"]["generators"] == generators
    assert request_from_data(request.to_data()) == request


def test_requests_are_frozen() -> None:
    request = _request({"domain": "sets"})
    with pytest.raises(ValidationError, match="frozen"):
        request.name = "b"  # type: ignore[misc]


def test_spec_is_light() -> None:
    code = (
        "import sys, equidesign.spec.request, equidesign.spec.schema, equidesign.spec.overrides\n"
        "heavy = {'torch', 'numpy', 'jsonschema', 'rich', 'typer', 'jinja2'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


FIELDS = ["version", "name", "description", "symmetry", "data", "task", "constraints", "group"]
FIELDS += ["transformations", "domain", "type", "classes", "class_names", "size", "species"]
FIELDS += ["features", "generators", "discrete", "targets", "rotation", "cutoff", "periodic", "at"]
WORDS = [
    *DOMAINS,
    *TASKS,
    "C4",
    "unknown",
    "custom",
    "E(3) x S_n",
    "x",
    "H",
    "1x0e",
    "yes",
    "{what}",
]
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
    | st.sampled_from(WORDS) | st.just(10**400),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


def _mutated(valid: dict[str, Any], path: tuple[str, ...], value: Any) -> dict[str, Any]:
    if not path or not isinstance(valid, dict):
        return value  # type: ignore[no-any-return]
    return {**valid, path[0]: _mutated(valid.get(path[0], {}), path[1:], value)}


VALIDATOR = Draft202012Validator(request_schema())
PATHS = [
    (),
    *((name,) for name in FIELDS[:7]),
    ("symmetry", "group"),
    ("symmetry", "transformations"),
    ("symmetry", "transformations", "rotation"),
    ("data", "domain"),
    *(("data", name) for name in ["size", "species", "features", "cutoff", "generators", "odd"]),
    ("data", "generators", "discrete"),
    ("task", "type"),
    *(("task", name) for name in ["classes", "class_names", "targets", "per", "odd"]),
    ("constraints", "max_parameters"),
]


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(PATHS),
    JUNK,
    st.sampled_from(list(DOMAINS)),
    st.sampled_from(list(TASKS)),
)
def test_any_structure(path: tuple[str, ...], junk: Any, domain: str, task: str) -> None:
    base = {
        "name": "a",
        "symmetry": {"group": "C4"},
        "data": {"domain": domain},
        "task": {"type": task},
    }
    try:
        request = request_from_data(_mutated(base, path, junk))
    except InputError as error:
        message = str(error)
    else:
        message = "request"
        assert request_from_data(request.to_data()) == request
        assert VALIDATOR.is_valid(request.to_data())
    assert message.startswith("request")
