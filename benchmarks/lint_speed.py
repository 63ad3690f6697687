"""The time ``equidesign lint`` takes for 1,000 architecture files, against check-jsonschema on the same files.

``python benchmarks/lint_speed.py [--files N] [--rounds N] [--venv DIR] [--profile]``

The files are the specifications of all cells of the product for several priorities. No two have the same request: it
bears the number of the file as its name, and what differs is counted in the output, so nothing that is remembered
from one file answers for another. check-jsonschema is installed into a
virtual environment of its own (``--venv`` keeps it) and checks the files against the schema that ``equidesign schema
architecture`` prints. Both run in one process each and in turn, so that other work on the machine falls on both
alike. The ratio of the medians is printed; with ``--profile`` also where the time of lint goes.
"""

from __future__ import annotations

import argparse
import contextlib
import cProfile
import io
import json
import os
import pstats
import resource
import subprocess
import sys
import tempfile
import time
import venv
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

import yaml

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "product"))
TARGET = 4.0
PRIORITIES = ("balanced", "accuracy", "speed")


def texts(count: int) -> Iterator[str]:
    """Yield specifications: every cell, then every cell again in another size."""
    from cells import all_cells

    from equidesign.design.pipeline import design_architecture
    from equidesign.render.architecture import architecture_yaml
    from equidesign.spec.request import request_from_data

    cells = all_cells()
    for number in range(count):
        cell, turn = cells[number % len(cells)], number // len(cells)
        request = cell.request()
        constraints = {**request.get("constraints", {}), "priority": PRIORITIES[turn % 3]}
        request.update(constraints=constraints, name=f"cell-{number}")
        yield architecture_yaml(design_architecture(request_from_data(request)).specification)


def count_differences(text: str, domains: Counter[str], distinct: Sequence[set[str]]) -> None:
    """Count the domain of a file; add its request, its request without the name, and its layers to the sets."""
    data = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    domains[data["domain"]] += 1
    request = data["request"]
    unnamed = {key: value for key, value in request.items() if key != "name"}
    for found, part in zip(distinct, (request, unnamed, data["layers"]), strict=True):
        found.add(json.dumps(part))


def check_jsonschema(folder: Path) -> Path:
    """Return the command of check-jsonschema in the virtual environment in ``folder``, made if it is not there."""
    command = folder / ("Scripts" if os.name == "nt" else "bin") / "check-jsonschema"
    if not command.exists():
        venv.create(folder, with_pip=True)
        install = [command.parent / "python", "-m", "pip", "install", "-q", "check-jsonschema"]
        subprocess.run(install, check=True)
    return command


def timed(command: list[str]) -> tuple[float, float, int]:
    """Run a command; return its wall-clock time, its CPU time and its exit code."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, cpu, done.returncode


def profile(folder: Path) -> str:
    """Return where the time of lint goes."""
    from equidesign.lint.engine import lint_paths

    profiler = cProfile.Profile()
    profiler.runcall(lint_paths, [folder])
    text = io.StringIO()
    statistics = pstats.Stats(profiler, stream=text).sort_stats("cumulative")
    statistics.print_stats(r"equidesign|pydantic|yaml", 45)
    statistics.sort_stats("tottime").print_stats(25)
    return text.getvalue()


def main() -> int:
    """Measure, print, and return 1 when the target is missed or a command complains."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--venv", type=Path, help="virtual environment of check-jsonschema, kept")
    parser.add_argument("--profile", action="store_true")
    args = parser.parse_args()
    with contextlib.ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder, schema = work / "files", work / "schema.json"
        folder.mkdir()
        size, kinds = 0, Counter[str]()
        distinct: list[set[str]] = [set(), set(), set()]
        for number, text in enumerate(texts(args.files)):
            (folder / f"{number:04}.yaml").write_text(text, encoding="utf-8")
            size += len(text)
            count_differences(text, kinds, distinct)
        python = [sys.executable, "-m", "equidesign"]
        schema.write_bytes(subprocess.check_output([*python, "schema", "architecture"], cwd=ROOT))
        other = check_jsonschema(args.venv or work / "venv")
        files = sorted(map(str, folder.iterdir()))
        commands = {
            "equidesign lint DIR": [*python, "lint", str(folder)],
            "check-jsonschema --schemafile SCHEMA FILES": [str(other), "--schemafile", str(schema), *files],
        }  # fmt: skip
        requests, unnamed, layers = map(len, distinct)
        print(f"{args.files} files, {size / 1e6:.1f} MB: {dict(kinds)}")
        print(
            f"{requests} different requests ({unnamed} but for the name), {layers} different pipelines of layers"
        )
        times: dict[str, list[tuple[float, float, int]]] = {name: [] for name in commands}
        for turn in range(args.rounds + 1):
            for name, command in commands.items():
                measured = timed(command)
                if turn:  # the first round compiles byte code and warms the disk's cache
                    times[name].append(measured)
        codes = {name: {code for _, _, code in found} for name, found in times.items()}
        print(f"{'medians of ' + str(args.rounds) + ' rounds':<46}{'wall s':>8}{'CPU s':>8}  exit")
        for name, found in times.items():
            wall, cpu = (median(each[i] for each in found) for i in (0, 1))
            print(f"{name:<46}{wall:>8.2f}{cpu:>8.2f}  {sorted(codes[name])}")
        for at, clock in enumerate(
            ("wall", "CPU")
        ):  # CPU last: it decides, other work disturbs it least
            ours, theirs = (median(each[at] for each in found) for found in times.values())
            pairs = zip(*times.values(), strict=True)
            rounds = ", ".join(f"{b[at] / a[at]:.1f}" for a, b in pairs)
            print(f"ratio of the medians, {clock}: {theirs / ours:.2f}; by round: {rounds}")
        print(f"at least {TARGET:.0f} is wanted")
        print(f"a file: {1000 * ours / args.files:.1f} ms")
        if args.profile:
            print(profile(folder))
    return int(theirs < TARGET * ours or any(code != {0} for code in codes.values()))


if __name__ == "__main__":
    sys.exit(main())
