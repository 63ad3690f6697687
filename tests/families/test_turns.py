"""The option of train.py that turns images: offered where an answer stays the same, and a rotation as it says."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from images_building import TASKS, request

from equidesign.design.pipeline import design_architecture
from equidesign.render.training import training_context
from equidesign.resources import data_dir


@pytest.mark.parametrize(
    ("group", "task", "data", "offered"),
    [
        ("C4", "classification", {}, True),
        ("SO(2)", "scalars", {"channels": 3}, True),
        ("D1", "classification", {}, False),
        ("trivial", "classification", {}, False),
        ("C4", "classification", {"input": "vector", "channels": 2}, False),
        ("C4", "segmentation", {}, False),
        ("SO(2)", "pose", {}, False),
    ],
)
def test_where_it_is_offered(group: str, task: str, data: dict[str, Any], offered: bool) -> None:
    spec = design_architecture(request(group, TASKS[task], (9, 9), **data)).specification
    body = training_context(spec)["body"]
    assert ("def turned(" in body) == offered
    assert ('"--turns"' in body) == offered
    assert ("args.turns" in body) == offered
    assert ("--turns" in spec.training["augmentation"]) == offered


@pytest.mark.parametrize(
    ("part", "quarters", "size"), [(0.25, 1, (6, 6)), (0.5, 2, (5, 8)), (0.75, 3, (7, 7))]
)
def test_quarter_turns_are_exact(
    part: float, quarters: int, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = data_dir("templates") / "train" / "turns" / "turned.py.jinja"
    names: dict[str, Any] = {}
    exec(source.read_text(encoding="utf-8"), names)
    x = torch.randn(2, 3, *size, dtype=torch.float64)
    monkeypatch.setattr(torch, "rand", lambda count, **kind: torch.full((count,), part, **kind))
    found = names["turned"](x)
    either = [x.rot90(turn, (2, 3)) for turn in (quarters, -quarters)]
    assert min(float((found - turned).abs().max()) for turned in either) < 1e-9


def test_other_angles_keep_what_lies_around_the_centre() -> None:
    source = data_dir("templates") / "train" / "turns" / "turned.py.jinja"
    names: dict[str, Any] = {}
    exec(source.read_text(encoding="utf-8"), names)
    rows, columns = torch.meshgrid(torch.arange(20.0), torch.arange(30.0), indexing="ij")
    hill = torch.exp(-((rows - 9.5) ** 2 + (columns - 14.5) ** 2) / 20)
    ridge = torch.exp(-((rows - 9.5) ** 2) / 8)
    assert (names["turned"](hill.expand(8, 1, -1, -1)) - hill).abs().max() < 0.05
    assert (names["turned"](ridge.expand(8, 1, -1, -1)) - ridge).abs().max() > 0.3
