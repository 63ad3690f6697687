"""Answers kept between two runs: written after every answer, in one step; a broken file is no answer."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from equidesign.wizard.flow import Flow

VERSION = 1


def state_file(target: Path) -> Path:
    """Return where the answers for a folder are kept: one file for each, in the person's state folder."""
    base = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    mark = hashlib.sha256(str(target.absolute()).encode()).hexdigest()[:16]
    return Path(base) / "equidesign" / f"new-{mark}.json"


def save(flow: Flow, path: Path) -> None:
    """Keep the answers.

    Raises:
        OSError: the place can't be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    data = {
        "version": VERSION,
        "answers": dict(flow.answers),
        "fixed": sorted(flow.fixed),
        "at": flow.at,
        "kept": sorted(flow.kept),
    }
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(data, stream, indent=1, ensure_ascii=False)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def load(path: Path) -> Flow | None:
    """Return the answers that were kept; None if there are none that can be read."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["version"] != VERSION:
            return None
        answers = {str(name): _value(value) for name, value in data["answers"].items()}
        at = data["at"]
        fixed, kept = (frozenset(map(str, data[name])) for name in ("fixed", "kept"))
        return Flow(answers, fixed, None if at is None else str(at), kept)
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None


def forget(path: Path) -> None:
    """Remove the kept answers, when they have become a bundle."""
    with contextlib.suppress(OSError):  # where they could not be kept, there are none
        path.unlink()


def _value(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
