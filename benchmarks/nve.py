"""Energy conservation of molecular dynamics with trained models.

``python benchmarks/nve.py [--families painn ...] [--seconds 60] [--starts 3] [--precision 32 64]``. For each family a
bundle is designed from the request of ethanol and trained by its own train.py; then ethanol moves for 10 ps at constant
energy (velocity Verlet of ase, 0.5 fs), from frames of the test data with velocities of 300 K, without momentum and
rotation. Drift is the slope of the total energy, fluctuation its standard deviation about that line; the largest bond
tells whether the molecule held together. ``runs/nve`` gets JSON and a plot.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
import numpy as np
import torch
import yaml
from ase import Atoms, units
from ase.calculators.calculator import Calculator, all_changes
from ase.md.velocitydistribution import Stationary, ZeroRotation, thermalize_momenta
from ase.md.verlet import VelocityVerlet
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "runs" / "nve"
DATA = ROOT / "examples" / "ethanol-forces" / "data.npz"
STEP, DURATION, EVERY = 0.5, 10_000.0, 20
BONDS = 1.3
"""Pairs of the first frame closer than so many times the sum of covalent radii are bonds."""


class Field(Calculator):
    """A generated model as a calculator of ase; energies in eV, forces in eV/Å."""

    implemented_properties = ("energy", "forces")

    def __init__(self, model: torch.nn.Module, dtype: torch.dtype) -> None:
        super().__init__()
        self.model, self.dtype = model.to(dtype).eval(), dtype

    def calculate(
        self, atoms: Any = None, properties: Any = None, system_changes: Any = all_changes
    ) -> None:
        """Evaluate the model at the atoms' positions."""
        super().calculate(atoms, properties, system_changes)
        pos = torch.tensor(self.atoms.positions, dtype=self.dtype)
        with torch.no_grad():
            found = self.model(
                torch.tensor(self.atoms.numbers, dtype=torch.int64),
                pos,
                torch.zeros(len(pos), dtype=torch.int64),
            )
        self.results = {
            "energy": found["energy"].item(),
            "forces": found["forces"].double().numpy(),
        }


def trained(family: str, seconds: float) -> torch.nn.Module:
    """Design a bundle, train it by its own train.py, and return the best model."""
    from equidesign.design.pipeline import design_architecture
    from equidesign.render.bundle import write_bundle
    from equidesign.spec.request import request_from_data

    request = yaml.safe_load((DATA.parent / "request.yaml").read_text())
    request["constraints"] = {"family": family, "max_parameters": 100_000}
    folder = FOLDER / family
    write_bundle(design_architecture(request_from_data(request)).specification, folder, force=True)
    weights = folder / "run" / "best.pt"
    for old in folder.glob("run/*"):
        old.unlink()
    command = [
        sys.executable,
        "train.py",
        "--data",
        str(DATA),
        "--out",
        "run",
        "--max-time",
        str(seconds),
    ]
    command += ["--epochs", str(EPOCHS.get(family, 30)), "--device", "cpu"]
    subprocess.run(command, cwd=folder, check=True)
    spec = importlib.util.spec_from_file_location(f"nve_{family}", folder / "model.py")
    module: Any = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]
    sys.modules[module.__name__] = module
    spec.loader.exec_module(module)  # type: ignore[union-attr]
    model: torch.nn.Module = module.build_model()
    model.load_state_dict(torch.load(weights, weights_only=True))
    return model


EPOCHS = {"nequip": 12, "painn": 30, "schnet": 30, "egnn": 15}
"""So that the learning rate has come down when the time is over, on one core."""


def dynamics(model: torch.nn.Module, dtype: torch.dtype, start: int) -> dict[str, Any]:
    """Run NVE; return drift, fluctuation (meV per atom) and how far bonds stretched."""
    arrays = np.load(DATA)
    test = arrays["pos"][arrays["split"] == 2]
    atoms = Atoms(arrays["z"], test[37 * start % len(test)], calculator=Field(model, dtype))
    generator = np.random.default_rng(start)
    thermalize_momenta(atoms, temperature_K=300, rng=generator)
    Stationary(atoms)
    ZeroRotation(atoms)
    from ase.neighborlist import natural_cutoffs, neighbor_list

    first, second, length = neighbor_list("ijd", atoms, natural_cutoffs(atoms, mult=BONDS))
    times, energies, longest = [], [], 0.0
    engine = VelocityVerlet(atoms, STEP * units.fs)
    for _ in range(int(DURATION / STEP / EVERY)):
        engine.run(EVERY)
        times.append(engine.get_time() / units.fs / 1000)
        energies.append(1000 * atoms.get_total_energy() / len(atoms))
        now = np.linalg.norm(atoms.positions[first] - atoms.positions[second], axis=1)
        longest = max(longest, float((now / length).max()))
    slope, offset = np.polyfit(times, energies, 1)
    rest = np.array(energies) - slope * np.array(times) - offset
    return {
        "drift": float(slope),
        "fluctuation": float(rest.std()),
        "bond": longest,
        "time": times,
        "energy": [value - energies[0] for value in energies],
    }


def main() -> None:
    """Train, run, print and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--families", nargs="+", default=["painn", "nequip", "schnet", "egnn"])
    parser.add_argument("--seconds", type=float, default=60.0, help="wall clock of each training")
    parser.add_argument("--starts", type=int, default=2, help="trajectories of a model")
    parser.add_argument("--precision", nargs="+", default=["32"], choices=["32", "64"])
    args = parser.parse_args()
    torch.set_num_threads(1)
    runs = []
    for family in args.families:
        model = trained(family, args.seconds)
        for bits in args.precision:
            for start in range(args.starts):
                found = dynamics(model, getattr(torch, f"float{bits}"), start)
                runs.append({"family": family, "precision": bits, "start": start, **found})
                print(
                    {
                        key: value
                        for key, value in runs[-1].items()
                        if key not in ("time", "energy")
                    },
                    flush=True,
                )
    table = Table(title="Ethanol, 10 ps at constant energy")
    for column in (
        "family",
        "float",
        "start",
        "drift (meV/atom/ps)",
        "fluctuation (meV/atom)",
        "longest bond / first",
    ):
        table.add_column(column, justify="left" if column == "family" else "right")
    for run in runs:
        numbers = (f"{run['drift']:+.4f}", f"{run['fluctuation']:.3f}", f"{run['bond']:.2f}")
        table.add_row(run["family"], run["precision"], str(run["start"]), *numbers)
    Console(width=None if sys.stdout.isatty() else 110).print(table)
    (FOLDER / "results.json").write_text(json.dumps(runs, indent=1) + "\n")
    draw(runs)
    worst = max((abs(run["drift"]) for run in runs), default=math.nan)
    print(f"largest drift: {worst:.4f} meV/atom/ps")


def draw(runs: list[dict[str, Any]]) -> None:
    """Plot the total energies, where matplotlib is installed."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        return
    figure = Figure(layout="constrained")
    axes = figure.subplots()
    for run in runs:
        axes.plot(
            run["time"], run["energy"], lw=0.6, label=f"{run['family']}, float{run['precision']}"
        )
    axes.set(xlabel="time (ps)", ylabel="total energy (meV/atom)")
    axes.legend(fontsize="x-small")
    figure.savefig(FOLDER / "nve.png", dpi=150)


if __name__ == "__main__":
    main()
