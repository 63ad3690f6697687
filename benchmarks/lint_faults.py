"""Plant every fault in specifications of every domain, lint them, and write the table of what was found.

``python benchmarks/lint_faults.py [--seeds N] [--first N] [--only TEXT ...] [--count N] [--misses FILE]``

An operator plants one fault in a generated specification or bundle and says which lines are at fault; a legal edit
has none. A fault is found if an error or a warning stands on a line at fault; every finding on another line blames
a healthy one. Then all generated specifications are linted as they are, and bundles of a sample of the cells.

The table goes to docs/lint-faults.md; a run of a part (``--only``) prints it instead.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "tests" / "lint"), str(ROOT / "tests" / "product")]
PAGE = ROOT / "docs" / "lint-faults.md"
TARGET = 0.95

from faults.corpus import (  # noqa: E402
    DOMAINS,
    OPERATORS,
    Judged,
    bundle_of,
    cells,
    faults,
    judge,
    legal_edits,
    plantings,
    sheet_of,
    shown,
)

from equidesign.lint.engine import lint_paths, lint_text  # noqa: E402


def run(job: tuple[str, int, int]) -> list[Judged]:
    """Return what lint says about one operator's edits under one seed."""
    name, seed, count = job
    operator = OPERATORS[name]
    found = []
    for index, made in plantings(operator, seed, count):
        try:
            found.append(judge(operator, index, made))
        except Exception as error:  # a crash is the worst miss of all
            text = f"CRASH {type(error).__name__}: {error}"[:300]
            cell = cells()[index]
            found.append(
                Judged(
                    name,
                    cell.id,
                    cell.data["domain"],
                    made.shown,
                    (),
                    (text,),
                    True,
                    False,
                    (text,),
                )
            )
    return found


