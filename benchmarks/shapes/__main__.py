"""Solids, sets and graphs: generated networks against the usual ones, at equal CPU time.

``python benchmarks/shapes [--tasks NAME ...] [--models NAME ...] [--seeds N]``. All models train by one recipe
(recipe.py): AdamW, batches of 32, warm-up, half a cosine over the CPU time allowed; the last averaged weights are
tested. The learning rate of each is the best of 1e-3, 3e-3 and 1e-2 on validation samples of a split of its own, in a
quarter of the time. Sizes are near: 40,000 parameters for solids, 30,000 for sets, graphs. Seeds draw data or splits,
weights and orders; the tables show medians, and the range. One thread; every model pays for its own search of
neighbours. Networks that know no rotations learn from upright solids, or from solids turned anew in every batch
(``turned``). What stands in ``runs/shapes/results.json`` is not run again: delete it after a change of the models.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from statistics import median
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
import clouds
import graphs
import populations
import torch
from recipe import FOLDER, Task, best_rate, evaluate, train
from rich.console import Console
from rich.table import Table

SECONDS = {"solids": 30.0, "spread": 6.0, "information": 12.0, "planarity": 6.0, "trees": 6.0}
PATH = FOLDER / "results.json"
Results = dict[str, dict[str, Any]]


def make(name: str) -> Task:
    """Return a task."""
    if name == "solids":
        return clouds.task()
    if name in ("spread", "information"):
        return populations.task(name, getattr(populations, name)())
    return graphs.task(name, planarity=name == "planarity")


def measure(name: str, task: Task, models: list[str], seeds: int, results: Results) -> None:
    """Train what is missing, models in turn, and keep the results."""
    found = results.setdefault(name, {})
    for model in models:
        entry = found.setdefault(model, {"runs": {}})
        if "rate" not in entry:
            built = task.entries[model].build()
            entry["parameters"] = sum(weight.numel() for weight in built.parameters())
            entry["rate"] = best_rate(task, task.entries[model], SECONDS[name] / 4)
            write(results)
    for seed in range(seeds):
        for model in models:
            if str(seed) in found[model]["runs"]:
                continue
            parts, entry = task.split(seed), task.entries[model]
            rate = found[model]["rate"]
            trained, steps = train(task, entry, parts["train"], SECONDS[name], rate, seed)
            scores = {
                part: evaluate(task, entry, trained, parts[part])
                for part in ("test", "upright")
                if part in parts
            }
            found[model]["runs"][str(seed)] = {"steps": steps, **scores}
            print(f"{name}, {model}, seed {seed}: {steps} steps, {scores}", file=sys.stderr)
            write(results)


def write(results: Results) -> None:
    """Keep what was measured."""
    PATH.write_text(json.dumps(results, indent=1) + "\n")


def show(name: str, task: Task, found: dict[str, Any]) -> None:
    """Print the table of a task."""
    parts = ["test", "upright"] if name == "solids" else ["test"]
    table = Table(title=f"{task.title}, {SECONDS[name]:g} s of CPU time: {task.score}")
    table.add_column("model")
    for column in ("parameters", "rate", "steps", *parts):
        table.add_column(column, justify="right")
    for model, entry in found.items():
        runs = [*entry["runs"].values()]
        if not runs:
            continue
        cells = [f"{entry['parameters']:,}", f"{entry['rate']:g}"]
        cells.append(f"{median(run['steps'] for run in runs):,.0f}")
        for part in parts:
            each = [run[part] for run in runs]
            cells.append(f"{median(each):.3g} ({min(each):.3g}-{max(each):.3g})")
        table.add_row(model, *cells, style="bold" if task.entries[model].generated else None)
    Console().print(table)


def plot(tasks: dict[str, Task], results: Results) -> None:
    """Draw the medians with their ranges, a panel a task."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        return
    figure = Figure(figsize=(4 * len(tasks), 4), layout="constrained")
    panels = figure.subplots(1, len(tasks), squeeze=False)[0]
    for axes, (name, task) in zip(panels, tasks.items(), strict=True):
        rows = {m: [r["test"] for r in e["runs"].values()] for m, e in results[name].items()}
        rows = {model: each for model, each in rows.items() if each}
        for place, (model, each) in enumerate(rows.items()):
            color = "C0" if task.entries[model].generated else "C7"
            axes.barh(place, median(each), color=color)
            axes.plot([min(each), max(each)], [place, place], color="black")
        axes.set_yticks(range(len(rows)), [*rows])
        axes.invert_yaxis()
        axes.set(title=name, xlabel=task.score)
    figure.savefig(FOLDER / "shapes.png", dpi=150)


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", nargs="+", choices=SECONDS, default=[*SECONDS])
    parser.add_argument("--models", nargs="+")
    parser.add_argument("--seeds", type=int, default=3)
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    results: Results = json.loads(PATH.read_text()) if PATH.exists() else {}
    tasks = {name: make(name) for name in args.tasks}
    for name, task in tasks.items():
        models = [model for model in task.entries if model in (args.models or task.entries)]
        measure(name, task, models, args.seeds, results)
        show(name, task, results[name])
    plot(tasks, results)


if __name__ == "__main__":
    main()
