"""The whole product: every group, domain and task designs, renders, runs and has its symmetry."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest
import torch
from cells import Cell, all_cells
from checks import error, outputs_of, shake

from equidesign.design.pipeline import design_architecture
from equidesign.layers.pipeline import pipeline_faults
from equidesign.render.model import render_model
from equidesign.spec.request import request_from_data

TOLERANCE = 1e-8


def load_module(text: str, folder: Path) -> Any:
    """Import a rendered model from its text."""
    path = folder / "rendered_model.py"
    path.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("rendered_model", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def measure(cell: Cell, folder: Path) -> float:
    """Design, render, build and shake the model of a cell; return its largest error in float64."""
    spec = design_architecture(request_from_data(cell.request())).specification
    assert not [*pipeline_faults(spec.layers, spec.fiber, spec.interface.inputs)]
    module = load_module(render_model(spec), folder)
    torch.manual_seed(0)
    model = module.build_model()
    count = sum(parameter.numel() for parameter in model.parameters())
    assert count == spec.parameters.total, f"{count} parameters, {spec.parameters.total} estimated"
    shake(model, seed=1)
    inputs = module.example_inputs(batch_size=2, seed=3, dtype=torch.float64)
    worst = 0.0
    for training in (True, False):
        double = model.double().train(training)
        outputs = outputs_of(double, inputs, cell.task)
        assert outputs.keys() == spec.interface.outputs.keys()
        other = module.example_inputs(batch_size=2, seed=4, dtype=torch.float64)
        for name, value in outputs_of(double, other, cell.task).items():
            assert value.shape != outputs[name].shape or not torch.allclose(value, outputs[name])
        worst = max(worst, error(double, inputs, cell))
    return worst


@pytest.mark.parametrize("cell", all_cells(), ids=lambda cell: cell.id)
def test_cell(cell: Cell, tmp_path: Path) -> None:
    assert measure(cell, tmp_path) < TOLERANCE
