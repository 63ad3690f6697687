"""Random requests: no crash, and every refusal carries a repair that is legal."""

from __future__ import annotations

import random
from typing import Any

import pytest

from equidesign.design.quantities import quantities
from equidesign.design.repair import is_legal, patched
from equidesign.design.rules.engine import choose_family
from equidesign.design.understand import understand
from equidesign.errors import EquidesignError, InputError
from equidesign.spec.request import Request, request_from_data

GROUPS = {
    "images": ["C4", "D4", "SO(2)", "O(2)", "T(2)", "trivial", "C5", "D1", "C2", "D2", "E(3)"],
    "sphere": ["SO(3)", "O(3)", "SO(2)", "C4"],
    "sets": ["S_n", "S_5", "E(3) x S_n"],
    "graphs": ["S_n", "SE(2)"],
}
MOTIONS = ["E(3)", "SE(3) x S_n", "O(3)", "SO(3)", "SO(2)", "O(2)", "SE(2)", "E(2)", "S_n", "D4"]
REPS = ["1x0e", "1x1o", "1x1e", "1x0o", "1x0e + 1x2e", "1x4e", "1", "2x0 + 1x2", "irrep(1)"]
REPS += ["irrep(1,1)", "trivial", "regular", "V", "garbage", "3x1o + 2x0e"]
NOTES = ["", "mnist", "gravity", "enantiomers", "periodic crystal", "weather", "sequence", "scan"]
CLASSES = [["R", "S"], ["6", "9"], ["left", "right"], ["up", "down"], ["a", "b"]]
TASKS = ["classification", "segmentation", "force_prediction", "pose_estimation", "generation"]
ANSWERS = ["translation", "rotation", "rotation_90", "rotation_180", "reflection", "permutation"]


def random_request(pick: random.Random) -> dict[str, Any]:
    domain = pick.choice([*GROUPS, "point_clouds", "molecules", "point_clouds", "crystals"])
    data: dict[str, Any] = {"domain": domain, "notes": pick.choice(NOTES)}
    if pick.random() < 0.3:
        data["preferred_axis"] = pick.choice("xyz")
    if domain == "point_clouds":
        data["dimension"] = pick.choice([3, 3, 2, 4])
        data["features"] = pick.choice([0, 3, "1x1o", "2x0e + 1x1o", "1x1", "junk"])
    if domain == "images":
        data["input"] = pick.choice(["scalar", "vector"])
    kind = pick.choice([*TASKS, "regression", "regression", "regression"])
    task: dict[str, Any] = {"type": kind}
    if kind == "classification":
        task["class_names"] = pick.choice(CLASSES)
    if kind == "segmentation":
        task["classes"] = 2
    if kind == "regression":
        names = [row.id for row in quantities()] + ["foo", "f_x", "f_y", "f_z"]
        task["targets"] = pick.choice([1, 3, pick.sample(names, 1), pick.sample(names, 3)])
        task |= {"representation": pick.choice(REPS)} if pick.random() < 0.4 else {}
        task |= {"per": pick.choice(["sample", "point"])} if pick.random() < 0.4 else {}
    group = pick.choice([*GROUPS.get(domain, MOTIONS), "unknown"])
    symmetry: dict[str, Any] = {"group": group}
    if group == "unknown" or pick.random() < 0.1:
        said = ["invariant", "equivariant", "none", "unknown"]
        answers: dict[str, Any] = {name: pick.choice(said) for name in pick.sample(ANSWERS, 3)}
        symmetry["transformations"] = answers | {"preferred_axis": pick.random() < 0.2}
    wishes = {"priority": pick.choice(["accuracy", "balanced", "speed"])}
    if pick.random() < 0.2:
        wishes["family"] = pick.choice(["nequip", "egnn", "deepsets", "cnn", "nonsense"])
    if pick.random() < 0.2:
        wishes["library"] = pick.choice(["e3nn", "escnn", "torch", "pyg", "jraph", "nonsense"])
    if pick.random() < 0.1:
        wishes["framework"] = "jax"
    return {
        "name": "random",
        "symmetry": symmetry,
        "data": data,
        "task": task,
        "constraints": wishes,
    }


def refusal(request: Request) -> InputError | None:
    try:
        choose_family(understand(request)[0])
    except InputError as error:
        return error
    return None


@pytest.mark.parametrize("seed", range(5))
def test_random_requests(seed: int) -> None:
    pick = random.Random(seed)
    designed = refused = 0
    while designed + refused < 60:
        try:
            request = request_from_data(random_request(pick))
        except EquidesignError:
            continue
        error = refusal(request)
        if error is None:
            designed += 1
            continue
        refused += 1
        assert error.repair, (request, str(error))
        assert is_legal(patched(request, error.repair)), (request, error.repair)
    assert min(designed, refused) >= 5
