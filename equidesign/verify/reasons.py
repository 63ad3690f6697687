"""Reasons for people: what a model said when it failed, and where in its own files. No torch."""

from __future__ import annotations

import re
import sysconfig
import traceback
from pathlib import Path

LONGEST = 300
MEMORY_WORDS = (
    "can't allocate memory",
    "Cannot allocate memory",
    "not enough memory",
    "out of memory",
    "bad_alloc",
    "MemoryError",
    "OutOfMemoryError",
    "can't start new thread",
    "Thread creation failed",
    "pthread_create failed",
)
_FRAME = re.compile(r'^  File "(.+)", line (\d+) in (.+)$', re.MULTILINE)
_LIBRARIES = (
    str(Path(__file__).resolve().parents[1]),
    sysconfig.get_path("stdlib"),
    sysconfig.get_path("purelib"),
    sysconfig.get_path("platlib"),
)


class FailedError(Exception):
    """The model's own code failed where it was imported, built or asked for inputs; the text says how."""


def speaks_of_memory(text: str) -> bool:
    """Whether what was printed or raised means that memory ran out."""
    return any(word in text for word in MEMORY_WORDS)


def out_of_memory(limit_mb: int, stage: str) -> str:
    """Return the reason of a model that took too much memory."""
    return f"out of memory (the limit of {limit_mb} MB is set by --memory) during: {stage}"


def shown(text: str) -> str:
    """Return text in one line, short, and without what would drive a terminal."""
    line = " ".join(text.split())
    clean = "".join(letter if letter.isprintable() else "?" for letter in line)
    return clean if len(clean) <= LONGEST else clean[: LONGEST - 3] + "..."


def said(error: BaseException) -> str:
    """Return what an exception says, and the last line of the user's own files that it passed."""
    try:
        text = str(error)
    except BaseException:
        text = ""
    lines = text.strip().splitlines()
    name = type(error).__name__
    words = f"{name}: {shown(lines[0])}" if lines else name
    if isinstance(error, SystemExit):
        words = f"it called sys.exit({error.code!r})"
    elif isinstance(error, SyntaxError) and error.filename:
        return f"{name}: {shown(error.msg)} ({Path(error.filename).name} line {error.lineno})"
    at = own_line(error)
    return f"{words} ({at})" if at else words


def own_line(error: BaseException) -> str:
    """Return the innermost line of an exception that is not a library's: ``my_model.py line 12``; empty if none."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if _is_own(frame.filename):
            return f"{Path(frame.filename).name} line {frame.lineno}"
    return ""


def own_frame(stack: str) -> str:
    """Return the innermost frame of faulthandler's text that is not a library's; empty if there is none."""
    for file, line, function in _FRAME.findall(stack):
        if _is_own(file):
            return f"{function} ({Path(file).name} line {line})"
    return ""


def _is_own(file: str) -> bool:
    return not file.startswith("<") and not any(
        file.startswith(folder) for folder in _LIBRARIES if folder
    )
