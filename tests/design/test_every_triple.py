"""Every group on every domain for every task: one winner, or a refusal whose repair is legal."""

from __future__ import annotations

from typing import Any

import pytest

from equidesign.design.repair import patched
from equidesign.design.rules.engine import choose_family, legal_rules, rules_table
from equidesign.design.understand import understand
from equidesign.errors import InputError
from equidesign.groups.names import known_groups
from equidesign.spec.domains import DOMAINS
from equidesign.spec.request import Request, request_from_data

MORE_GROUPS = ("C5", "C7", "C9", "C12", "C17", "C64", "D5", "D7", "D9", "D12", "D17", "S_32")
GROUPS = (*(group.name for group in known_groups()), *MORE_GROUPS)
TASKS: dict[str, dict[str, Any]] = {
    "classification": {"type": "classification", "classes": 3},
    "regression": {"type": "regression"},
    "segmentation": {"type": "segmentation", "classes": 3},
    "force_prediction": {"type": "force_prediction"},
    "pose_estimation": {"type": "pose_estimation"},
    "generation": {"type": "generation"},
}
DESIGNED = ("images", "sphere", "point_clouds", "molecules", "sets", "graphs")
USUAL = {
    "images": ("trivial", "T(2)", "C4", "C5", "D1", "D4", "D7", "C17", "SO(2)", "O(2)", "SE(2)"),
    "sphere": ("SO(3)", "O(3)", "SE(3)", "SO(2)"),
    "point_clouds": ("SO(3)", "O(3)", "SE(3)", "E(3)", "E(3) x S_n", "SO(2)", "O(2)"),
    "molecules": ("SO(3)", "O(3)", "SE(3)", "E(3)", "E(3) x S_n", "SO(2)", "O(2)"),
    "sets": ("S_n", "S_5"),
    "graphs": ("S_n", "S_5"),
}
ALL_TASKS = set(TASKS)
MEANT = {
    "images": ALL_TASKS - {"force_prediction"},
    "sphere": ALL_TASKS - {"force_prediction"},
    "point_clouds": ALL_TASKS,
    "molecules": ALL_TASKS,
    "sets": ALL_TASKS - {"force_prediction", "pose_estimation"},
    "graphs": ALL_TASKS - {"force_prediction", "pose_estimation"},
}


def request(group: str, domain: str, task: str, **data: Any) -> Request:
    extra: dict[str, Any] = {"representation": "V"} if domain == "vectors" else {}
    if domain == "vectors" and group == "custom":
        extra["generators"] = {"discrete": [[[0, 1], [1, 0]]]}
    return request_from_data(
        {
            "name": "triple",
            "symmetry": {"group": group},
            "data": {"domain": domain, **extra, **data},
            "task": TASKS[task],
        }
    )


def winner(asked: Request) -> str:
    return choose_family(understand(asked)[0]).family


def refusal(asked: Request) -> InputError | None:
    try:
        winner(asked)
    except InputError as error:
        return error
    return None


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("task", TASKS)
def test_one_winner_or_the_nearest_legal_request(domain: str, task: str) -> None:
    for group in GROUPS:
        asked = request(group, domain, task)
        error = refusal(asked)
        if error is None:
            assert domain in DESIGNED
            one_winner(asked)
            continue
        assert error.repair, f"{group}: {error}"
        assert error.hint, group
        assert all(f"`{path}" in error.hint for path in error.repair), error.hint
        assert winner(patched(asked, error.repair))


def one_winner(asked: Request) -> None:
    problem, decision = understand(asked)
    choice = choose_family(problem)
    assert decision.why
    assert choice.why
    others = [other.family for other in choice.alternatives]
    assert choice.family not in others
    assert len(set(others)) == len(others)
    assert all(other.why_not for other in choice.alternatives)
    assert all(other.why for other in choice.rejected)
    legal, illegal = legal_rules(problem)
    assert {choice.family, *others} == set(legal)
    assert {other.option for other in choice.rejected} == set(illegal)


