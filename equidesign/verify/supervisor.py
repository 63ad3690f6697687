"""Watches over the process that runs a model, and ends it with everything it started. No torch.

The watching process adopts what the model leaves behind (a subreaper, prctl(2)), so that processes which made
themselves independent are found as well. Elsewhere than on Linux the model's process group is ended.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time
from pathlib import Path

ENDED = "ended.txt"
INTERVAL = 0.02
LAST_WORDS = 0.2
KILLING = 5.0
SET_CHILD_SUBREAPER = 36
SET_PARENT_DEATH_SIGNAL = 1
PYTHON_STACK = getattr(signal, "SIGUSR1", None)


def supervise(place: Path) -> None:
    """Go on in a process of its own; the one that watches over it never returns.

    Its exit code goes to ``ended.txt`` in the folder, negative for a signal. It is ended when standard input is
    closed from the other end: then the time is up, or whoever asked is gone.
    """
    if not hasattr(os, "fork"):
        return
    _prctl(SET_CHILD_SUBREAPER, 1)
    watcher = os.getpid()
    worker = os.fork()
    if worker == 0:
        # A group of its own: a model that ends its group must not end its watcher.
        os.setsid()
        _prctl(SET_PARENT_DEATH_SIGNAL, int(signal.SIGKILL))
        if os.getppid() != watcher:
            os._exit(1)
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        _first_to_go()
        return
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    code = 1
    try:
        code = _watch(worker)
        (place / ENDED).write_text(str(code), encoding="ascii")
    finally:
        os._exit(0)


def _watch(worker: int) -> int:
    """Wait for the end of the worker, or for the order to end it; return its exit code."""
    status = None
    while status is None:
        done, found = os.waitpid(worker, os.WNOHANG)
        if done:
            status = found
        elif select.select([0], [], [], INTERVAL)[0]:
            if PYTHON_STACK:
                _signal(worker, PYTHON_STACK)
                time.sleep(LAST_WORDS)
            break
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(worker, signal.SIGKILL)
    _end_descendants()
    if status is None:
        return -int(signal.SIGKILL)
    return os.waitstatus_to_exitcode(status)


def _end_descendants() -> None:
    """End everything below this process. Stopped first: what is stopped cannot start anything."""
    deadline = time.monotonic() + KILLING
    while time.monotonic() < deadline:
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for process in descendants(os.getpid()):
                _signal(process, number)
        _reap()
        if not descendants(os.getpid()):
            return
        time.sleep(INTERVAL / 4)


def _reap() -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _signal(process: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(process, number)


def descendants(ancestor: int) -> list[int]:
    """Return the living processes below one, nearest first; none where there is no /proc."""
    children: dict[int, list[int]] = {}
    for name in os.listdir("/proc") if os.path.isdir("/proc") else ():
        if not name.isdecimal():
            continue
        try:
            with open(f"/proc/{name}/stat", "rb") as file:
                state, parent = file.read().rpartition(b")")[2].split()[:2]
        except (OSError, ValueError):
            continue
        if state not in (b"Z", b"X"):
            children.setdefault(int(parent), []).append(int(name))
    found = [ancestor]
    for process in found:
        found += children.get(process, [])
    return found[1:]


def _prctl(option: int, value: int) -> None:
    """Set an attribute of this process; only Linux has them."""
    try:
        import ctypes

        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
    except (ImportError, OSError, AttributeError, TypeError):
        return


def _first_to_go() -> None:
    """When the machine runs out of memory, let this process be ended rather than any other."""
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")
