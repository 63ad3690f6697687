"""Published problems: the design advises what the literature did."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from equidesign.design.repair import patched
from equidesign.design.rules.engine import choose_family
from equidesign.design.understand import understand
from equidesign.errors import InputError
from equidesign.spec.request import request_from_data

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "advice.yaml").read_text(encoding="utf-8")
)


def test_every_case_names_its_source() -> None:
    assert len({case["id"] for case in CASES}) == len(CASES) >= 60
    assert all(case["cite"] for case in CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_published(case: dict[str, Any]) -> None:
    expect = case["expect"]
    request = request_from_data({"name": case["id"], **case["request"]})
    if "refuses" in expect:
        with pytest.raises(InputError) as caught:
            understand(request)
        repair = caught.value.repair
        assert repair is not None
        assert expect["refuses"].items() <= repair.items() or repair == expect.get("or_refuses")
        choose_family(understand(patched(request, repair))[0])
        return
    problem, decision = understand(request)
    choice = choose_family(problem)
    codes = [warning.code for warning in (*problem.warnings, *choice.warnings)]
    if "group" in expect:
        assert problem.group.name == expect["group"], decision.why
    if "family" in expect:
        assert choice.family in expect["family"]
    target = problem.targets[0]
    if "rep" in expect:
        assert str(target.rep) == expect["rep"]
    if "per" in expect:
        assert target.per_sample == (expect["per"] == "sample")
    if "extensive" in expect:
        assert target.extensive == expect["extensive"]
    assert set(expect.get("warns", ())) <= set(codes), codes
    if expect.get("silent"):
        assert not codes
    if case["request"]["symmetry"]["group"] == "unknown":
        assert decision.rule == "from-transformations"
        assert ": " in decision.why
