"""The plain PyTorch form of networks on images: equal outputs, nothing of escnn, no weight shared with the model."""

from __future__ import annotations

import pytest
import torch
from images_building import TASKS, Built, relative, request
from torch import Tensor, nn

CELLS = [
    ("regular-gcnn", "C4", "classification", {}),
    ("regular-gcnn", "D2", "pose", {"input": "vector", "channels": 2}),
    ("steerable-cnn", "SO(2)", "classification", {}),
    ("steerable-cnn", "C4", "generation", {}),
    ("harmonic-network", "SO(2)", "segmentation", {}),
]


def answers(model: nn.Module, x: Tensor) -> list[Tensor]:
    with torch.no_grad():
        found = model(x)
    return [*found.values()] if isinstance(found, dict) else [found]


@pytest.mark.parametrize(("family", "group", "task", "data"), CELLS)
def test_export(family: str, group: str, task: str, data: dict[str, object]) -> None:
    built = Built(request(group, TASKS[task], (10, 9), family, **data))
    built(built.image())  # statistics of a batch
    model, x = built.model.float().eval(), built.image().float()[[0, 1, 2, 0, 1]]
    plain = built.module.export_model(model)
    before = answers(model, x)
    for found, expected in zip(answers(plain, x), before, strict=True):
        assert relative(found, expected) < 1e-5
    assert not [m for m in plain.modules() if type(m).__module__.startswith(("escnn", "gen"))]
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(2)
    for found, expected in zip(answers(plain, x), before, strict=True):
        assert relative(found, expected) < 1e-5
    assert model.training is False
    assert relative(answers(model, x)[0], before[0]) > 1e-3


def test_export_of_a_model_in_training_leaves_it_so() -> None:
    built = Built(request("C4", TASKS["classification"], (9, 9), "regular-gcnn"))
    model = built.model.train()
    plain = built.module.export_model(model)
    assert model.training
    x = built.image()
    assert relative(answers(plain, x)[0], answers(model.eval(), x)[0]) < 1e-5


def test_a_saved_export_needs_no_escnn(tmp_path: object) -> None:
    built = Built(request("C4", TASKS["classification"], (9, 9), "regular-gcnn"))
    x = built.image()
    plain = built.module.export_model(built.model)
    file = f"{tmp_path}/model.pt2"
    torch.export.save(torch.export.export(plain, (x,)), file)
    loaded = torch.export.load(file).module()
    assert "escnn" not in str(loaded.code)
    assert relative(answers(loaded, x)[0], answers(plain, x)[0]) < 1e-6