@pytest.mark.parametrize("domain", DESIGNED)
def test_what_makes_sense_is_legal(domain: str) -> None:
    for group in USUAL[domain]:
        for task in TASKS:
            turnless = task == "pose_estimation" and (domain, group) in {
                ("images", "trivial"),
                ("images", "T(2)"),
                ("images", "D1"),
                ("sphere", "SO(2)"),
            }
            legal = task in MEANT[domain] and not turnless
            assert (refusal(request(group, domain, task)) is None) is legal, (group, task)


@pytest.mark.parametrize("group", ["SO(2)", "O(2)", "SE(2)", "E(2)", "E(2) x S_n"])
def test_points_of_the_plane(group: str) -> None:
    for task in TASKS:
        assert winner(request(group, "point_clouds", task, dimension=2)) == "egnn"


@pytest.mark.parametrize(
    ("group", "dimension", "repair"),
    [("E(3)", 2, "E(2)"), ("SE(3) x S_n", 2, "SE(2)"), ("C4", 2, "SO(2)"), ("D4", 3, "O(2)")],
)
def test_the_nearest_group_is_named(group: str, dimension: int, repair: str) -> None:
    with pytest.raises(InputError) as caught:
        understand(request(group, "point_clouds", "regression", dimension=dimension))
    assert caught.value.repair == {"symmetry.group": repair}
    assert repair in str(caught.value)


@pytest.mark.parametrize(
    ("group", "domain", "repair"),
    [
        ("SO(3)", "images", "SO(2)"),
        ("E(3)", "images", "O(2)"),
        ("S_n", "images", "T(2)"),
        ("E(3) x S_n", "images", "O(2)"),
        ("C4", "sphere", "SO(2)"),
        ("O", "molecules", "SO(3)"),
        ("O_h", "point_clouds", "O(3)"),
        ("S_n", "molecules", "E(3) x S_n"),
        ("S_n x S_m", "sets", "S_n"),
        ("C4", "sets", "S_n"),
        ("trivial", "graphs", "S_n"),
    ],
)
def test_the_repair_is_the_neighbour(group: str, domain: str, repair: str) -> None:
    with pytest.raises(InputError) as caught:
        understand(request(group, domain, "classification"))
    assert caught.value.repair == {"symmetry.group": repair}


@pytest.mark.parametrize(
    ("group", "domain", "data"),
    [
        ("E(3) x S_n", "sets", {"domain": "point_clouds"}),
        ("SE(2)", "sets", {"domain": "point_clouds", "dimension": 2}),
        ("E(3)", "graphs", {"domain": "molecules"}),
    ],
)
def test_motions_belong_to_positions(group: str, domain: str, data: dict[str, Any]) -> None:
    for task in MEANT[domain]:
        with pytest.raises(InputError) as caught:
            understand(request(group, domain, task))
        assert caught.value.repair == {"data": data}
        assert "S_n" in str(caught.value)


@pytest.mark.parametrize(
    ("written", "domain", "normal", "fiber"),
    [
        ("SE(2)", "images", "SO(2)", "SO(2)"),
        ("E(2)", "images", "O(2)", "O(2)"),
        ("p4m", "images", "D4", "D4"),
        ("C4 x T(2)", "images", "C4", "C4"),
        ("SO(n)", "images", "SO(2)", "SO(2)"),
        ("E(n)", "molecules", "E(3)", "O(3)"),
        ("E(3)", "sphere", "O(3)", "O(3)"),
        ("E(3) x S_n", "molecules", "E(3) x S_n", "O(3)"),
        ("SE(2)", "point_clouds", "SO(2)", "SO(3)"),
        ("E(2) x S_n", "molecules", "O(2) x S_n", "O(3)"),
        ("S_n", "graphs", "S_n", "trivial"),
    ],
)
def test_normal_forms(written: str, domain: str, normal: str, fiber: str) -> None:
    problem, decision = understand(request(written, domain, "classification"))
    assert problem.group.name == normal
    assert problem.fiber.name == fiber
    assert decision.choice == normal
    assert problem.request.symmetry.group == written


def test_rows_are_complete() -> None:
    for row in rules_table():
        assert row.why.strip()
        assert row.why_not.strip()
        assert row.cite.strip()
        assert row.groups
        assert row.domains
        assert all(1 <= mark <= 5 for mark in (row.expressiveness, row.speed, row.memory))
