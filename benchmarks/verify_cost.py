"""What a verification costs: in forward passes of the model, and per group element beside e3nn's and escnn's checks.

``python benchmarks/verify_cost.py [--runs N]``. Times are medians of one run on one thread; the ratios are what counts.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests" / "mutation"), str(ROOT / "tests" / "product")]
ALLOWED, SECONDS = 60, 2.0
FAMILIES = (
    "regular-gcnn",
    "nequip",
    "egnn",
    "painn",
    "spherical-cnn",
    "message-passing-gnn",
    "deepsets",
)


def timed(function: Callable[[], Any], runs: int) -> float:
    """Return the median seconds of a call, the first one left out."""
    function()
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        function()
        times.append(time.perf_counter() - began)
    return median(times)


def bundles(runs: int) -> bool:
    """Print the cost of the default run on one bundle a family; return whether each is within the limit."""
    from bundles import CELLS, bundle

    print(f"{'family':22} {'forward ms':>10} {'verify s':>9} {'passes':>7} {'limit s':>8}")
    good, seen = True, set()
    for index, cell in enumerate(CELLS):
        if cell.family not in FAMILIES or cell.family in seen:
            continue
        seen.add(cell.family)
        whole = bundle(index)
        model, inputs = whole.build().eval(), whole.example(2, 0)
        forward = timed(lambda model=model, inputs=inputs: model(**inputs), 15)  # type: ignore[misc]
        cost = timed(lambda whole=whole: whole.verify(whole.build, 0, "default"), runs)  # type: ignore[misc]
        limit = ALLOWED * forward + SECONDS
        good = good and cost <= limit
        print(
            f"{cell.family or '':22} {1e3 * forward:10.2f} {cost:9.2f} {cost / forward:7.0f} {limit:8.2f}"
        )
    return good


def against_libraries(runs: int) -> None:
    """Print seconds per group element of e3nn's, escnn's and our own check on the same modules."""
    import torch
    from e3nn import o3
    from e3nn.util.test import assert_equivariant as e3nn_check
    from escnn import gspaces
    from escnn import nn as enn

    from equidesign.testing import assert_equivariant

    product = o3.FullyConnectedTensorProduct("16x0e + 16x1o", "1x0e + 1x1o", "16x0e + 16x1o")
    space = gspaces.rot2dOnR2(8)
    kind = enn.FieldType(space, 4 * [space.regular_repr])
    # escnn's own check of a convolution needs scikit-image; that of a sequence does not.
    convolution = enn.SequentialModule(enn.R2Conv(kind, kind, 5, padding=2), enn.ReLU(kind))

    def ours(module: torch.nn.Module) -> int:
        report = assert_equivariant(module)
        return sum(len(row.elements) for row in report.rows if row.check == "group elements")

    def escnn_check() -> Any:
        with contextlib.redirect_stdout(io.StringIO()):
            return convolution.check_equivariance(atol=1e3, rtol=1.0)

    rows = (
        (
            "e3nn tensor product",
            product,
            lambda: e3nn_check(product, ntrials=4, do_translation=False),
            8,
        ),
        ("escnn convolution, C8", convolution, escnn_check, 8),
    )
    print(f"\n{'module':22} {'library, ms/element':>20} {'verify, ms/element':>19} {'ratio':>6}")
    for name, module, library, elements in rows:
        theirs = timed(library, runs) / elements
        count = ours(module)
        mine = timed(lambda module=module: ours(module), runs) / max(count, 1)  # type: ignore[misc]
        print(f"{name:22} {1e3 * theirs:20.2f} {1e3 * mine:19.2f} {mine / theirs:6.2f}")
    print(
        "verify's time holds all its other checks: two precisions and modes, permutations, samples, gradients"
    )


def main() -> int:
    """Measure and print; return 1 where a default run costs more than allowed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="runs of each check")
    runs = parser.parse_args().runs
    warnings.simplefilter("ignore")
    good = bundles(runs)
    against_libraries(runs)
    return int(not good)


if __name__ == "__main__":
    sys.exit(main())
