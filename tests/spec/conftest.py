"""Requests as data, shared by the tests of the models and of the schema."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import pytest

from equidesign.spec.yamlio import load_file

PARTS = load_file(Path(__file__).parent / "minimal.yaml").data


def request_of(data: Any, task: Any, symmetry: Any, constraints: Any) -> dict[str, Any]:
    return {
        "version": 1,
        "name": "some-name",
        "symmetry": symmetry,
        "data": data,
        "task": task,
        "constraints": constraints,
    }


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "valid" not in metafunc.fixturenames:
        return
    domains, tasks = PARTS["domains"], PARTS["tasks"]
    first = (PARTS["symmetries"][0], PARTS["constraints"][0])
    cases = [
        request_of(data, task, *first)
        for data, task in product(domains["minimal"], tasks["minimal"])
    ]
    cases += [request_of(data, tasks["minimal"][0], *first) for data in domains["full"]]
    cases += [request_of(domains["minimal"][0], task, *first) for task in tasks["full"]]
    cases += [
        request_of(domains["full"][4], tasks["minimal"][3], symmetry, constraints)
        for symmetry, constraints in product(PARTS["symmetries"], PARTS["constraints"])
    ]
    ids = [f"{index}-{x['data']['domain']}-{x['task']['type']}" for index, x in enumerate(cases)]
    metafunc.parametrize("valid", cases, ids=ids)
