"""Changes of files: written in one step or not at all, and shown as diffs."""

from __future__ import annotations

import difflib
import errno
import io
import json
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from equidesign.errors import InputError
from equidesign.lint.finding import Finding

MARK = "\ufeff"


@dataclass(frozen=True)
class Change:
    """What fixes make of a file.

    Attributes:
        before: its text as it is in the file, with its byte order mark if it has one.
        after: the text after the fixes, likewise.
        applied: the findings that are gone.
    """

    file: str
    before: str
    after: str
    applied: tuple[Finding, ...]


def change_of(file: str, raw: bytes, text: str, applied: tuple[Finding, ...]) -> Change:
    """Return the change that makes a text of a file's content."""
    mark = MARK if raw.startswith(MARK.encode("utf-8")) else ""
    return Change(file, raw.decode("utf-8"), mark + text, applied)


def unified_diff(change: Change) -> str:
    """Return a change as ``diff -u`` writes it, for ``patch`` and ``git apply``."""
    name = change.file if change.file.isprintable() else json.dumps(change.file)
    lines = difflib.unified_diff(_lines(change.before), _lines(change.after), name, name)
    marked = (
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )
    return "".join(marked)


def write_change(change: Change) -> None:
    """Replace a file in one step, if it is still what it was; links are followed, the mode stays.

    Raises:
        InputError: it is something else by now, or can't be written; then it is as it was.
    """
    path = Path(change.file)
    target = Path(os.path.realpath(path))
    temporary = None
    try:
        if target.read_bytes() != change.before.encode("utf-8"):
            raise InputError(f"'{path}' changed while it was looked at", hint="run it again")
        if not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        status = target.stat()
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:50]}.")
        temporary = Path(name)
        with os.fdopen(handle, "wb") as stream:
            stream.write(change.after.encode("utf-8"))
            stream.flush()
            os.fsync(stream.fileno())
        _keep_owner(temporary, status)
        temporary.chmod(stat.S_IMODE(status.st_mode))
        temporary.replace(target)
    except OSError as error:
        raise InputError(f"cannot write '{path}': {error.strerror or error}") from None
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def _keep_owner(temporary: Path, status: os.stat_result) -> None:
    if hasattr(os, "chown"):
        try:
            os.chown(temporary, status.st_uid, status.st_gid)
        except PermissionError:
            return  # only root gives files away: the new file belongs to who fixed it


def _lines(text: str) -> list[str]:
    """Split at line feeds only, as tools do that read diffs."""
    return list(io.StringIO(text, newline="\n"))
