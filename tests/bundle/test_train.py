"""The training script of a bundle: formatted for every domain and task, exact to resume, clear about wrong data."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

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
TASKS = (
    "type: classification, classes: 3",
    "type: regression, targets: 2",
    "type: regression, targets: 2, per: point",
    "type: segmentation, classes: 3",
    "type: force_prediction",
    "type: force_prediction, energy: false",
    "type: force_prediction, conservative: false",
    "type: pose_estimation",
    "type: generation",
)
MEANINGLESS = {
    "images": {4, 5, 6},
    "sphere": {4, 5, 6},
    "sets": {4, 5, 6, 7},
    "graphs": {4, 5, 6, 7},
}
CELLS = [
    (domain, task)
    for domain in DOMAINS
    for index, task in enumerate(TASKS)
    if index not in MEANINGLESS.get(domain, ())
]


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


def command(*options: str) -> list[str]:
    return [sys.executable, "train.py", "--device", "cpu", *options]


def run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        command(*options), cwd=folder, env=environment, capture_output=True, text=True, timeout=600
    )


@pytest.mark.parametrize("domain", DOMAINS)
def test_script_is_formatted_and_clean(domain: str, tmp_path: Path) -> None:
    for index, (_, task) in enumerate(cell for cell in CELLS if cell[0] == domain):
        folder = tmp_path / str(index)
        folder.mkdir()
        text = render_template("train.py.jinja", script_context(designed(domain, task)))
        (folder / "train.py").write_text(text, encoding="utf-8")
        (folder / "model.py").touch()
        assert "equidesign" not in text
    ruff = [sys.executable, "-m", "ruff"]
    for check in (["format", "--check"], ["check"]):
        isolated = [*ruff, *check, "--isolated", "--line-length", "88", str(tmp_path)]
        result = subprocess.run(isolated, capture_output=True, text=True)
        assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("domain", "task"),
    [
        ("point_clouds", "type: generation"),
        ("molecules", "type: force_prediction, conservative: false"),
        ("molecules", "type: pose_estimation"),
        ("sets", "type: segmentation, classes: 3"),
        ("graphs", "type: generation"),
        ("sphere", "type: regression, targets: 2, per: point"),
    ],
)
def test_smoke(domain: str, task: str, tmp_path: Path) -> None:
    result = run(write(domain, task, tmp_path), "--smoke")
    assert result.returncode == 0, result.stderr
    error = float(result.stdout.split("error in float64: ")[1].split()[0])
    assert error < 1e-10, result.stdout
    assert {path.name for path in tmp_path.iterdir()} <= {"model.py", "train.py", "__pycache__"}


def sets(path: Path, **changes: Any) -> Path:
    """Write 60 sets whose target is their mean."""
    rng = np.random.default_rng(0)
    x = 5 + 3 * rng.normal(size=(60, 6, 2))
    arrays = {"x": x, "y": 100 + x.mean(1)} | changes
    np.savez(path, **{name: value for name, value in arrays.items() if value is not None})
    return path


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write("sets", "type: regression, targets: 2", tmp_path_factory.mktemp("bundle"))


def weights(folder: Path, name: str) -> Mapping[str, torch.Tensor]:
    found = torch.load(folder / name, weights_only=True)
    return found["model"] if name == "last.pt" else found


def same(one: Mapping[str, torch.Tensor], other: Mapping[str, torch.Tensor]) -> bool:
    return all(torch.equal(one[name], other[name]) for name in one.keys() | other.keys())


def test_killed_run_resumes_exactly(bundle: Path, tmp_path: Path) -> None:
    data = str(sets(tmp_path / "data.npz"))
    options = ["--data", data, "--epochs", "30", "--batch-size", "8"]
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    assert run(bundle, *options, "--out", str(whole)).returncode == 0
    process = subprocess.Popen(
        command(*options, "--out", str(broken)),
        cwd=bundle,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while not (broken / "last.pt").exists() and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert torch.load(broken / "last.pt", weights_only=True)["state"]["step"] < 30 * 6
    again = run(bundle, *options, "--out", str(broken))
    assert again.returncode == 1
    assert "add --resume" in again.stderr
    assert "Traceback" not in again.stderr
    result = run(bundle, *options, "--out", str(broken), "--resume")
    assert result.returncode == 0, result.stderr
    for name in ("last.pt", "best.pt"):
        assert same(weights(whole, name), weights(broken, name))
    one, other = ((f / "metrics.csv").read_text().splitlines() for f in (whole, broken))
    assert len(one) == len(other) == 31


def test_stop_within_an_epoch_resumes_exactly(bundle: Path, tmp_path: Path) -> None:
    data = str(sets(tmp_path / "data.npz"))
    options = ["--data", data, "--epochs", "2", "--batch-size", "8"]
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    assert run(bundle, *options, "--out", str(whole)).returncode == 0
    assert run(bundle, *options, "--out", str(broken), "--max-time", "0").returncode == 0
    assert torch.load(broken / "last.pt", weights_only=True)["state"]["step"] == 1
    assert run(bundle, *options, "--out", str(broken), "--resume").returncode == 0
    assert same(weights(whole, "last.pt"), weights(broken, "last.pt"))


def test_learns_in_the_units_of_the_data(bundle: Path, tmp_path: Path) -> None:
    data = sets(tmp_path / "data.npz")
    out = tmp_path / "out"
    result = run(bundle, "--data", str(data), "--epochs", "40", "--out", str(out))
    assert result.returncode == 0, result.stderr
    results = json.loads((out / "results.json").read_text())
    assert results["test"]["MAE"] < 0.5
    scaling = results["scaling"]["y"]
    assert scaling["shift"] == pytest.approx([105, 105], abs=1)
    sys.path.insert(0, str(bundle))
    try:
        import model  # type: ignore[import-not-found]
    finally:
        sys.path.remove(str(bundle))
        sys.modules.pop("model", None)
    trained = model.build_model()
    trained.load_state_dict(torch.load(out / "best.pt", weights_only=True))
    with np.load(data) as arrays:
        x, y = torch.tensor(arrays["x"]).float(), torch.tensor(arrays["y"]).float()
    shift, scale = (
        torch.tensor(results["scaling"]["x"][key]).float() for key in ("shift", "scale")
    )
    with torch.no_grad():
        prediction = trained.eval()((x - shift) / scale, torch.ones(60, 6, dtype=torch.bool))
    prediction = prediction * torch.tensor(scaling["scale"]) + torch.tensor(scaling["shift"])
    assert (prediction - y).abs().mean() < 0.5


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"y": None}, "'y' is missing among x"),
        ({"x": np.zeros((60, 6, 3))}, "'x' has shape (60, 6, 3), expected (60, 6, 2)"),
        ({"y": np.full((60, 2), np.nan)}, "'y' is not finite at [0, 0]"),
        ({"x": np.full((60, 6, 2), "a")}, "not numbers as expected"),
        ({"mask": np.ones((60, 5))}, "'mask' has shape (60, 5)"),
    ],
    ids=["missing", "shape", "nan", "text", "mask"],
)
def test_wrong_data(bundle: Path, tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    data = sets(tmp_path / "data.npz", **changes)
    result = run(bundle, "--data", str(data), "--out", str(tmp_path / "out"))
    assert result.returncode == 1
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_unreadable_file(bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "data.npz").write_text("no archive")
    for name in ("data.npz", "nothing.npz"):
        result = run(bundle, "--data", str(tmp_path / name), "--out", str(tmp_path / "out"))
        assert result.returncode == 1
        assert "not a .npz file" in result.stderr
        assert "Traceback" not in result.stderr


def test_sets_from_a_table(bundle: Path, tmp_path: Path) -> None:
    rows = ["set,x1,x2,y1,y2"]
    rows += [f"{i // 3},{i},{i % 7},{i // 3},1" for i in range(90)]
    (tmp_path / "data.csv").write_text("\n".join(rows))
    out = tmp_path / "out"
    result = run(bundle, "--data", str(tmp_path / "data.csv"), "--epochs", "1", "--out", str(out))
    assert result.returncode == 0, result.stderr
    assert (out / "curves.png").exists()


def test_molecules_from_extended_xyz_and_npz_agree(tmp_path: Path) -> None:
    from ase import Atoms
    from ase.calculators.singlepoint import SinglePointCalculator
    from ase.io import write as write_xyz

    bundle = write("molecules", "type: force_prediction", tmp_path)
    rng = np.random.default_rng(0)
    frames, sizes = [], rng.integers(2, 5, size=12)
    for size in sizes:
        atoms = Atoms(
            numbers=rng.choice([1, 6, 8], size=size), positions=rng.normal(size=(size, 3))
        )
        energy, forces = float(rng.normal()), rng.normal(size=(size, 3))
        atoms.calc = SinglePointCalculator(atoms, energy=energy, forces=forces)
        frames.append(atoms)
    write_xyz(tmp_path / "data.xyz", frames, format="extxyz")
    np.savez(
        tmp_path / "data.npz",
        z=np.concatenate([atoms.numbers for atoms in frames]),
        pos=np.concatenate([atoms.positions for atoms in frames]),
        forces=np.concatenate([atoms.get_forces() for atoms in frames]),
        energy=[atoms.get_potential_energy() for atoms in frames],
        n_atoms=sizes,
    )
    losses = []
    for name in ("data.xyz", "data.npz"):
        out = tmp_path / name.replace(".", "-")
        result = run(bundle, "--data", str(tmp_path / name), "--epochs", "1", "--out", str(out))
        assert result.returncode == 0, result.stderr
        losses.append(json.loads((out / "results.json").read_text())["test"]["loss"])
    assert losses[0] == pytest.approx(losses[1], rel=1e-4)
    with np.load(tmp_path / "data.npz") as archive:
        arrays = {**archive}
    arrays["z"][3] = 17
    np.savez(tmp_path / "data.npz", **arrays)
    result = run(bundle, "--data", str(tmp_path / "data.npz"), "--out", str(tmp_path / "bad"))
    assert "atomic numbers [17]" in result.stderr
    assert "Traceback" not in result.stderr
