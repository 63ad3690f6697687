"""Time and memory of a training step against degrees and channels.

``python benchmarks/scaling_size.py [--atoms N] [--runs N]``. One liquid of ``scaling.py``; models of three layers:
NequIP with lmax 0 to 3 and with a half to four times its channels, PaiNN and SchNet with a half to four times theirs. A
step is energy, forces, and the gradient of a loss of both. Everything takes turns on one thread; medians of CPU time,
which holds the time that the system takes for memory. The peak of memory is taken in a fresh process (Linux). Exponents
are slopes of log against log channels. Results go to ``runs/scaling``: JSON, and a plot if matplotlib is there.
"""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import linear_regression, median

from scaling import CUTOFF, DENSITY, FOLDER, added, liquid, load

DEPTH, DEGREES, FACTORS = 3, (0, 1, 2, 3), (0.5, 1, 2, 4)
CHANNELS = {"nequip": 32, "painn": 64, "schnet": 64}


@dataclass(frozen=True)
class Case:
    """A model: family, channels and largest degree."""

    family: str
    width: int
    lmax: int

    @property
    def name(self) -> str:
        """Name of its file."""
        return f"{self.family}_{self.width}_{self.lmax}"


DEGREE_CASES = [Case("nequip", CHANNELS["nequip"], lmax) for lmax in DEGREES]
WIDTH_CASES = [
    Case(family, round(factor * width), 1 if family == "nequip" else 0)
    for family, width in CHANNELS.items()
    for factor in FACTORS
]
CASES = list(dict.fromkeys([*DEGREE_CASES, *WIDTH_CASES]))


def generated(case: Case) -> dict[str, float]:
    """Render the model of a size to its file; return its parameters, and operations a sample."""
    from equidesign.design.family import Size, family_by_id
    from equidesign.design.pipeline import design_architecture
    from equidesign.design.understand import understand
    from equidesign.layers.measure import refreshed
    from equidesign.render.model import render_model
    from equidesign.spec.request import request_from_data

    request = request_from_data(
        {
            "name": "scaling",
            "symmetry": {"group": "E(3) x S_n"},
            "data": {
                "domain": "molecules",
                "species": ["H", "C", "O"],
                "cutoff": CUTOFF,
                "neighbours": round(DENSITY * 4 / 3 * math.pi * CUTOFF**3),
            },
            "task": {"type": "force_prediction"},
            "constraints": {"family": case.family},
        }
    )
    size = Size(case.width, DEPTH, case.lmax)
    layers = family_by_id(case.family).build(understand(request)[0], size)
    design = design_architecture(request).specification
    spec = refreshed(design.model_copy(update={"layers": layers}))
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{case.name}.py").write_text(render_model(spec))
    return {"parameters": spec.parameters.total, "MFLOP": spec.cost.flops / 1e6}


def step(case: Case, atoms: int) -> Callable[[], None]:
    """Return a training step of a model: energy, forces and the gradient of the loss."""
    import torch

    torch.set_flush_denormal(True)
    torch.manual_seed(0)
    model, inputs = load(FOLDER / f"{case.name}.py").build_model(), liquid(atoms)

    def call() -> None:
        model.zero_grad()
        found = model(**inputs)
        (found["energy"].square().mean() + found["forces"].square().mean()).backward()

    return call


def times(atoms: int, runs: int) -> dict[Case, float]:
    """Return median milliseconds of CPU time of every case, taken in turn."""
    steps = {case: step(case, atoms) for case in CASES}
    found: dict[Case, list[float]] = {case: [] for case in CASES}
    for turn in range(runs + 1):
        for case, call in steps.items():
            began = time.process_time()
            call()
            if turn:
                found[case].append(1e3 * (time.process_time() - began))
    return {case: median(each) for case, each in found.items()}


def memory(case: Case, atoms: int) -> float:
    """Return the MB that a step adds to the peak of this process, which must be fresh."""
    step(case, 10)()
    return added(step(case, atoms))


def slope(cases: list[Case], rows: dict[Case, dict[str, float]], key: str) -> float:
    """Return the slope of log against log channels."""
    points = [(math.log(case.width), math.log(rows[case][key])) for case in cases]
    return linear_regression(*zip(*points, strict=True)).slope


def table(rows: dict[Case, dict[str, float]]) -> None:
    """Print a row for each case, and exponents."""
    columns = [*rows[CASES[0]]]
    print(f"{'family':>8}{'channels':>10}{'lmax':>6}" + "".join(f"{name:>14}" for name in columns))
    for case in CASES:
        cells = "".join(f"{value:14,.1f}" for value in rows[case].values())
        print(f"{case.family:>8}{case.width:>10}{case.lmax:>6}{cells}")
    for family in CHANNELS:
        cases = [case for case in WIDTH_CASES if case.family == family]
        cells = "".join(f"{slope(cases, rows, name):14.2f}" for name in columns)
        print(f"{family:>8}{'exponent':>10}{'':>6}{cells}")


def plot(rows: dict[Case, dict[str, float]]) -> None:
    """Draw time and memory against degrees and channels."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        return
    figure = Figure(figsize=(9, 4), layout="constrained")
    left, right = figure.subplots(1, 2)
    for key, mark in (("ms", "o-"), ("MB", "s--")):
        values = [rows[case][key] for case in DEGREE_CASES]
        left.semilogy(DEGREES, values, mark, label=f"nequip, {key}")
        for family in CHANNELS:
            cases = [case for case in WIDTH_CASES if case.family == family]
            values = [rows[case][key] for case in cases]
            right.loglog([case.width for case in cases], values, mark, label=f"{family}, {key}")
    left.set(xlabel="lmax", xticks=DEGREES, ylabel="ms, MB")
    right.minorticks_off()
    right.set(xlabel="channels", xticks=sorted({case.width for case in WIDTH_CASES}))
    right.xaxis.set_major_formatter("{x:.0f}")
    for axes in (left, right):
        axes.legend(fontsize="small")
    figure.savefig(FOLDER / "scaling_size.png", dpi=150)


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--atoms", type=int, default=500)
    parser.add_argument("--runs", type=int, default=3)
    args = parser.parse_args()
    rows = {case: generated(case) for case in CASES}
    for case, milliseconds in times(args.atoms, args.runs).items():
        rows[case]["ms"] = milliseconds
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        cases = [(case, args.atoms) for case in CASES]
        for case, peak in zip(CASES, pool.starmap(memory, cases, chunksize=1), strict=True):
            rows[case]["MB"] = peak
        pool.close()
        pool.join()
    table(rows)
    found = [{**asdict(case), **row} for case, row in rows.items()]
    (FOLDER / "scaling_size.json").write_text(json.dumps(found, indent=1) + "\n")
    plot(rows)


if __name__ == "__main__":
    main()
