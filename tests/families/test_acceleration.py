"""Acceleration by cuequivariance: the same state and the same numbers as without, in other code."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from points_building import FORCES, imported, outputs, request_file

from equidesign.design.pipeline import design_architecture
from equidesign.render.bundle import render_bundle
from equidesign.spec.request import request_from_data
from equidesign.spec.specification import Specification

VECTORS = {"type": "regression", "representation": "1x1 + 1x2", "per": "point"}
CASES: list[tuple[str, str, str, Any, str, dict[str, Any]]] = [
    ("nequip", "E(3)", "molecules", FORCES, "accuracy", {}),
    ("nequip", "SE(3)", "point_clouds", VECTORS, "balanced", {"cutoff": 1.0}),
    ("tensor-field-network", "E(3)", "molecules", FORCES, "balanced", {}),
    (
        "se3-transformer",
        "E(3)",
        "molecules",
        {"type": "regression", "representation": "2x0e + 1x2e + 1x1e"},
        "accuracy",
        {"features": 3},
    ),
]
IDS = [f"{family}-{group}-{domain}" for family, group, domain, *_ in CASES]


def specified(tmp_path: Path, acceleration: str, *case: Any) -> Specification:
    family, group, domain, task, priority, data = case
    request = yaml.safe_load(
        request_file(tmp_path, family, group, domain, task, **data).read_text()
    )
    request["constraints"] |= {"priority": priority, "acceleration": acceleration}
    return design_architecture(request_from_data(request)).specification


def test_an_acceleration_is_decided_in_the_specification(tmp_path: Path) -> None:
    plain, fast = (specified(tmp_path, name, *CASES[0]) for name in ("none", "cuequivariance"))
    assert "acceleration" not in plain.deployment
    assert fast.deployment["acceleration"] == "cuequivariance"
    assert fast.layers == plain.layers
    assert fast.parameters == plain.parameters
    assert set(fast.dependencies) - set(plain.dependencies) == {"cuequivariance-torch"}
    files, faster = render_bundle(plain), render_bundle(fast)
    assert "cuequivariance-torch>=" in faster["requirements.txt"]
    assert "install torch e3nn cuequivariance-torch" in faster["SPECIFICATION.md"]
    assert not any("cuequivariance" in text for text in files.values())
    blocks, others = (set(each["model.py"].split("\n\n\n")) for each in (files, faster))
    changed = {block.split("(")[0] for block in blocks - others}
    assert {name for name in changed if name.startswith("class")} == {"class ChannelwiseProduct"}


@pytest.fixture(params=CASES, ids=IDS)
def models(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Specification, Any, Any, Any]:
    """The specification, example inputs, and the model in both forms, with the same weights."""
    pytest.importorskip("cuequivariance_torch")
    plain, fast = (specified(tmp_path, name, *request.param) for name in ("none", "cuequivariance"))
    module = imported(render_bundle(plain)["model.py"], tmp_path)
    torch.manual_seed(0)
    first = module.build_model()
    second = imported(render_bundle(fast)["model.py"], tmp_path).build_model()
    second.load_state_dict(first.state_dict())
    return plain, module.example_inputs(), first, second


@pytest.mark.filterwarnings("ignore:cuequivariance_ops_torch is not available")
@pytest.mark.parametrize(("dtype", "tolerance"), [("float32", 1e-3), ("float64", 1e-12)])
def test_numbers_are_equal(models: Any, dtype: str, tolerance: float) -> None:
    spec, inputs, *both = models
    number = getattr(torch, dtype)
    inputs = {k: v.to(number) if v.is_floating_point() else v for k, v in inputs.items()}
    found = []
    for model in both:
        model = copy.deepcopy(model).float().to(number)
        result = outputs(spec, model, inputs)
        sum(each.square().mean() for each in result.values()).backward()
        weights = {name: each.grad for name, each in model.named_parameters()}
        found.append({**result, **{k: v for k, v in weights.items() if v is not None}})
    assert found[0].keys() == found[1].keys()
    for name, value in found[0].items():
        error = (found[1][name] - value).abs().max() / value.abs().max().clamp(min=1e-6)
        assert error < tolerance, (name, float(error))


@pytest.mark.filterwarnings("ignore:cuequivariance_ops_torch is not available")
def test_kernels_take_the_product(models: Any) -> None:
    """The CUDA kernel wants one mode, and segments of one shape."""
    kernels = [part.kernel[0] for part in models[-1].modules() if hasattr(part, "kernel")]
    assert kernels
    for kernel in kernels:
        product = kernel._polynomial_orig.flatten_coefficient_modes().squeeze_modes()
        assert all(operand.all_same_segment_shape() for operand in product.operands)
        assert {operand.ndim for operand in product.operands} == {0, 1}
