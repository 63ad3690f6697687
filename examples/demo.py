"""Design, verify and train a force field of ethanol: what ``make demo`` runs.

Everything is written to ``runs/demo``; exit code 1 means that the symmetry did not hold or the training did not help.
"""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from rich.console import Console
from rich.table import Table

from equidesign.design.pipeline import design_architecture
from equidesign.errors import EquidesignError
from equidesign.render.bundle import write_bundle
from equidesign.report.verify_text import render_report
from equidesign.spec.request import load_request
from equidesign.verify.api import verify_target

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "examples" / "ethanol-forces"
FOLDER = ROOT / "runs" / "demo"
EPOCHS = 12
FORCES = "force MAE (meV/Å)"
ENERGY = "energy MAE (meV/atom)"

console = Console(highlight=False, width=None if sys.stdout.isatty() else 110)


def heading(text: str) -> None:
    """Print what comes next."""
    console.print(f"\n[bold cyan]{text}[/]")


def untrained() -> dict[str, Any]:
    """Return the errors of the fresh model on the test frames, as train.py measures them."""
    sys.path.insert(0, str(FOLDER))
    import torch

    train: Any = importlib.import_module("train")
    model: Any = importlib.import_module("model")
    torch.manual_seed(0)
    fresh = model.build_model()
    args = SimpleNamespace(seed=0, test=0.1, validation=0.1)
    parts = train.split_samples(train.read_samples(EXAMPLE / "data.npz"), args)
    train.standardise(fresh, parts)
    test = parts[2]
    batches = (train.collate(test[i : i + 20], torch.float32) for i in range(0, len(test), 20))
    errors = train.evaluate(fresh.eval(), batches, {})
    symmetry = {
        str(dtype).removeprefix("torch."): train.equivariance_error(fresh.to(dtype), dtype)
        for dtype in (torch.float32, torch.float64)
    }
    return {"test": errors, "equivariance": symmetry}


def train_bundle() -> dict[str, Any]:
    """Train with the bundle's own script; return its results."""
    command = [sys.executable, "train.py", "--data", str(EXAMPLE / "data.npz")]
    command += ["--epochs", str(EPOCHS), "--out", "trained", "--device", "cpu"]
    environment = {"OMP_WAIT_POLICY": "PASSIVE", **os.environ}
    subprocess.run(command, cwd=FOLDER, env=environment, check=True, stdout=subprocess.DEVNULL)
    results: dict[str, Any] = json.loads((FOLDER / "trained" / "results.json").read_text())
    return results


def compare(before: dict[str, Any], after: dict[str, Any]) -> Table:
    """Return the table of errors before and after training."""
    table = Table(title="1,000 held-out frames of ethanol")
    table.add_column("")
    table.add_column("before training", justify="right")
    table.add_column("after", justify="right")
    for name, unit in ((FORCES, "force error, meV/Å"), (ENERGY, "energy error, meV/atom")):
        values = (results["test"][name] for results in (before, after))
        table.add_row(unit, *(f"{value:.1f}" for value in values))
    for precision in ("float32", "float64"):
        values = (results["equivariance"][precision] for results in (before, after))
        table.add_row(f"equivariance error, {precision}", *(f"{value:.0e}" for value in values))
    return table


def main() -> int:
    """Run the demo; return the exit code."""
    heading("1. Design: examples/ethanol-forces/request.yaml")
    spec = design_architecture(load_request(EXAMPLE / "request.yaml")).specification
    shutil.rmtree(FOLDER, ignore_errors=True)
    write_bundle(spec, FOLDER)
    for decision in spec.decisions:
        console.print(f"  {decision.step.value:<14}[bold]{decision.choice}[/]")
    console.print(f"  {'parameters':<14}[bold]{spec.parameters.total:,}[/]")

    heading("2. Verify: is f(g·x) = g·f(x)?")
    report = verify_target(FOLDER)
    console.print(render_report(report), markup=False, soft_wrap=True)

    heading(f"3. Train: {EPOCHS} epochs on 900 frames")
    before = untrained()
    after = train_bundle()
    console.print()
    console.print(compare(before, after))
    console.print("Predicting no force at all would be wrong by 734 meV/Å.")
    console.print(f"The bundle is in {FOLDER.relative_to(ROOT)}; its README.md says how to go on.")
    better = after["test"][FORCES] < 0.5 * before["test"][FORCES]
    exact = after["equivariance"]["float64"] < 1e-10
    return 0 if report.passed and better and exact else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except EquidesignError as error:
        sys.exit(f"error: {error}")
    except subprocess.CalledProcessError as error:
        sys.exit(f"error: train.py failed with exit code {error.returncode}")
    except KeyboardInterrupt:
        sys.exit(130)
