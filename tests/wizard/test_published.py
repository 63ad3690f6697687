"""Answering the plain questions truthfully leads to the group that a published problem used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from equidesign.design.rules.groups import normal_group
from equidesign.groups.group import Group
from equidesign.groups.names import parse_group
from equidesign.spec.request import UNKNOWN, request_from_data
from equidesign.wizard.flow import Flow
from equidesign.wizard.question import Question
from equidesign.wizard.request_data import FOUND
from equidesign.wizard.stages.symmetry import DIRECTIONS, KNOWS
from equidesign.wizard.start import flow_from
from equidesign.wizard.view import REPAIR, TRANSFORMATIONS, key

ADVICE = Path(__file__).parents[1] / "design" / "advice.yaml"
CASES: list[dict[str, Any]] = [
    case
    for case in yaml.safe_load(ADVICE.read_text(encoding="utf-8"))
    if "refuses" not in case["expect"]
]


def paper_group(case: dict[str, Any], flow: Flow) -> Group:
    """Return the group that the paper used, as design names it on the domain."""
    named = case["expect"].get("group") or case["request"]["symmetry"]["group"]
    return normal_group(parse_group(named), key(flow.view)).group


def without_symmetry(request: dict[str, Any]) -> dict[str, Any]:
    """Return what a person knows before the symmetry is asked about: the data and the task."""
    data = {k: v for k, v in request["data"].items() if k != "preferred_axis"}
    return {"data": data, "task": request["task"]}


def truth(question: Question, group: Group, domain: str) -> Any:
    """Return the true answer of somebody whose data have the symmetry of a group."""
    name = question.id.removeprefix(TRANSFORMATIONS)
    point = group.point_group
    known = [each.value for each in question.options]
    # The answer that a sample's own motion brings comes first: forces turn along, energies stay.
    moves = next((value for value in known if value in ("invariant", "equivariant")), None)
    continuous = point.kind in ("SO", "O")
    if question.id == KNOWS:
        return False
    if question.id == DIRECTIONS.id:
        return "every" if continuous else point.n
    if name == "rotation":
        by_steps = point.kind in ("cyclic", "dihedral") and point.n not in (1, 2, 4)
        return moves if continuous or by_steps else "none"
    if name in ("rotation_90", "rotation_180"):
        return moves if point.n == {"rotation_90": 4, "rotation_180": 2}[name] else "none"
    if name == "reflection":
        return moves if point.reflections else "none"
    if name == "preferred_axis":
        return domain in ("point_clouds", "molecules", "sphere") and point.n == 2
    if name == "translation":
        return moves if group.translations else "none"
    if name == "permutation":
        return "invariant"
    return None


def asked(case: dict[str, Any]) -> Flow:
    """Answer what the flow asks, until it has found a group."""
    flow = flow_from(without_symmetry(case["request"]))
    group = paper_group(case, flow)
    seen = []
    while (question := flow.question) is not None and question.id != FOUND:
        seen.append(question.id)
        assert question.id != REPAIR, question.picture
        assert len(seen) < 40, seen
        value = truth(question, group, flow.view.domain)
        flow, _ = flow.answer(question.parse("") if value is None else value)
    return flow


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_truthful_answers_lead_to_the_papers_group(case: dict[str, Any]) -> None:
    flow = asked(case)
    group = paper_group(case, flow)
    assert flow.question is not None
    found = parse_group(flow.question.default)
    # That atoms and points have no order is asked of everybody, and few papers write it into the group.
    assert found.geometric == group.geometric or found == group
    assert flow.question.picture, "what followed from which answer is shown"


def test_there_are_enough_of_them() -> None:
    assert len(CASES) >= 60


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_a_published_request_comes_out_as_it_went_in(case: dict[str, Any]) -> None:
    wanted = request_from_data({"name": "given", **case["request"]})
    flow = flow_from(wanted.to_data())
    while (question := flow.question) is not None:
        flow, _ = flow.answer(question.default if question.options else question.parse(""))
    made = request_from_data(flow.data)
    assert (made.name, made.constraints) == (wanted.name, wanted.constraints)
    # A preferred axis that is only one of the transformations gets its usual coordinate.
    axis = {"preferred_axis": made.data.preferred_axis}
    assert made.data == wanted.data.model_copy(update=axis)
    # What the task leaves open is answered: one number for the sample, or one for every point.
    written = case["request"]["task"].keys()
    assert made.task.model_dump(include=written) == wanted.task.model_dump(include=written)
    if wanted.symmetry.group != UNKNOWN:
        assert made.symmetry == wanted.symmetry
