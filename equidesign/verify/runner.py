"""Runs a verification in a child process with limits on time and memory. No torch here.

The child writes its result to a file, so what a model prints cannot be taken for it.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO, Any, NoReturn

from equidesign.errors import InputError, InputErrors
from equidesign.verify.reasons import out_of_memory, own_frame, shown, speaks_of_memory
from equidesign.verify.supervisor import ENDED
from equidesign.verify.verdict import Report

TIMEOUT = 600.0
MEMORY_MB = 16_000
LEAST_MEMORY_MB = 256
KEPT_OUTPUT = 4000
POLL = 0.05
# More than the child's watcher takes to end what the model started.
GRACE = 15.0
STACK = "stack.txt"
START = (
    "import sys; root = sys.argv.pop(1); sys.path.insert(0, root)\n"
    "from equidesign.verify.child import start\n"
    "sys.path.remove(root); root in sys.path or sys.path.append(root)\n"
    "start(sys.argv.pop(1))"
)


@dataclass(frozen=True)
class Limits:
    """What the child may use: seconds of wall-clock time, and megabytes of memory."""

    seconds: float = TIMEOUT
    memory_mb: int = MEMORY_MB


def run_job(
    job: Mapping[str, Any],
    limits: Limits,
    progress: Callable[[str], None] = lambda stage: None,
) -> Report:
    """Run one job in a child; whatever happens to the child, there is a report.

    Raises:
        InputError: the target or its interface cannot be used as they are.
    """
    with tempfile.TemporaryDirectory(
        prefix="equidesign-verify-", ignore_cleanup_errors=True
    ) as name:
        place = Path(name).resolve()
        content = {**job, "memory_mb": limits.memory_mb, "seconds": limits.seconds}
        (place / "job.json").write_text(json.dumps(content), encoding="utf-8")
        on_time, output = _run_child(place, limits, progress)
        found = _json(place / "result.json")
        if isinstance(found, dict) and "refused" in found:
            raise input_errors(found["refused"])
        if isinstance(found, dict):
            with contextlib.suppress(ValueError, KeyError, TypeError):
                return Report.from_data(found["report"])
        if (place / "result.json").exists():
            reason = "the result could not be read"
        else:
            reason = _reason(place, on_time, output, limits)
        return Report.failure(job["name"], job["group"], reason, int(job["seed"]))


def input_errors(items: list[dict[str, Any]]) -> InputError:
    """Return the errors that ``plain_errors`` wrote."""
    errors = [InputError(item.pop("what"), **item) for item in items]
    return errors[0] if len(errors) == 1 else InputErrors(errors)


def plain_errors(error: InputError) -> list[dict[str, Any]]:
    """Return an error, or each of several, as plain data."""
    keys = ("what", "where", "expected", "hint")
    parts = error.errors if isinstance(error, InputErrors) else (error,)
    return [{key: getattr(part, key) for key in keys} for part in parts]


def _run_child(place: Path, limits: Limits, progress: Callable[[str], None]) -> tuple[bool, str]:
    """Run the child to its end; return whether it ended in time, and the end of what was printed."""
    root = str(Path(__file__).resolve().parents[2])
    child = subprocess.Popen(
        [sys.executable, "-P", "-c", START, root, str(place)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={"OMP_WAIT_POLICY": "PASSIVE", **os.environ},
        start_new_session=True,
    )
    assert child.stdin
    assert child.stdout
    kept = bytearray()
    reader = threading.Thread(target=_drain, args=(child.stdout, kept), daemon=True)
    reader.start()
    deadline = time.monotonic() + limits.seconds
    seen = ""
    try:
        with _ending_on_signals():
            while True:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.wait(max(min(POLL, deadline - time.monotonic()), 0.001))
                    return True, _printed(reader, kept)
                if time.monotonic() >= deadline:
                    break
                if (stage := _text(place / "stage.txt")) and stage != seen:
                    seen = stage
                    progress(stage)
    finally:
        _end(child)
        reader.join(1.0)
        child.stdout.close()
    return False, _printed(reader, kept)


def _end(child: subprocess.Popen[bytes]) -> None:
    """Tell the watcher to end everything, by closing its standard input; wait until it has."""
    assert child.stdin
    with contextlib.suppress(OSError):
        child.stdin.close()
    try:
        child.wait(GRACE)
    except subprocess.TimeoutExpired:
        pass
    finally:
        child.kill()
        child.wait()


def _drain(stream: IO[bytes], kept: bytearray) -> None:
    """Read what is printed so that nobody waits, and keep the end of it."""
    with contextlib.suppress(OSError, ValueError):
        while chunk := os.read(stream.fileno(), 65536):
            kept += chunk
            del kept[:-KEPT_OUTPUT]


def _printed(reader: threading.Thread, kept: bytearray) -> str:
    reader.join(1.0)
    return bytes(kept).decode("utf-8", errors="replace")


@contextlib.contextmanager
def _ending_on_signals() -> Iterator[None]:
    """Let a request to end this process unwind it, so that the child is ended too."""

    def unwind(number: int, frame: FrameType | None) -> NoReturn:
        raise SystemExit(128 + number)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    numbers = [number for number in numbers if signal.getsignal(number) is signal.SIG_DFL]
    for number in numbers:
        signal.signal(number, unwind)
    try:
        yield
    finally:
        for number in numbers:
            signal.signal(number, signal.SIG_DFL)


def _reason(place: Path, on_time: bool, output: str, limits: Limits) -> str:
    stage = _text(place / "stage.txt") or "start"
    at = own_frame(_text(place / STACK))
    inside = f", in {at}" if at else ""
    if not on_time:
        limit = f"the time limit of {limits.seconds:g} s (--timeout sets it)"
        return f"{limit} was reached during: {stage}{inside}"
    ended = _text(place / ENDED)
    code = int(ended) if ended.lstrip("-").isdecimal() else -int(signal.SIGKILL)
    if code and speaks_of_memory(output):
        return out_of_memory(limits.memory_mb, stage)
    if code == -signal.SIGKILL:
        cause = "most likely because the machine has no more memory"
        return f"the process was killed (SIGKILL), {cause}, during: {stage}"
    lines = [line for line in output.splitlines() if line.strip()]
    words = f"; its last words: {shown(lines[-1])}" if lines else ""
    if code < 0:
        name = signal.Signals(-code).name if -code in set(signal.Signals) else str(-code)
        return f"the process was ended by {name} during: {stage}{inside or words}"
    return f"the process ended by itself with code {code} during: {stage}{words}"


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
