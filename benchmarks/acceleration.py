"""What torch.compile and cuequivariance do to numbers and times of generated models.

``python benchmarks/acceleration.py [--only CASE ...] [--runs N]``. Every case is a design of a family with the default
sizes, rendered with and without the acceleration, with the same weights and inputs (batches of 16 samples, three in
turn, so that sizes change). Inference, and a step with the gradient of a loss, are timed in turn on one thread: medians
of CPU time. Errors are of outputs and of gradients, relative to the norm of what the plain model gives. First is the
CPU time of the first calls, of the C++ compiler too, without caches. What fails is told. Designs
refuse some of these cases: this study says why. Results go to ``runs/acceleration``.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import logging
import os
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ |= {"TORCHINDUCTOR_COMPILE_THREADS": "1", "TORCHINDUCTOR_FORCE_DISABLE_CACHES": "1"}
ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "runs" / "acceleration"
PROBLEMS: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "images": ("T(2)", {"domain": "images"}, {"type": "classification", "classes": 10}),
    "turned images": ("C4", {"domain": "images"}, {"type": "classification", "classes": 10}),
    "sets": ("S_n", {"domain": "sets", "features": 4}, {"type": "regression"}),
    "graphs": ("S_n", {"domain": "graphs", "node_features": 8}, {"type": "regression"}),
    "scalars": ("E(3) x S_n", {"domain": "molecules"}, {"type": "regression"}),
    "forces": ("E(3) x S_n", {"domain": "molecules"}, {"type": "force_prediction"}),
}
COMPILED = (
    "images cnn",
    "turned images regular-gcnn",
    "sets deepsets",
    "sets set-transformer",
    "graphs message-passing-gnn",
    "scalars nequip",
    "scalars tensor-field-network",
    "scalars se3-transformer",
    "scalars painn",
    "scalars schnet",
    "scalars egnn",
    "forces nequip",
)
KERNELS = ("forces nequip", "forces tensor-field-network", "forces se3-transformer")
CASES = [*(f"{case} compile" for case in COMPILED), *(f"{case} cuequivariance" for case in KERNELS)]


def rendered(problem: str, family: str, acceleration: str) -> Any:
    """Design, render and import a model."""
    from equidesign.design.pipeline import design_architecture
    from equidesign.render.model import render_model
    from equidesign.spec.request import request_from_data

    group, data, task = PROBLEMS[problem]
    request = {"name": "case", "symmetry": {"group": group}, "data": data, "task": task}
    request["constraints"] = {"family": family, "acceleration": acceleration}
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{problem}_{family}_{acceleration}.py".replace(" ", "_")
    spec = design_architecture(request_from_data(request)).specification
    path.write_text(render_model(spec))
    found = importlib.util.spec_from_file_location(path.stem.replace("-", "_"), path)
    module: Any = importlib.util.module_from_spec(found)  # type: ignore[arg-type]
    sys.modules[module.__name__] = module
    found.loader.exec_module(module)  # type: ignore[union-attr]
    return module


def models(problem: str, family: str, acceleration: str) -> tuple[Any, Any, list[dict[str, Any]]]:
    """Return the model without and with the acceleration, of equal weights, and three batches."""
    import torch

    plain = rendered(problem, family, "none")
    torch.manual_seed(0)
    first = plain.build_model()
    if acceleration == "compile":
        second = plain.build_model()
        second.forward = torch.compile(second.forward)
    else:
        second = rendered(problem, family, acceleration).build_model()
    second.load_state_dict(first.state_dict())
    return first.eval(), second.eval(), [plain.example_inputs(16, seed=seed) for seed in range(3)]


def outputs(model: Any, inputs: dict[str, Any]) -> Any:
    """Return all outputs in one row."""
    import torch

    found = model(**inputs)
    return (
        torch.cat([each.flatten() for each in found.values()])
        if isinstance(found, dict)
        else found.flatten()
    )


def inference(model: Any, inputs: dict[str, Any]) -> Any:
    """Return the outputs, as for a user of a trained model."""
    import torch

    with torch.no_grad():
        return outputs(model, inputs)


def step(model: Any, inputs: dict[str, Any]) -> Any:
    """Return the gradient of the mean square of the outputs, in one row; without dropout, to compare."""
    import torch

    model.zero_grad()
    outputs(model, inputs).square().mean().backward()
    return torch.cat([each.grad.flatten() for each in model.parameters() if each.grad is not None])


def measured(case: str, runs: int) -> dict[str, Any]:
    """Return errors, times and what failed of a case."""
    import torch

    problem, family, acceleration = case.rsplit(" ", 2)
    plain, fast, batches = models(problem, family, acceleration)
    row: dict[str, Any] = {"case": case}
    for name, call in (("inference", inference), ("step", step)):
        try:
            expected = [call(plain, batch) for batch in batches]
            began = sum(os.times()[:4])
            found = [call(fast, batch) for batch in batches]
            row[f"{name} s"] = sum(os.times()[:4]) - began
        except Exception as error:  # whatever the library says
            row[f"{name} fails"] = f"{type(error).__name__}: {str(error).strip().splitlines()[0]}"
            break
        errors = [(a - b).norm() / b.norm() for a, b in zip(found, expected, strict=True)]
        row[f"{name} error"] = torch.stack(errors).max().item()
        row[f"{name} ms"] = turns([plain, fast], batches, call, runs)
    return row


def turns(pair: list[Any], batches: list[Any], call: Callable[..., Any], runs: int) -> list[float]:
    """Return median milliseconds of CPU time of both models, taken in turn."""
    spent: list[list[float]] = [[], []]
    for run in range(runs):
        for model, times in zip(pair, spent, strict=True):
            began = time.process_time()
            call(model, batches[run % len(batches)])
            times.append(1e3 * (time.process_time() - began))
    return [median(times) for times in spent]


def shown(row: dict[str, Any]) -> str:
    """Return a line of the table."""
    text = f"{row['case']:<38}"
    for name in ("inference", "step"):
        if f"{name} ms" in row:
            plain, fast = row[f"{name} ms"]
            text += f"{name} {plain:6.1f} -> {fast:6.1f} ms ({plain / fast:.2f}x), "
            text += f"error {row[f'{name} error']:.0e}, first {row[f'{name} s']:.0f} s; "
        elif f"{name} fails" in row:
            text += f"{name} fails: {row[f'{name} fails'][:90]}"
    return text


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", default=CASES, choices=CASES, metavar="CASE")
    parser.add_argument("--runs", type=int, default=15)
    args = parser.parse_args()
    import torch

    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    warnings.simplefilter("ignore")
    logging.getLogger("torch._dynamo").setLevel(logging.ERROR)
    results = FOLDER / "results.json"
    rows = {row["case"]: row for row in json.loads(results.read_text())} if results.exists() else {}
    for case in args.only:
        if (
            case.endswith("cuequivariance")
            and importlib.util.find_spec("cuequivariance_torch") is None
        ):
            print(f"{case:<38}cuequivariance-torch is not installed")
            continue
        torch.compiler.reset()
        rows[case] = measured(case, args.runs)
        print(shown(rows[case]), flush=True)
        results.write_text(json.dumps([*rows.values()], indent=1) + "\n")


if __name__ == "__main__":
    main()
