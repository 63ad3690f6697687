"""Every example is designed, written, and trained for a few steps on its own data."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from equidesign.design.pipeline import design_architecture
from equidesign.render.bundle import write_bundle
from equidesign.resources import data_dir
from equidesign.spec.domains import DOMAINS
from equidesign.spec.request import load_request

EXAMPLES = sorted(path.parent for path in data_dir("examples").glob("*/request.yaml"))
COVERED = {"images", "sphere", "point_clouds", "molecules", "sets", "graphs"}


def test_each_domain_has_an_example() -> None:
    domains = {load_request(folder / "request.yaml").data.domain for folder in EXAMPLES}
    assert COVERED <= domains <= DOMAINS.keys()


def test_examples_are_small() -> None:
    sizes = [path.stat().st_size for folder in EXAMPLES for path in folder.iterdir()]
    assert sum(sizes) < 3_000_000


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_example_trains(folder: Path, tmp_path: Path) -> None:
    design = design_architecture(load_request(folder / "request.yaml"))
    assert design.specification.name == folder.name
    bundle = tmp_path / "bundle"
    write_bundle(design.specification, bundle)
    command = [sys.executable, "train.py", "--data", str(folder / "data.npz"), "--device", "cpu"]
    command += ["--max-steps", "3", "--validation", "0.02", "--test", "0.02", "--out", "out"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    result = subprocess.run(
        command, cwd=bundle, env=environment, capture_output=True, text=True, timeout=600
    )
    assert result.returncode == 0, result.stderr
    results = json.loads((bundle / "out" / "results.json").read_text())
    assert results["equivariance"]["float64"] < 1e-10
    assert results["equivariance"]["float32"] < 1e-3
    assert all(value >= 0 for value in results["test"].values())
    for name in ("best.pt", "last.pt", "metrics.csv"):
        assert (bundle / "out" / name).stat().st_size > 0
