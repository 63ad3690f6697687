"""Traps: every row springs on its words and stays silent without them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from equidesign.design.pipeline import design_architecture
from equidesign.design.rules.engine import choose_family
from equidesign.design.traps import traps
from equidesign.design.understand import understand
from equidesign.errors import InputError
from equidesign.spec.request import Request, request_from_data

Ask = Callable[..., Request]
CLASSES = "classification"
SPRUNG: dict[str, tuple[str, dict[str, Any], Any]] = {
    "trap-six-nine": ("C4", {"domain": "images", "notes": "MNIST"}, CLASSES),
    "trap-mirror-letters": ("D4", {"domain": "images", "notes": "letters"}, CLASSES),
    "trap-turned-letters": ("SO(2)", {"domain": "images", "notes": "license plates"}, CLASSES),
    "trap-left-right": ("D4", {"domain": "images"}, ["left hand", "right hand"]),
    "trap-directions": ("SO(2)", {"domain": "images"}, ["Up", "Down"]),
    "trap-up-down": ("O(2)", {"domain": "images"}, ["upright", "upside-down"]),
    "trap-orientation-labels": ("C4", {"domain": "images"}, ["portrait", "landscape"]),
    "trap-upright-images": ("C4", {"domain": "images", "notes": "natural images"}, CLASSES),
    "trap-laterality": ("D1", {"domain": "images", "notes": "chest X-ray"}, CLASSES),
    "trap-upright-medical": ("C4", {"domain": "images", "notes": "mammograms"}, CLASSES),
    "advice-no-orientation": ("T(2)", {"domain": "images", "notes": "histology"}, CLASSES),
    "trap-vector-as-channels": (
        "C4",
        {"domain": "images", "channels": 2, "notes": "optical flow"},
        CLASSES,
    ),
    "trap-mirror-of-d1": ("D1", {"domain": "images"}, CLASSES),
    "not-square": ("C4", {"domain": "images", "size": [32, 48]}, CLASSES),
    "trap-chiral-classes": ("E(3)", {"domain": "molecules"}, ["R", "S"]),
    "trap-chiral-words": ("E(3)", {"domain": "molecules", "notes": "enantiomers"}, CLASSES),
    "trap-homochiral": ("E(3)", {"domain": "molecules", "notes": "proteins"}, CLASSES),
    "trap-graph-stereo": ("S_n", {"domain": "graphs", "notes": "chirality"}, CLASSES),
    "trap-gravity": ("E(3)", {"domain": "point_clouds", "notes": "gravity"}, CLASSES),
    "trap-external-field": (
        "E(3)",
        {"domain": "molecules", "notes": "in an external electric field"},
        CLASSES,
    ),
    "trap-earth-rotation": ("SO(3)", {"domain": "sphere", "notes": "weather"}, CLASSES),
    "trap-sphere-upright": ("SO(3)", {"domain": "sphere", "notes": "panoramas"}, CLASSES),
    "trap-periodic": ("E(3)", {"domain": "molecules", "notes": "perovskites"}, CLASSES),
    "trap-order-matters": ("S_n", {"domain": "sets", "notes": "time series"}, CLASSES),
    "trap-coordinates-as-features": ("S_n", {"domain": "sets", "notes": "point cloud"}, CLASSES),
    "trap-vectors-as-scalars": (
        "E(3)",
        {"domain": "point_clouds", "features": 3, "notes": "velocities"},
        CLASSES,
    ),
    "trap-absolute-coordinates": (
        "E(3)",
        {"domain": "point_clouds", "features": 3, "notes": "xyz"},
        CLASSES,
    ),
    "trap-scale": ("C4", {"domain": "images", "notes": "varying magnification"}, CLASSES),
    "trap-mixed-colour-normals": (
        "SO(3)",
        {"domain": "point_clouds", "features": 6, "notes": "RGB and normals"},
        CLASSES,
    ),
}


def task_of(classes: Any) -> dict[str, Any]:
    if isinstance(classes, str):
        return {"type": "classification", "classes": 4}
    return {"type": "classification", "class_names": classes}


def test_every_trap_has_a_case() -> None:
    assert {trap.id for trap in traps()} == set(SPRUNG)


@pytest.mark.parametrize("trap", traps(), ids=lambda trap: trap.id)
def test_it_springs(trap: Any, ask: Ask) -> None:
    group, data, classes = SPRUNG[trap.id]
    request = ask(group, data, task_of(classes))
    if trap.severity == "refuse":
        with pytest.raises(InputError) as caught:
            understand(request)
        assert caught.value.repair
        return
    problem, _ = understand(request)
    warning = next(each for each in problem.warnings if each.code == trap.id)
    assert warning.hint
    assert "{" not in warning.message + warning.hint


@pytest.mark.parametrize("trap", traps(), ids=lambda trap: trap.id)
def test_it_stays_silent_without_its_words(trap: Any, ask: Ask) -> None:
    if not trap.words and not trap.together:
        return
    group, data, _ = SPRUNG[trap.id]
    quiet = {key: value for key, value in data.items() if key != "notes"}
    problem, _ = understand(ask(group, quiet, task_of(CLASSES)))
    assert trap.id not in {each.code for each in problem.warnings}


@pytest.mark.parametrize(
    ("group", "data", "code"),
    [
        ("C4", {"domain": "images", "notes": "aerial photographs in any orientation"}, "trap-up"),
        ("E(3)", {"domain": "molecules", "notes": "achiral drugs"}, "trap-chiral"),
        ("E(3)", {"domain": "molecules", "notes": "not periodic"}, "trap-periodic"),
        ("SO(3)", {"domain": "sphere", "notes": "CMB temperature"}, "trap-earth"),
        ("D4", {"domain": "images", "notes": "histology of the liver"}, "trap-laterality"),
        ("SE(3)", {"domain": "molecules", "notes": "chiral drugs"}, "trap-chiral"),
    ],
)
def test_words_that_call_it_off(ask: Ask, group: str, data: dict[str, Any], code: str) -> None:
    problem, _ = understand(ask(group, data, CLASSES))
    assert not [each.code for each in problem.warnings if each.code.startswith(code)]


@pytest.mark.parametrize(
    ("group", "domain", "classes", "repair"),
    [
        ("D4", "images", ["left glove", "right glove", "hat"], "C4"),
        ("O(2)", "images", ["cw spiral", "ccw spiral"], "SO(2)"),
        ("E(3)", "molecules", ["L-alanine", "D-alanine"], "SE(3)"),
        ("E(3) x S_n", "point_clouds", ["hand (left)", "hand (right)"], "SE(3) x S_n"),
        ("O(2)", "point_clouds", ["left_ear", "right_ear"], "SO(2)"),
        ("E(3)", "molecules", ["(R)-thalidomide", "(S)-thalidomide"], "SE(3)"),
    ],
)
def test_names_that_differ_by_the_hand(
    ask: Ask, group: str, domain: str, classes: list[str], repair: str
) -> None:
    task = {"type": "classification", "class_names": classes}
    with pytest.raises(InputError) as caught:
        understand(ask(group, domain, task))
    assert caught.value.repair == {"symmetry.group": repair}
    understand(ask(repair, domain, task))


def test_names_that_do_not(ask: Ask) -> None:
    for classes in (["chiral", "achiral"], ["d orbital", "p orbital"], ["left", "middle"]):
        task = {"type": "classification", "class_names": classes}
        understand(ask("E(3)", "molecules", task))


def test_handedness_rules_out_families_that_are_blind_to_it(ask: Ask) -> None:
    for priority in ("speed", "balanced", "accuracy"):
        request = ask(
            "SE(3)",
            {"domain": "molecules"},
            {"type": "classification", "class_names": ["R", "S"]},
            constraints={"priority": priority},
        )
        choice = choose_family(understand(request)[0])
        named = {choice.family, *(other.family for other in choice.alternatives)}
        assert not named & {"egnn", "painn", "schnet"}
        rejected = {other.option: other.why for other in choice.rejected}
        assert "mirror" in rejected["painn"]


def test_prose_with_odd_characters_is_harmless(ask: Ask) -> None:
    data = {"domain": "images", "notes": "mnist {group} %s {0} \\ (((("}
    problem, _ = understand(ask("C4", data, CLASSES))
    assert "trap-six-nine" in {each.code for each in problem.warnings}
    names = ["{x}", "6", "9", "%d"]
    problem, _ = understand(ask("C4", "images", {"type": "classification", "class_names": names}))
    assert "trap-six-nine" in {each.code for each in problem.warnings}


def test_digits_without_a_nine_are_not_warned_about() -> None:
    request = {
        "name": "digits",
        "description": "handwritten digits",
        "symmetry": {"group": "C4"},
        "data": {"domain": "images"},
        "task": {"type": "classification", "class_names": ["five", "six", "seven"]},
    }
    codes = [w.code for w in design_architecture(request_from_data(request)).warnings]
    assert "trap-six-nine" not in codes
