"""Force fields of ethanol: generated models against peers, at equal CPU time.

``python benchmarks/molecules [--seconds 20 60] [--seeds 3] [--jobs 1] [--models NAME ...]``. Peers: the ``nequip`` and
``mace-torch`` packages, each in an environment of its own that is made when it is missing (3 GB), SchNet and ViSNet of
PyTorch Geometric and the v2106 network of e3nn. Every model has near 220,000 parameters, or as many as its family is
designed with below that, and learns 200 frames in batches of 5 by the same recipe (worker.py). Each gets the best of
the same six learning rates, by a trial of 20 seconds on frames that the table does not use. Steps are timed in turn
within one run; a generated model pays for its neighbour search, a peer gets the graph. Denormal numbers are flushed to
zero for all, which peers gain most from. The table gives medians over seeds; ``runs/molecules`` gets JSON and a plot.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any

import yaml
from peers import ENVIRONMENT, PEERS
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "runs" / "molecules"
REQUIREMENTS = {
    ".venv-nequip": ["torch==2.13.0", "nequip==0.19.1"],
    ".venv-mace": ["torch==2.13.0", "mace-torch==0.3.16"],
}
GENERATED = ("nequip", "painn", "egnn", "schnet", "tensor-field-network", "se3-transformer")
PARAMETERS = 220_000
RATES = (2e-3, 5e-3, 1e-2, 2e-2, 4e-2, 8e-2)
TRIAL_SECONDS = 20.0
ROUNDS, STEPS = 12, 5


class Model:
    """A worker process with one model, and what was measured of it."""

    def __init__(self, name: str) -> None:
        self.name = name
        command = [str(python_of(name)), str(Path(__file__).with_name("worker.py")), name]
        if name in GENERATED:
            command.append(str(render(name)))
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"}
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment,
        )
        self.found: dict[str, Any] = {**self.answer(), "step": [], "inference": [], "training": []}

    def ask(self, **command: Any) -> dict[str, Any]:
        """Send a command, and wait for its answer."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()
        return self.answer()

    def answer(self) -> dict[str, Any]:
        """Read one answer."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(
                f"{self.name}: its process ended; run its worker.py by hand to see why"
            )
        found: dict[str, Any] = json.loads(line)
        return found

    def close(self) -> None:
        """End the process."""
        self.process.communicate()


def python_of(name: str) -> Path:
    """Return the interpreter of a model; peers' environments are made when they are missing."""
    if name not in ENVIRONMENT:
        return Path(sys.executable)
    folder = ROOT / ENVIRONMENT[name]
    if not (folder / "bin" / "python").exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        install = [folder / "bin" / "pip", "install", "--quiet", *REQUIREMENTS[ENVIRONMENT[name]]]
        subprocess.run(install, check=True)
    return folder / "bin" / "python"


def render(family: str) -> Path:
    """Design and render the model of a family, as ``equidesign design`` does."""
    from equidesign.design.pipeline import design_architecture
    from equidesign.render.model import render_model
    from equidesign.spec.request import request_from_data

    request = yaml.safe_load((ROOT / "examples" / "ethanol-forces" / "request.yaml").read_text())
    request["constraints"] = {"family": family, "max_parameters": PARAMETERS}
    path = FOLDER / f"{family.replace('-', '_')}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(render_model(design_architecture(request_from_data(request)).specification))
    return path


def measure(models: list[Model]) -> None:
    """Time steps and passes of all models in turn."""
    for model in models:
        model.ask(do="time", steps=STEPS)
    for _ in range(ROUNDS):
        for model in models:
            model.found["step"] += model.ask(do="time", steps=STEPS)["seconds"]
            model.found["inference"] += model.ask(do="infer", runs=STEPS)["seconds"]


def learn(model: Model, budgets: list[float], seeds: int) -> None:
    """Choose the learning rate, and train at every budget and seed."""
    if not budgets:
        return
    trials = {}
    for lr in RATES:
        tried = model.ask(do="train", seconds=TRIAL_SECONDS, seed=0, lr=lr, trial=True)
        trials[lr] = tried["force"]
    rate = min(trials, key=lambda lr: trials[lr] if math.isfinite(trials[lr]) else math.inf)
    model.found |= {"trials": trials, "lr": rate}
    print(f"{model.name}: force errors of trials {trials}", file=sys.stderr)
    for seconds in budgets:
        for seed in range(seeds):
            run = {"seconds": seconds, "seed": seed, "lr": rate}
            run |= model.ask(do="train", trial=False, **run)
            model.found["training"].append(run)
            print(f"{model.name}: {run}", file=sys.stderr)


def errors(found: dict[str, Any], budget: float) -> list[float]:
    """Return the force errors of all seeds at a budget."""
    return [run["force"] for run in found["training"] if run["seconds"] == budget]


def show(results: dict[str, dict[str, Any]], budgets: list[float]) -> None:
    """Print the table."""
    table = Table(title="Ethanol, 200 frames: medians")
    for column in ("model", "parameters", "step (ms)", "/ PyG SchNet", "pass (ms)"):
        table.add_column(column, justify="left" if column == "model" else "right")
    for budget in budgets:
        table.add_column(f"force error after {budget:g} s (meV/Å)", justify="right")
    reference = median(results["PyG SchNet"]["step"]) if "PyG SchNet" in results else float("nan")
    for name, found in results.items():
        step = median(found["step"])
        cells = [f"{found['parameters']:,}", f"{1000 * step:.1f}", f"{step / reference:.2f}"]
        cells.append(f"{1000 * median(found['inference']):.1f}")
        for budget in budgets:
            each = errors(found, budget)
            cells.append(f"{median(each):.1f} ({min(each):.1f}-{max(each):.1f})")
        table.add_row(name, *cells, style="bold" if name in GENERATED else None)
    Console(width=None if sys.stdout.isatty() else 140).print(table)


def draw(results: dict[str, dict[str, Any]], budgets: list[float]) -> None:
    """Plot errors against budgets, where matplotlib is installed."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        return
    figure = Figure(layout="constrained")
    axes = figure.subplots()
    for name, found in results.items():
        values = [median(errors(found, budget)) for budget in budgets]
        axes.plot(budgets, values, "o-" if name in GENERATED else "x--", label=name)
    axes.set(xlabel="CPU time of training (s)", ylabel="force error (meV/Å)", yscale="log")
    axes.legend(fontsize="small")
    figure.savefig(FOLDER / "molecules.png", dpi=150)


def main() -> None:
    """Time, train, print and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, nargs="+", default=[20.0, 60.0], help="budgets")
    parser.add_argument("--seeds", type=int, default=3, help="runs of each budget; 0: only time")
    parser.add_argument("--jobs", type=int, default=1, help="models that train at once")
    everything = [*PEERS, *GENERATED]
    parser.add_argument(
        "--models", nargs="+", default=everything, choices=everything, metavar="NAME"
    )
    args = parser.parse_args()
    models = [Model(name) for name in args.models]
    measure(models)
    budgets = args.seconds if args.seeds else []
    with ThreadPoolExecutor(args.jobs) as pool:
        for _ in pool.map(lambda model: learn(model, budgets, args.seeds), models):
            results = {model.name: model.found for model in models}
            FOLDER.mkdir(parents=True, exist_ok=True)
            (FOLDER / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    for model in models:
        model.close()
    show(results, budgets)
    draw(results, budgets)


if __name__ == "__main__":
    main()
