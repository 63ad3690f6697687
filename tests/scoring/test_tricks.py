"""Specifications that look good and say nothing do not score well."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from damage import SECTIONS, Data, praised, prose_places
from specimens import DOMAINS, base, cells_of, data_of, drawn, held, score_of

from equidesign.scoring.words import argues, contains, covers, runs

MINIMUM = 3.0
ARGUMENTS = {
    "decisions-argued", "match-argued", "layers-argued", "decisions-sourced", "interface-described",
    "caveats-told", "decisions-consistent", "group-facts", "training-recipe",
}  # fmt: skip


@pytest.fixture(params=DOMAINS)
def index(request: pytest.FixtureRequest) -> int:
    domain: str = request.param
    return drawn("tricks", domain).choice(cells_of(domain))


@pytest.mark.parametrize(
    "filler", ["excellent", {}, [], {"quality": "excellent"}, ["excellent"] * 20, 5, True]
)
def test_sections_without_content(filler: Any) -> None:
    score = score_of(dict.fromkeys(SECTIONS, filler))
    assert score.total < 1.3
    assert [each.level for each in score.criteria] == [1] * 5


@pytest.mark.parametrize("words", ["", " ", "x", "lorem ipsum dolor sit amet", "the best choice"])
def test_reasons_without_content(index: int, words: str) -> None:
    data = data_of(index)
    score = score_of(praised(data, lambda text: words))
    empty = set() if data["caveats"] else {"caveats-told"}
    assert held(score) & ARGUMENTS == empty
    assert score.total < base(index).total - 0.75


def test_one_text_for_every_reason(index: int) -> None:
    data = data_of(index)
    everything = " ".join([place[key] for place, key in prose_places(data)])
    score = score_of(praised(data, lambda text: everything))
    assert not held(score) & {"decisions-argued", "match-argued", "layers-argued"}
    assert score.total < base(index).total


def cut(data: Data) -> None:
    data["layers"] = data["layers"][:1]


def emptied(data: Data) -> None:
    data["layers"] = []


def unasked(data: Data) -> None:
    del data["request"]


def unformed(data: Data) -> None:
    for layer in data["layers"]:
        layer["kind"] = "equivariant-magic"


@pytest.mark.parametrize("trick", [cut, emptied, unasked, unformed])
def test_architecture_without_substance_does_not_pass(
    index: int, trick: Callable[[Data], None]
) -> None:
    data = data_of(index)
    trick(data)
    score = score_of(data)
    assert score.total < MINIMUM
    assert not score.passed


def test_inflated_numbers(index: int) -> None:
    data = data_of(index)
    for layer in data["layers"]:
        layer["parameters"] *= 1000
    data["parameters"]["total"] *= 1000
    for name in data["parameters"]["per_layer"]:
        data["parameters"]["per_layer"][name] *= 1000
    score = score_of(data)
    assert {each.criterion.id: each.level for each in score.criteria}["efficiency"] == 2
    assert score.total < base(index).total - 1


@pytest.mark.parametrize("times", [2, 50])
def test_repeated_decisions_and_caveats(index: int, times: int) -> None:
    data = data_of(index)
    data["decisions"] *= times
    score = score_of(data)
    assert score.total < base(index).total
    data = data_of(index)
    data["caveats"] *= times
    assert score_of(data).total <= base(index).total


@pytest.mark.parametrize(
    "errors",
    [
        {"float32": 1e-17, "float64": 1e-12},
        {"float32": 1e-5, "float64": 1e-300},
        {"float32": 1e-5, "float64": 0.5},
        {"float32": 1.0, "float64": 1.0},
        {"float32": 0.0, "float64": 0.0},
        {"float32": -1e-5, "float64": -1e-12},
        {"float32": float("nan"), "float64": float("inf")},
        {"float32": True, "float64": True},
        {"float32": "1e-5", "float64": "small"},
        {"float32": 1e-5},
        [1e-5, 1e-12],
    ],
    ids=str,
)
def test_absurd_tolerances(errors: Any) -> None:
    index = cells_of("sets")[0]
    data = data_of(index)
    data["verification"]["expected_relative_error"] = errors
    score = score_of(data)
    assert "verification-planned" not in held(score)
    assert score.total < base(index).total


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("learning_rate", 1e-300),
        ("learning_rate", float("nan")),
        ("learning_rate", 10**30),
        ("weight_decay", -1.0),
        ("ema_decay", 1.5),
        ("gradient_clip", 0),
        ("epochs", 10**12),
        ("epochs", 2.5),
        ("patience", True),
        ("optimizer", "the best optimizer"),
        ("schedule", "perfect"),
        ("augmentation", None),
    ],
)
def test_absurd_training(key: str, value: Any) -> None:
    index = cells_of("graphs")[0]
    data = data_of(index)
    data["training"][key] = value
    score = score_of(data)
    assert "training-recipe" not in held(score)
    assert score.total < base(index).total


@pytest.mark.parametrize("key", ["weight_decay", "ema_decay"])
def test_what_can_be_turned_off_may_be(key: str) -> None:
    data = data_of(cells_of("graphs")[0])
    data["training"][key] = 0.0
    assert "training-recipe" in held(score_of(data))


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [
        ("verification", "command", "never run equidesign verify"),
        ("verification", "test", "test_equivariance.py is not needed"),
        ("deployment", "install", "do not pip install anything but torch e3nn"),
    ],
)
def test_command_that_is_none(section: str, key: str, value: str) -> None:
    index = cells_of("molecules")[0]
    data = data_of(index)
    data[section][key] = value
    assert score_of(data).total < base(index).total


def test_words() -> None:
    reason = "the features are irreps of O(3), which tensor products mix without loss"
    other = "the grid has square pixels, hence rotations by right angles leave every value in place"
    assert covers(f"Indeed, {reason}!", reason)
    assert not covers(None, reason)
    assert not covers("", "")
    assert argues(reason, reason, [other])
    assert not argues(f"{reason}. {other}", reason, [other])
    assert argues(reason, reason, [])
    assert contains("width 24, and depth 3", "width 24, depth 3")
    assert not contains("depth 3, width 24", "width 24, depth 3")
    assert not contains(24, "24")
    assert runs("cd bundle && uv run pytest -q test_equivariance.py", "pytest test_equivariance.py")
    assert not runs(["pytest"], "pytest")
    assert not runs("", "pytest")
