"""Requests on points, models built from them, and how rotations act."""

from __future__ import annotations

import importlib.util
import itertools
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
import yaml
from e3nn import o3

from equidesign.design.pipeline import design_architecture
from equidesign.groups.rep import Rep
from equidesign.render.model import render_model
from equidesign.spec.request import load_request
from equidesign.spec.specification import Specification

FAMILIES = ("nequip", "tensor-field-network", "se3-transformer")
FORCES = {"type": "force_prediction"}
names = itertools.count()


def request_file(
    tmp_path: Path, family: str, group: str, domain: str, task: Any, **data: Any
) -> Path:
    path = tmp_path / "request.yaml"
    request = {
        "version": 1,
        "name": "case",
        "symmetry": {"group": group},
        "data": {"domain": domain, **data},
        "task": task,
        "constraints": {"family": family, "priority": "speed"},
    }
    path.write_text(yaml.safe_dump(request))
    return path


def imported(text: str, tmp_path: Path) -> ModuleType:
    name = f"generated_{next(names)}"
    path = tmp_path / f"{name}.py"
    path.write_text(text)
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def build(tmp_path: Path, *case: Any, **data: Any) -> tuple[Specification, ModuleType, Any]:
    request = load_request(request_file(tmp_path, *case, **data))
    spec = design_architecture(request).specification
    module = imported(render_model(spec), tmp_path)
    torch.manual_seed(0)
    return spec, module, module.build_model().double()


def shaken(model: Any) -> Any:
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for parameter in model.parameters():
            noise = torch.randn(parameter.shape, generator=generator, dtype=parameter.dtype)
            parameter.copy_(0.3 * noise)
    return model


def outputs(spec: Specification, model: Any, inputs: dict[str, Any]) -> dict[str, torch.Tensor]:
    result = model(**inputs)
    return result if isinstance(result, dict) else {next(iter(spec.interface.outputs)): result}


def rotation(seed: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    q, _ = torch.linalg.qr(torch.randn(3, 3, generator=generator, dtype=torch.float64))
    return q * q.det()


def matrix(rep: Rep, g: torch.Tensor) -> torch.Tensor:
    """Fit the Wigner matrices to spherical harmonics: an oracle that shares no table with the models."""
    points = torch.randn(200, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    det = g.det()
    blocks = []
    for mul, irrep in rep.terms:
        before = o3.spherical_harmonics(irrep.l, points, True)
        after = o3.spherical_harmonics(irrep.l, points @ (g * det).T, True)
        block = torch.linalg.lstsq(before, after).solution.T
        if det < 0 and rep.group.kind == "O":
            block = block * irrep.parity
        blocks += [block] * mul
    return torch.block_diag(*blocks)
