"""Measure every cell of the product and print the largest errors: ``python benchmarks/cells.py [PART OF ID ...]``.

A cell is a (group, domain, task, family) whose generated model is built, shaken and measured in float64
against the request alone, in training and evaluation mode. The table shows the largest relative error by
domain and group; cells that fail are listed with the reason.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "product"))


def run(index: int) -> tuple[int, float, str, float]:
    """Return the cell's index, its error or NaN, the reason, and the seconds it took."""
    from test_cells import all_cells, measure

    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        try:
            worst, reason = measure(all_cells()[index], Path(folder)), ""
        except Exception as error:
            text = str(error).strip().splitlines() or [""]
            worst, reason = float("nan"), f"{type(error).__name__}: {text[0][:150]}"
    return index, worst, reason, time.perf_counter() - start


def main() -> None:
    """Measure the cells whose id holds every word given."""
    from cells import all_cells

    cells = all_cells()
    words = sys.argv[1:]
    chosen = [i for i, cell in enumerate(cells) if all(word in cell.id for word in words)]
    rows: dict[tuple[str, str], list[float]] = defaultdict(list)
    bad: list[str] = []
    with ProcessPoolExecutor(max_workers=int(os.environ.get("JOBS", "2"))) as pool:
        for index, worst, reason, seconds in pool.map(run, chosen):
            cell = cells[index]
            rows[cell.data["domain"], cell.group].append(worst)
            if not worst < 1e-8:
                bad.append(f"{cell.id}: {reason or f'error {worst:.1e}'}")
            if os.environ.get("VERBOSE"):
                print(f"{seconds:6.1f} s {worst:8.1e} {cell.id} {reason}", flush=True)
    print(f"{'domain':<14}{'group':<14}{'cells':>6}{'largest error':>16}")
    for (domain, group), errors in rows.items():
        print(f"{domain:<14}{group:<14}{len(errors):>6}{max(errors):>16.1e}")
    print(f"{len(chosen)} cells, {len(bad)} not below 1e-8")
    for line in bad:
        print(f"  {line}")
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
