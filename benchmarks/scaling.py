"""Time and memory of molecules against their number of atoms.

``python benchmarks/scaling.py [--runs N] [--largest ATOMS]``. Liquids at constant density (0.1 atoms/Å³, cutoff 3 Å)
of 10 to 10,000 atoms: neighbour search as the model does it, by cells and by all pairs; passes with forces of NequIP,
PaiNN and SchNet. One thread, everything in turn, medians. The exponents are slopes of log time from 1,000 atoms on:
1 is linear. Memory is what the peak of one call lies above the start, in a fresh process (Linux). Results go to
``runs/scaling``: JSON, and a plot if matplotlib is there. ``scaling_size.py`` varies degrees and channels.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import math
import multiprocessing
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import linear_regression, median
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "runs" / "scaling"
FAMILIES = ("nequip", "painn", "schnet")
SIZES = (10, 30, 100, 300, 1000, 2000, 5000, 10_000)
DENSITY, CUTOFF = 0.1, 3.0
ALL_PAIRS_UP_TO = 2000


def generated(family: str) -> Any:
    """Design, render and import the model of a family."""
    from equidesign.design.pipeline import design_architecture
    from equidesign.render.model import render_model
    from equidesign.spec.request import request_from_data

    request = {
        "version": 1,
        "name": f"scaling-{family}",
        "symmetry": {"group": "E(3) x S_n"},
        "data": {
            "domain": "molecules",
            "species": ["H", "C", "O"],
            "cutoff": CUTOFF,
            "neighbours": round(DENSITY * 4 / 3 * math.pi * CUTOFF**3),
        },
        "task": {"type": "force_prediction"},
        "constraints": {"family": family, "max_parameters": 40_000},
    }
    path = FOLDER / f"scaling_{family}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(render_model(design_architecture(request_from_data(request)).specification))
    return load(path)


def load(path: Path) -> Any:
    """Import a generated file under its own name."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module: Any = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)  # type: ignore[union-attr]
    return module


def liquid(atoms: int) -> dict[str, Any]:
    """Return atoms at random places of a cube."""
    import torch

    generator = torch.Generator().manual_seed(atoms)
    side = (atoms / DENSITY) ** (1 / 3)
    species = torch.tensor([1, 6, 8])[torch.randint(0, 3, (atoms,), generator=generator)]
    pos = side * torch.rand(atoms, 3, generator=generator)
    return {"z": species, "pos": pos, "batch": torch.zeros(atoms, dtype=torch.int64)}


def passes(atoms: int, modules: dict[str, Any]) -> dict[str, Callable[[], Any]]:
    """Return what is timed at a size, by name."""
    import torch

    inputs = liquid(atoms)
    place = inputs["pos"], inputs["batch"]
    graph = modules["schnet"]
    found: dict[str, Callable[[], Any]] = {
        "search": lambda: graph.radius_graph(*place, CUTOFF),
        "search by cells": lambda: graph.pairs_by_cells(*place, CUTOFF),
    }
    if atoms <= ALL_PAIRS_UP_TO:
        found["search by all pairs"] = lambda: graph.pairs_per_sample(*place)
    for family, module in modules.items():
        torch.manual_seed(0)
        model = module.build_model().eval()
        found[family] = lambda model=model: model(**inputs)  # type: ignore[misc]
    return found


def times(atoms: int, modules: dict[str, Any], runs: int) -> dict[str, float]:
    """Return median seconds by name; everything takes its turn in every round."""
    functions = passes(atoms, modules)
    seconds: dict[str, list[float]] = {name: [] for name in functions}
    for turn in range(runs + 1):
        for name, function in functions.items():
            began = time.perf_counter()
            function()
            if turn:
                seconds[name].append(time.perf_counter() - began)
    return {name: median(each) for name, each in seconds.items()}


def memory(case: tuple[str, int]) -> float:
    """Return the MB that a call adds to the peak of this process, which must be fresh."""
    name, atoms = case
    modules = {each: load(FOLDER / f"scaling_{each}.py") for each in FAMILIES}
    passes(10, modules)[name]()
    return added(passes(atoms, modules)[name])


def added(function: Callable[[], Any]) -> float:
    """Return the MB that the peak during a call lies above the start."""
    before = resident("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts again from here
    function()
    return resident("VmHWM") - before


def resident(field: str) -> float:
    """Return the memory of this process in MB, now (``VmRSS``) or at its peak (``VmHWM``)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field)) / 1024


def exponent(points: list[tuple[int, float]]) -> float | None:
    """Return the slope of log time against log atoms from 1,000 atoms on."""
    large = [(math.log(n), math.log(t)) for n, t in points if n >= 1000]
    return linear_regression(*zip(*large, strict=True)).slope if len(large) > 1 else None


def table(title: str, rows: dict[int, dict[str, float]], last: dict[str, float | None]) -> None:
    """Print one row a size, and the exponents."""
    names = [*dict.fromkeys(name for row in rows.values() for name in row)]
    print(f"\n{title}\n{'atoms':>8}" + "".join(f"{name:>21}" for name in names))
    for atoms, row in rows.items():
        cells = (f"{row[name]:21.1f}" if name in row else f"{'':>21}" for name in names)
        print(f"{atoms:>8}" + "".join(cells))
    if last:
        cells = ("" if last[name] is None else f"{last[name]:.2f}" for name in names)
        print("exponent" + "".join(f"{cell:>21}" for cell in cells))


def plot(milliseconds: dict[int, dict[str, float]]) -> None:
    """Draw time against atoms."""
    try:
        import matplotlib
    except ImportError:
        return
    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots()
    for name in milliseconds[min(milliseconds)]:
        line = [(atoms, row[name]) for atoms, row in milliseconds.items() if name in row]
        axes.loglog(*zip(*line, strict=True), marker="o", label=name)
    axes.set(xlabel="atoms", ylabel="ms")
    axes.legend()
    figure.savefig(FOLDER / "scaling.png", dpi=150)


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--largest", type=int, default=SIZES[-1])
    args = parser.parse_args()
    sizes = [size for size in SIZES if size <= args.largest]
    modules = {family: generated(family) for family in FAMILIES}
    rows = {n: {name: 1e3 * t for name, t in times(n, modules, args.runs).items()} for n in sizes}
    names = [*rows[sizes[0]]]
    slopes = {
        name: exponent([(n, row[name]) for n, row in rows.items() if name in row]) for name in names
    }
    table("time, ms", rows, slopes)
    cases = [(name, n) for n in sizes if n >= 1000 for name in rows[n]]
    peaks: dict[int, dict[str, float]] = {n: {} for _, n in cases}
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        for (name, n), peak in zip(cases, pool.imap(memory, cases), strict=True):
            peaks[n][name] = peak
        pool.close()
        pool.join()
    table("memory, MB", peaks, {})
    found = {"ms": rows, "exponents": slopes, "MB": peaks}
    (FOLDER / "scaling.json").write_text(json.dumps(found, indent=1) + "\n")
    plot(rows)


if __name__ == "__main__":
    main()
