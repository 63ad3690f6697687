"""Break every family in every way, verify the mutants, and write the table of what was found.

``python benchmarks/mutation.py [--families NAME ...] [--operators TEXT ...] [--seeds N] [--quick]``

A mutant is a bundle with one mistake in one place; it counts only if a plain check, which shares no code
with verify, finds a relative error of at least 1e-5 in something that the request claims. The table says
how many of the true mutants verify found, by operator and family, and whether it named the mutated layer.
Then every bundle is verified as it is, with every seed: nothing may be found.

The table goes to docs/mutation-table.md, all numbers to the file that ``--json`` names; a run of a part
(``--families``, ``--operators``) only prints.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import warnings
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "tests" / "mutation"), str(ROOT / "tests" / "product")]
PAGE = ROOT / "docs" / "mutation-table.md"
LISTED = 60


def run(job: tuple[int, Sequence[str], int, bool]) -> list[dict[str, Any]]:
    """Return the outcomes of one bundle: its mutants, and the bundle itself with every seed."""
    import torch
    from bundles import bundle
    from harness import OPERATORS, judge, mutants, unmutated

    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    index, words, seeds, quick = job
    whole = bundle(index)
    found = []
    for operator in OPERATORS:
        if words and not any(word in operator.name for word in words):
            continue
        found += [judge(made).to_data() for made in mutants(whole, operator, quick)]
    return found + [unmutated(whole, seed).to_data() for seed in range(seeds)]


def main() -> None:
    """Run all, print the page, write it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--families", nargs="*", default=[])
    parser.add_argument("--operators", nargs="*", default=[])
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--quick", action="store_true", help="one layer for each operator")
    parser.add_argument("--jobs", type=int, default=int(os.environ.get("JOBS", "2")))
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    from bundles import CELLS

    start = time.perf_counter()
    jobs = [
        (index, options.operators, options.seeds, options.quick)
        for index, cell in enumerate(CELLS)
        if not options.families or cell.family in options.families
    ]
    outcomes: list[dict[str, Any]] = []
    with ProcessPoolExecutor(max_workers=options.jobs) as pool:
        for job, found in zip(jobs, pool.map(run, jobs), strict=True):
            outcomes += found
            print(_progress(CELLS[job[0]].family or "", found), file=sys.stderr, flush=True)
    page = document(outcomes, options.seeds, options.quick)
    print(page)
    print(f"{time.perf_counter() - start:.0f} s", file=sys.stderr)
    if options.json:
        options.json.write_text(json.dumps(outcomes, indent=1), encoding="utf-8")
    if not (options.families or options.operators):
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(page, encoding="utf-8")
    bad = [o for o in outcomes if _missed(o) or _alarm(o)]
    sys.exit(bool(bad))


def _progress(family: str, found: Iterable[dict[str, Any]]) -> str:
    found = list(found)
    true = [o for o in found if o["counts"]]
    return (
        f"{family}: {sum(o['found'] for o in true)}/{len(true)} found, "
        f"{sum(map(_alarm, found))} false alarms, {sum(o['seconds'] for o in found):.0f} s"
    )


def _missed(outcome: dict[str, Any]) -> bool:
    return bool(outcome["counts"] and not outcome["found"])


def _alarm(outcome: dict[str, Any]) -> bool:
    """Whether a bundle without a mistake did not pass."""
    right = not outcome["operator"] or outcome["operator"] == "float32 inside"
    return right and outcome["exit_code"] != 0


def document(outcomes: list[dict[str, Any]], seeds: int, quick: bool) -> str:
    """Return the page."""
    true = [o for o in outcomes if o["counts"]]
    named = [o for o in true if o["strict"] is not None and o["found"]]
    bare = [o for o in outcomes if not o["operator"]]
    rounded = [o for o in outcomes if o["operator"] == "float32 inside"]
    parts = [
        "# What verify finds",
        f"Made by `python benchmarks/mutation.py --seeds {seeds}{' --quick' * quick}`"
        + (": one layer for each operator and bundle." if quick else ": up to three layers."),
        "A mutant is a bundle with one mistake in one module. It counts if a plain check in float64, which shares "
        "no code with verify, finds a relative error of at least 1e-5 in a claim of the request. Mistakes that have "
        "a size are made in full, and so small that they break the model by about 1e-3 or 3e-5. A cell says how many "
        "of the true mutants were found; an empty one, that the mistake cannot be made there, or is not tried: dropout "
        "on components is tried on points only, since verify does not judge it on grids, where it misses it on irreps.",
        f"- true mutants: {len(true)}, found: {sum(o['found'] for o in true)}",
        f"- of those, called a wrong harness or a stochastic model: "
        f"{sum(o['verdict'] == 'WRONG_HARNESS' for o in true)}",
        f"- of the others with a layer to blame, the layer named first is the mutated one: "
        f"{_share(named, 'strict')}; it, its parent or its child: {_share(named, 'lenient')}",
        f"- unmutated bundles, {seeds} seeds each: {len(bare)} runs, {sum(map(_alarm, bare))} false alarms",
        f"- correct bundles with a layer rounded to float32: {len(rounded)}, "
        f"{sum(map(_alarm, rounded))} false alarms",
        f"- mutants that break nothing by 1e-5, which do not count: "
        f"{sum(1 for o in outcomes if o['operator'] and not o['counts']) - len(rounded)}",
        "## Found, by operator and family",
        _table(true, "found"),
        "## Layer named rightly, by operator and family",
        _table(named, "strict"),
        _list("Missed", [o for o in outcomes if _missed(o)]),
        _list("False alarms", [o for o in outcomes if _alarm(o)]),
        _list("Another layer named", [o for o in named if not o["strict"]]),
    ]
    text = "\n\n".join(part for part in parts if part)
    return text.replace("\n\n- ", "\n- ").replace("irreps.\n- ", "irreps.\n\n- ") + "\n"


def _share(outcomes: list[dict[str, Any]], key: str) -> str:
    good = sum(bool(o[key]) for o in outcomes)
    return f"{good} of {len(outcomes)} ({100 * good / max(len(outcomes), 1):.1f} %)"


def _table(outcomes: list[dict[str, Any]], key: str) -> str:
    cells: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for o in outcomes:
        cells[o["operator"], o["family"]].append(bool(o[key]))
    families = sorted({family for _, family in cells})
    lines = [f"| | {' | '.join(families)} |", "|---" * (len(families) + 1) + "|"]
    for operator in dict.fromkeys(name for name, _ in cells):
        values = (cells.get((operator, family), []) for family in families)
        texts = [f"{sum(value)}/{len(value)}" if value else "" for value in values]
        lines.append(f"| {operator} | {' | '.join(texts)} |")
    return "\n".join(lines)


def _list(title: str, outcomes: list[dict[str, Any]]) -> str:
    if not outcomes:
        return ""
    lines = [f"## {title}", ""]
    for o in outcomes[:LISTED]:
        what = (
            f"{o['operator']} at `{o['place'] or 'forward'}`, plain error {float(o['error']):.1e}"
        )
        if not o["operator"]:
            what = f"unmutated, seed {o['seed']}"
        named = ", ".join(f"`{layer or 'forward'}`" for layer in dict.fromkeys(o["layers"]))
        said = f"{o['verdict']}" + (f"; named {named}" if named else "")
        where = f"; {o['failed'][0]}" if o["failed"] else ""
        lines.append(f"- {o['bundle']}: {what}: {said}{where}")
    if len(outcomes) > LISTED:
        lines.append(f"- and {len(outcomes) - LISTED} more")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
