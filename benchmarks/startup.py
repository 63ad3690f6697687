"""Start-up of the command line and of the wizard against their libraries, and the CPU time of a design.

The runs alternate, so that other work on the machine falls on both alike.
"""

from __future__ import annotations

import argparse
import os
import pty
import resource
import signal
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
ASKING = [sys.executable, "-c", "import typer, rich, pydantic, jinja2, yaml, prompt_toolkit"]
NEW = [sys.executable, "-m", "equidesign", "new"]
FIRST_QUESTION = b"What does one sample look like?"
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


def first_prompt(folder: str) -> tuple[float, float]:
    """Start the wizard in a terminal; return its CPU and wall-clock time until the first question stands there."""
    began = time.perf_counter()
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(folder)
        os.environ |= {"TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"}
        os.execv(NEW[0], NEW)
    shown = b""
    while FIRST_QUESTION not in shown:
        shown += os.read(terminal, 4096)
        if b"\x1b[6n" in shown:  # where is the cursor?
            shown = shown.replace(b"\x1b[6n", b"")
            os.write(terminal, b"\x1b[1;1R")
    wall = time.perf_counter() - began
    os.kill(process, signal.SIGKILL)
    usage = os.wait4(process, 0)[2]
    os.close(terminal)
    return usage.ru_utime + usage.ru_stime, wall


def main() -> int:
    """Measure, print, and return 1 when a limit is passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=11, help="runs of each command")
    runs = parser.parse_args().runs
    times: dict[str, list[tuple[float, float]]] = {
        name: [] for name in ("help", "imports", "design", "asking", "new")
    }
    with tempfile.TemporaryDirectory() as folder:
        for index in range(runs + 1):
            design = [sys.executable, "-m", "equidesign", "design", str(REQUEST)]
            commands = {
                "help": HELP,
                "imports": IMPORTS,
                "design": [*design, "-o", f"b{index}"],
                "asking": ASKING,
            }
            measured = {name: run(command, folder) for name, command in commands.items()}
            measured["new"] = first_prompt(folder)
            for name, each in measured.items():
                if index:  # the first run compiles byte code
                    times[name].append(each)
    cpu = {name: median(t[0] for t in each) for name, each in times.items()}
    wall = {name: median(t[1] for t in each) for name, each in times.items()}
    ratio, asking = cpu["help"] / cpu["imports"], cpu["new"] / cpu["asking"]
    print(f"medians of {runs} runs       CPU s   wall s")
    print(f"equidesign --help       {cpu['help']:7.3f}  {wall['help']:7.3f}")
    print(f"its five libraries      {cpu['imports']:7.3f}  {wall['imports']:7.3f}")
    print(f"equidesign new, asking  {cpu['new']:7.3f}  {wall['new']:7.3f}")
    print(f"its six libraries       {cpu['asking']:7.3f}  {wall['asking']:7.3f}")
    print(f"equidesign design       {cpu['design']:7.3f}  {wall['design']:7.3f}")
    print(f"start-up ratio: {ratio:.2f} CPU, {wall['help'] / wall['imports']:.2f} wall", end="")
    print(f" (at most {RATIO_LIMIT})")
    print(
        f"first question: {asking:.2f} CPU, {wall['new'] / wall['asking']:.2f} wall (at most {RATIO_LIMIT})"
    )
    print(f"CPU time of a design: {cpu['design']:.2f} s (at most {DESIGN_LIMIT} s)")
    return int(max(ratio, asking) > RATIO_LIMIT or cpu["design"] > DESIGN_LIMIT)


if __name__ == "__main__":
    sys.exit(main())
