"""train.py with torch.compile: the same numbers, or the model as it is."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
import torch
from scripts import designed, imported

from equidesign.render.bundle import render_bundle

Forward = Callable[..., torch.Tensor]


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    folder = tmp_path_factory.mktemp("compiled")
    spec = designed("sets", "type: regression")
    deployment = {**spec.deployment, "acceleration": "compile"}
    for name, text in render_bundle(spec.model_copy(update={"deployment": deployment})).items():
        (folder / name).write_text(text, encoding="utf-8")
    return imported(folder)


def test_only_what_is_asked_for_is_compiled() -> None:
    assert "compile_model" not in render_bundle(designed("sets", "type: regression"))["train.py"]


def compiled(script: ModuleType) -> tuple[Any, Any]:
    """Return a model, and its copy that went through compile_model."""
    torch.manual_seed(0)
    model = script.build_model()
    other = copy.deepcopy(model)
    script.compile_model(other, script.example_inputs())
    assert other.training
    return model, other


def wrong_gradient(forward: Forward) -> Forward:
    def call(**inputs: torch.Tensor) -> torch.Tensor:
        output = forward(**inputs)
        return 2 * output - output.detach()

    return call


def fails(forward: Forward) -> Forward:
    def call(**inputs: torch.Tensor) -> torch.Tensor:
        raise RuntimeError("no compiler\nfound")

    return call


@pytest.mark.parametrize(
    ("compiler", "said"),
    [
        (lambda forward: lambda **inputs: forward(**inputs), ""),
        (lambda forward: lambda **inputs: 1.01 * forward(**inputs), "Tensor-likes are not close!"),
        (wrong_gradient, "Tensor-likes are not close!"),
        (fails, "no compiler"),
    ],
    ids=["equal", "wrong", "wrong-gradient", "none"],
)
def test_a_compiler_that_fails_is_left_out(
    script: ModuleType,
    compiler: Callable[[Forward], Forward],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(torch, "compile", compiler)
    model, other = compiled(script)
    assert ("forward" in vars(other)) == (not said)
    assert capsys.readouterr().err == (f"without torch.compile: {said}\n" if said else "")
    assert other.state_dict().keys() == model.state_dict().keys()


@pytest.mark.skipif(not (shutil.which("g++") or shutil.which("clang++")), reason="no C++ compiler")
def test_numbers_are_equal(script: ModuleType) -> None:
    model, other = compiled(script)
    assert "forward" in vars(other)
    inputs = script.example_inputs(seed=1)
    for each in (model.eval(), other.eval()):
        each(**inputs).square().sum().backward()
    torch.testing.assert_close(other(**inputs), model(**inputs))
    for (name, weight), copied in zip(model.named_parameters(), other.parameters(), strict=True):
        assert weight.grad is not None
        assert copied.grad is not None, name
        error = (copied.grad - weight.grad).norm() / weight.grad.norm()
        assert error < 1e-4, (name, float(error))
