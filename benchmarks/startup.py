"""Two ratios: start-up of the command line against its libraries, and the CPU time of a design.

The runs alternate, so that other work on the machine falls on both alike.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
REQUEST = ROOT / "examples" / "ethanol-forces" / "request.yaml"
HELP = [sys.executable, "-m", "equidesign", "--help"]
IMPORTS = [sys.executable, "-c", "import typer, rich, pydantic, jinja2, yaml"]
RATIO_LIMIT = 1.5
DESIGN_LIMIT = 1.0


def run(command: list[str], folder: str) -> tuple[float, float]:
    """Run a command; return its CPU time and its wall-clock time in seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, wall


def main() -> int:
    """Measure, print, and return 1 when a limit is passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=11, help="runs of each command")
    runs = parser.parse_args().runs
    times: dict[str, list[tuple[float, float]]] = {"help": [], "imports": [], "design": []}
    with tempfile.TemporaryDirectory() as folder:
        for index in range(runs + 1):
            design = [sys.executable, "-m", "equidesign", "design", str(REQUEST)]
            commands = {"help": HELP, "imports": IMPORTS, "design": [*design, "-o", f"b{index}"]}
            for name, command in commands.items():
                measured = run(command, folder)
                if index:  # the first run compiles byte code
                    times[name].append(measured)
    cpu = {name: median(t[0] for t in measured) for name, measured in times.items()}
    wall = {name: median(t[1] for t in measured) for name, measured in times.items()}
    ratio = cpu["help"] / cpu["imports"]
    print(f"medians of {runs} runs       CPU s   wall s")
    print(f"equidesign --help       {cpu['help']:7.3f}  {wall['help']:7.3f}")
    print(f"its five libraries      {cpu['imports']:7.3f}  {wall['imports']:7.3f}")
    print(f"equidesign design       {cpu['design']:7.3f}  {wall['design']:7.3f}")
    print(f"start-up ratio: {ratio:.2f} CPU, {wall['help'] / wall['imports']:.2f} wall", end="")
    print(f" (at most {RATIO_LIMIT})")
    print(f"CPU time of a design: {cpu['design']:.2f} s (at most {DESIGN_LIMIT} s)")
    return int(ratio > RATIO_LIMIT or cpu["design"] > DESIGN_LIMIT)


if __name__ == "__main__":
    sys.exit(main())
