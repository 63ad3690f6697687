"""``group: unknown``: which answers lead where, and which contradict each other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from equidesign.design.repair import patched
from equidesign.design.understand import understand
from equidesign.errors import InputError
from equidesign.spec.request import Request

Ask = Callable[..., Request]
YES, MOVES, NO = "invariant", "equivariant", "none"


@pytest.mark.parametrize(
    ("domain", "answers", "group"),
    [
        ("images", {"rotation": YES}, "SO(2)"),
        ("images", {"rotation": YES, "reflection": YES}, "O(2)"),
        ("images", {"rotation_90": YES, "reflection": NO}, "C4"),
        ("images", {"rotation_90": YES, "reflection": YES}, "D4"),
        ("images", {"rotation_180": YES, "rotation_90": NO, "reflection": NO}, "C2"),
        ("images", {"rotation_180": YES, "reflection": YES}, "D2"),
        ("images", {"rotation": NO, "reflection": YES}, "D1"),
        ("images", {"rotation": NO, "reflection": NO}, "T(2)"),
        ("images", {"translation": MOVES}, "T(2)"),
        ("images", {"translation": YES, "preferred_axis": True}, "T(2)"),
        ("sphere", {"rotation": YES, "reflection": NO}, "SO(3)"),
        ("sphere", {"rotation": YES, "reflection": YES}, "O(3)"),
        ("sphere", {"rotation": MOVES, "preferred_axis": True}, "SO(2)"),
        ("sphere", {"translation": YES}, "SO(3)"),
        ("molecules", {"rotation": YES, "reflection": NO}, "SE(3)"),
        ("molecules", {"rotation": YES, "reflection": YES}, "E(3)"),
        ("molecules", {"rotation": YES, "reflection": YES, "permutation": YES}, "E(3) x S_n"),
        ("molecules", {"rotation": YES, "translation": NO, "reflection": NO}, "SO(3)"),
        ("point_clouds", {"rotation": YES}, "SE(3)"),
        ("point_clouds", {"rotation": YES, "preferred_axis": True, "reflection": NO}, "SO(2)"),
        ("point_clouds", {"rotation": YES, "preferred_axis": True, "reflection": YES}, "O(2)"),
        ("sets", {"permutation": YES}, "S_n"),
        ("graphs", {"permutation": MOVES}, "S_n"),
    ],
)
def test_answers_lead_to_a_group(
    ask: Ask, domain: str, answers: dict[str, Any], group: str
) -> None:
    problem, decision = understand(ask("unknown", domain, "classification", answers=answers))
    assert problem.group.name == group
    assert decision.rule == "from-transformations"
    assert decision.why.count(":") >= 1
    assert problem.request.symmetry.group == "unknown"


@pytest.mark.parametrize(
    ("domain", "answers", "where"),
    [
        ("images", {"rotation": YES, "rotation_90": NO}, "rotation_90"),
        ("images", {"rotation_90": YES, "rotation_180": NO}, "rotation_180"),
        ("images", {"rotation": YES, "preferred_axis": True}, "preferred_axis"),
        ("images", {"permutation": YES}, "permutation"),
        ("images", {"scale": YES}, "transformations"),
        ("sphere", {"rotation": NO}, "rotation"),
        ("sphere", {"reflection": YES}, "transformations"),
        ("molecules", {"permutation": YES}, "transformations"),
        ("molecules", {"rotation": NO, "reflection": YES}, "rotation"),
        ("point_clouds", {"rotation_90": YES}, "rotation"),
        ("sets", {"rotation": YES}, "rotation"),
        ("sets", {"permutation": NO}, "permutation"),
        ("graphs", {"reflection": YES, "permutation": YES}, "reflection"),
    ],
)
def test_contradictions_and_gaps_are_said_and_repaired(
    ask: Ask, domain: str, answers: dict[str, Any], where: str
) -> None:
    request = ask("unknown", domain, "classification", answers=answers)
    with pytest.raises(InputError) as caught:
        understand(request)
    error = caught.value
    assert error.where is not None
    assert error.where.endswith(where)
    assert error.hint
    assert error.repair
    understand(patched(request, error.repair))


@pytest.mark.parametrize(
    ("domain", "answers", "code"),
    [
        ("images", {"rotation": YES}, "reflection-not-assumed"),
        ("images", {"rotation": YES, "reflection": NO, "scale": YES}, "scale-not-built-in"),
        ("images", {"rotation": YES, "reflection": NO, "translation": NO}, "translations-built-in"),
        ("molecules", {"rotation": YES, "reflection": NO, "permutation": NO}, "order-matters"),
    ],
)
def test_what_was_not_asked_is_said(
    ask: Ask, domain: str, answers: dict[str, Any], code: str
) -> None:
    problem, _ = understand(ask("unknown", domain, "classification", answers=answers))
    assert code in {warning.code for warning in problem.warnings}


def test_physics_decides_about_mirrors(ask: Ask) -> None:
    for task in ("force_prediction", {"type": "regression", "targets": ["dipole moment"]}):
        problem, _ = understand(ask("unknown", "molecules", task, answers={"rotation": MOVES}))
        assert problem.group.name == "E(3)"
    task = {"type": "regression", "targets": ["optical rotation"]}
    problem, _ = understand(ask("unknown", "molecules", task, answers={"rotation": YES}))
    assert problem.group.name == "SE(3)"


@pytest.mark.parametrize(
    ("answers", "repair"),
    [
        ({"reflection": NO}, {"symmetry.group": "SE(3) x S_n"}),
        ({"rotation": NO}, {"symmetry.transformations.rotation": "unknown"}),
        ({"permutation": NO}, {"symmetry.transformations.permutation": "unknown"}),
    ],
)
def test_answers_against_a_declared_group(
    ask: Ask, answers: dict[str, Any], repair: dict[str, Any]
) -> None:
    with pytest.raises(InputError) as caught:
        understand(ask("E(3) x S_n", "molecules", "classification", answers=answers))
    assert caught.value.repair == repair


@pytest.mark.parametrize(
    "task",
    ["force_prediction", "pose_estimation", {"type": "regression", "targets": ["velocity"]}],
)
def test_an_invariant_vector_is_refused(ask: Ask, task: Any) -> None:
    for group in ("unknown", "E(3)"):
        with pytest.raises(InputError) as caught:
            understand(ask(group, "point_clouds", task, answers={"rotation": YES}))
        assert caught.value.repair == {"symmetry.transformations.rotation": "equivariant"}
