"""The training script of a bundle: formatted for every domain and task, exact to resume, clear about wrong data."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import torch
from scripts import DOMAINS, designed, imported, run, sets, write

from equidesign.render.environment import render_template
from equidesign.render.script import script_context

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


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write("sets", "type: regression, targets: 2", tmp_path_factory.mktemp("bundle"))


def weights(folder: Path, name: str) -> Mapping[str, torch.Tensor]:
    found = torch.load(folder / name, weights_only=True)
    return found["model"] if name == "last.pt" else found


def same(one: Mapping[str, torch.Tensor], other: Mapping[str, torch.Tensor]) -> bool:
    return all(torch.equal(one[name], other[name]) for name in one.keys() | other.keys())


KILLED_IN_STEP_20 = """
import os, signal, train
update, steps = train.update_average, []
def update_or_die(*values):
    steps.append(len(steps))
    if len(steps) == 20:
        os.kill(os.getpid(), signal.SIGKILL)
    update(*values)
train.update_average = update_or_die
train.main()
"""


def test_killed_run_resumes_exactly(bundle: Path, tmp_path: Path) -> None:
    data = str(sets(tmp_path / "data.npz"))
    options = ["--data", data, "--epochs", "5", "--batch-size", "8"]
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    assert run(bundle, *options, "--out", str(whole)).returncode == 0
    killed = run(bundle, *options, "--out", str(broken), program=("-c", KILLED_IN_STEP_20))
    assert killed.returncode == -signal.SIGKILL
    epoch = -(-49 // 8)
    step = torch.load(broken / "last.pt", weights_only=True)["state"]["step"]
    assert 20 - epoch <= step < 20
    again = run(bundle, *options, "--out", str(broken))
    assert again.returncode == 1
    assert "add --resume" in again.stderr
    assert "Traceback" not in again.stderr
    other = run(bundle, *options, "--lr", "1", "--out", str(broken), "--resume")
    assert other.returncode == 1
    assert "of a run with lr 0.002, not 1.0" in other.stderr
    result = run(bundle, *options, "--out", str(broken), "--resume")
    assert result.returncode == 0, result.stderr
    for name in ("last.pt", "best.pt"):
        assert same(weights(whole, name), weights(broken, name))
    rows, same_rows = ((f / "metrics.csv").read_text().splitlines() for f in (whole, broken))
    assert len(rows) == len(same_rows) == 6


def test_stop_within_an_epoch_resumes_exactly(bundle: Path, tmp_path: Path) -> None:
    data = str(sets(tmp_path / "data.npz"))
    options = ["--data", data, "--epochs", "2", "--batch-size", "8"]
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    assert run(bundle, *options, "--out", str(whole)).returncode == 0
    assert run(bundle, *options, "--out", str(broken), "--max-time", "0").returncode == 0
    assert torch.load(broken / "last.pt", weights_only=True)["state"]["step"] == 1
    assert run(bundle, *options, "--out", str(broken), "--resume").returncode == 0
    assert same(weights(whole, "last.pt"), weights(broken, "last.pt"))


def test_two_processes_train_as_one(bundle: Path, tmp_path: Path) -> None:
    data = sets(tmp_path / "data.npz")
    options = ["--data", str(data), "--epochs", "2", "--precision", "64"]
    options += ["--validation", "0.12"]  # leaves 48 to train on
    one, two = tmp_path / "one", tmp_path / "two"
    alone = run(bundle, *options, "--batch-size", "16", "--out", str(one))
    assert alone.returncode == 0, alone.stderr
    pair = run(bundle, *options, "--batch-size", "8", "--devices", "2", "--out", str(two))
    assert pair.returncode == 0, pair.stderr
    rows = [np.genfromtxt(out / "metrics.csv", delimiter=",", skip_header=1) for out in (one, two)]
    assert rows[0][:, 3:] == pytest.approx(rows[1][:, 3:], rel=1e-9)
    assert json.loads((two / "results.json").read_text())["precision"] == "float64"


def test_learns_in_the_units_of_the_data(bundle: Path, tmp_path: Path) -> None:
    data = sets(tmp_path / "data.npz")
    out = tmp_path / "out"
    result = run(bundle, "--data", str(data), "--epochs", "40", "--out", str(out))
    assert result.returncode == 0, result.stderr
    results = json.loads((out / "results.json").read_text())
    assert results["test"]["MAE"] < 0.5
    scaling = results["scaling"]["y"]
    assert scaling["shift"] == pytest.approx([105, 105], abs=1)
    trained = imported(bundle).build_model()
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


def test_a_mistake_is_told_in_one_line_and_leaves_nothing(bundle: Path, tmp_path: Path) -> None:
    data = sets(tmp_path / "data.npz", y=np.ones(60))
    out = tmp_path / "out"
    for path, message in ((data, "'y' has shape (60,)"), (tmp_path / "none.npz", "no such file")):
        result = run(bundle, "--data", str(path), "--out", str(out))
        assert result.returncode == 1
        assert result.stderr.startswith(f"error: {path}: {message}")
        assert result.stderr.count("\n") == 1
        assert not out.exists()


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
