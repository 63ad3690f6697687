"""Bundles to train in the tests, and how train.py is run and imported."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from equidesign.design.pipeline import design_architecture
from equidesign.errors import InputError
from equidesign.render.environment import render_template
from equidesign.render.model import render_model
from equidesign.render.script import script_context
from equidesign.spec.request import parse_request
from equidesign.spec.specification import Specification
from equidesign.spec.yamlio import load_text

DOMAINS = {
    "images": ("D4", "size: 9"),
    "sphere": ("SO(3)", "bandwidth: 4"),
    "point_clouds": ("SE(3)", "points: 8, cutoff: 2.0"),
    "molecules": ("E(3)", "species: [H, C, O]"),
    "sets": ("S_n", "features: 2, size: 6"),
    "graphs": ("S_n", "node_features: 3, edge_features: 2, nodes: 6"),
}


@cache
def designed(domain: str, task: str) -> Specification:
    group, data = DOMAINS[domain]
    text = f"""
        name: some-{domain.replace("_", "-")}
        symmetry: {{group: "{group}"}}
        data: {{domain: {domain}, {data}}}
        task: {{{task}}}
        constraints: {{max_parameters: 20000}}
    """
    try:
        return design_architecture(parse_request(load_text(text, "test"))).specification
    except InputError as error:
        if error.where != "constraints.max_parameters":
            raise
        text = text.replace("max_parameters: 20000", "priority: speed")
        return design_architecture(parse_request(load_text(text, "test"))).specification


def write(domain: str, task: str, folder: Path) -> Path:
    spec = designed(domain, task)
    (folder / "model.py").write_text(render_model(spec), encoding="utf-8")
    script = render_template("train.py.jinja", script_context(spec))
    (folder / "train.py").write_text(script, encoding="utf-8")
    return folder


def run(
    folder: Path, *options: str, program: tuple[str, ...] = ("train.py",)
) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, *program, "--device", "cpu", *options]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=600
    )


def imported(folder: Path) -> ModuleType:
    """Import train.py of a bundle."""
    spec = importlib.util.spec_from_file_location("train", folder / "train.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(folder))
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(folder))
        sys.modules.pop("model", None)
    return module


def sets(path: Path, **changes: Any) -> Path:
    """Write 60 sets whose target is their mean."""
    rng = np.random.default_rng(0)
    x = 5 + 3 * rng.normal(size=(60, 6, 2))
    arrays = {"x": x, "y": 100 + x.mean(1)} | changes
    np.savez(path, **{name: value for name, value in arrays.items() if value is not None})
    return path