def unmodified(sample: int) -> tuple[int, list[str]]:
    """Lint every generated specification, and the bundles of some cells; return how many, and what was found."""
    found, count = [], 0
    for index in range(len(cells())):
        findings = lint_text(sheet_of(index).text, "architecture.yaml")
        found += [f"{cells()[index].id}: {shown(finding)}" for finding in findings]
        count += 1
    for index in range(0, len(cells()), max(len(cells()) // max(sample, 1), 1)) if sample else ():
        with tempfile.TemporaryDirectory() as folder:
            for name, text in bundle_of(index).items():
                (Path(folder) / name).write_text(text, encoding="utf-8")
            findings = lint_paths([Path(folder)]).findings
        found += [f"bundle {cells()[index].id}: {shown(finding)}" for finding in findings]
        count += 1
    return count, found


def table(judged: Sequence[Judged]) -> list[str]:
    """Return rows of one operator each: by domain, right and planted; then found anywhere, and lines blamed wrongly."""
    rows = [
        f"| | {' | '.join(DOMAINS)} | found | healthy lines blamed |",
        "|---" * (len(DOMAINS) + 3) + "|",
    ]
    by: dict[str, list[Judged]] = defaultdict(list)
    for one in judged:
        by[one.operator].append(one)
    for name, all_ in by.items():
        cells_ = []
        for domain in DOMAINS:
            here = [one for one in all_ if one.domain == domain]
            cells_.append(f"{sum(one.right for one in here)}/{len(here)}" if here else "")
        blamed = sum(len(one.blamed) for one in all_)
        any_ = f"{sum(one.found for one in all_)}/{len(all_)}"
        rows.append(f"| {name} | {' | '.join(cells_)} | {any_} | {blamed or ''} |")
    return rows


def misses(judged: Sequence[Judged], examples: int) -> str:
    """Return the operators that were missed or blame healthy lines, worst first, with examples."""
    bad: dict[str, list[Judged]] = defaultdict(list)
    total = Counter(one.operator for one in judged)
    for one in judged:
        wrong = bool(one.findings) if OPERATORS[one.operator].legal else not one.right or one.blamed
        if wrong:
            bad[one.operator].append(one)
    lines = []
    for name, found in sorted(bad.items(), key=lambda item: -len(item[1])):
        missed = sum(not one.right for one in found)
        blamed = sum(bool(one.blamed) for one in found)
        kind = (
            "LEGAL EDIT with findings"
            if OPERATORS[name].legal
            else f"missed {missed}, blames {blamed}"
        )
        lines.append(f"\n## {name}: {kind} of {total[name]} -- {OPERATORS[name].why}")
        lines += [str(one) for one in found[:examples]]
    return "\n".join(lines)


def main() -> int:
    """Run all, print, write the page; return 1 when a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=1, help="how many seeds")
    parser.add_argument("--first", type=int, default=0, help="the first of the seeds")
    parser.add_argument("--count", type=int, default=6, help="edits of each operator and seed")
    parser.add_argument(
        "--only", nargs="*", default=[], help="operators or areas whose name holds one of these"
    )
    parser.add_argument("--misses", type=Path, help="write the misses, with examples, to this file")
    parser.add_argument("--examples", type=int, default=2)
    parser.add_argument("--bundles", type=int, default=40, help="unmodified bundles to lint")
    parser.add_argument("--jobs", type=int, default=int(os.environ.get("JOBS", "2")))
    args = parser.parse_args()
    start = time.perf_counter()
    chosen = [
        o
        for o in OPERATORS.values()
        if not args.only or any(t in f"{o.area}/{o.name}" for t in args.only)
    ]
    jobs = [
        (o.name, seed, args.count)
        for o in chosen
        for seed in range(args.first, args.first + args.seeds)
    ]
    with ProcessPoolExecutor(max_workers=args.jobs) as pool:
        judged = [one for found in pool.map(run, jobs, chunksize=4) for one in found]
    count, alarms = unmodified(args.bundles) if not args.only else (0, [])
    planted = [one for one in judged if not OPERATORS[one.operator].legal]
    allowed = [one for one in judged if OPERATORS[one.operator].legal]
    right = sum(one.right for one in planted)
    anywhere = sum(one.found for one in planted)
    blaming = sum(bool(one.blamed) for one in planted)
    alarmed = sum(bool(one.findings) for one in allowed)
    summary = [
        f"- operators: {len(faults())} faults, {len(legal_edits())} legal edits",
        f"- faults planted: {len(planted)}; found on the right line: {right} ({right / max(len(planted), 1):.1%}); "
        f"found anywhere: {anywhere}",
        f"- of these, with a finding that blames a healthy line: {blaming}",
        f"- legal edits: {len(allowed)}, with a finding: {alarmed}",
        f"- unmodified specifications and bundles: {count}, findings: {len(alarms)}",
    ]
    text = misses(judged, args.examples)
    page = "\n".join(
        [
            "# What lint finds",
            "",
            f"Made by `python benchmarks/lint_faults.py --first {args.first} --seeds {args.seeds} "
            f"--count {args.count}`.",
            "",
            "An operator plants one fault in a generated specification or bundle and says which lines are at fault; a "
            "legal edit has none. A fault is found if an error or a warning stands on a line at fault; a finding on "
            "any other line blames a healthy one. The operators were written without a look at the rules of lint; the "
            "rules were then mended by what they missed. Where nobody could tell which of several lines was edited, "
            "each of them is at fault.",
            "",
            *summary,
            "",
            "## Found on the right line, by operator and domain",
            "",
            *table(planted),
            "",
            "## Legal edits: findings are wrong here",
            "",
            *table(allowed),
            "",
        ]
    )
    if args.misses:
        head = "\n".join([*summary, *(f"- ALARM {alarm}" for alarm in alarms[:20])])
        args.misses.write_text(f"{head}\n{text}\n", encoding="utf-8")
    if not args.only:
        PAGE.write_text(page, encoding="utf-8")
    elif not args.misses:
        print("\n".join(table(judged)))
    print("\n".join([*summary, *alarms[:20]]))
    if not args.misses:
        print(text)
    print(f"{time.perf_counter() - start:.0f} s")
    good = right >= TARGET * len(planted) and not (blaming or alarmed or alarms)
    return int(not good)


if __name__ == "__main__":
    sys.exit(main())
