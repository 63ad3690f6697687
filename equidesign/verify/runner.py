"""Runs a verification in a child process with limits on time and memory. No torch here.

The child writes its result to a file, so what a model prints cannot be taken for it. It leads its
own process group, which is killed as a whole when the time is up or the person gives up.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from equidesign.verify.verdict import Report

TIMEOUT = 600.0
MEMORY_MB = 16_000
TAIL = 400
OUT_OF_MEMORY = 77


@dataclass(frozen=True)
class Limits:
    """What the child may use: seconds of wall-clock time, and megabytes of memory."""

    seconds: float = TIMEOUT
    memory_mb: int = MEMORY_MB


def run_job(job: dict[str, Any], target: str, group: str, limits: Limits) -> Report:
    """Run one job in a child; whatever happens to the child, there is a report."""
    seed = int(job.get("seed", 0))
    with tempfile.TemporaryDirectory(prefix="equidesign-verify-") as name:
        place = Path(name)
        job = {**job, "memory_mb": limits.memory_mb, "seconds": limits.seconds}
        (place / "job.json").write_text(json.dumps(job), encoding="utf-8")
        code = _run_child(place, limits)
        result = place / "result.json"
        if result.is_file():
            try:
                return Report.from_data(json.loads(result.read_text(encoding="utf-8")))
            except (ValueError, KeyError, TypeError):
                return Report.failure(target, group, "the result could not be read", seed)
        return Report.failure(target, group, _reason(place, code, limits), seed)


def _run_child(place: Path, limits: Limits) -> int | None:
    """Return the exit code of the child, None when its time was up."""
    environment = {"OMP_WAIT_POLICY": "PASSIVE", **os.environ}
    package_root = str(Path(__file__).resolve().parents[2])
    path = environment.get("PYTHONPATH")
    environment["PYTHONPATH"] = os.pathsep.join([package_root, *([path] if path else [])])
    with open(place / "output.txt", "wb") as output:
        child = subprocess.Popen(
            [sys.executable, "-m", "equidesign.verify.child", str(place)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            start_new_session=True,
        )
        deadline = time.monotonic() + limits.seconds
        try:
            return child.wait(timeout=max(deadline - time.monotonic(), 0.01))
        except subprocess.TimeoutExpired:
            return None
        finally:
            _kill_group(child)


def _kill_group(child: subprocess.Popen[bytes]) -> None:
    """Kill the child and whatever it started; the group outlives a child that has ended."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _reason(place: Path, code: int | None, limits: Limits) -> str:
    stage = _text(place / "stage.txt") or "start"
    if code is None:
        return f"the time limit of {limits.seconds:g} s was reached during: {stage}"
    if code == OUT_OF_MEMORY or code == -signal.SIGKILL:
        return f"out of memory (limit {limits.memory_mb} MB) during: {stage}"
    if code < 0:
        name = signal.Signals(-code).name if -code in set(signal.Signals) else str(-code)
        return f"the process was ended by {name} during: {stage}"
    last = _text(place / "output.txt")[-TAIL:].strip().splitlines()
    said = f"; its last words: {last[-1]}" if last else ""
    return f"the process ended by itself with code {code} during: {stage}{said}"


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
