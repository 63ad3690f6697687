"""Files that commands write because an option names them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from equidesign.errors import InputError


def check_writable(option: str, path: Path | None, suffixes: tuple[str, ...] = ()) -> None:
    """Refuse a file that could not be written after the work is done.

    Args:
        suffixes: what its name may end in; none means anything.

    Raises:
        InputError: there is no such folder, or it cannot be written to, or the name is not that of a file.
    """
    if path is None:
        return
    if suffixes and path.suffix.lower() not in suffixes:
        raise InputError(
            f"{option}: '{path}' ends in '{path.suffix}'" if path.suffix else f"{option}: '{path}'",
            expected=f"a file name that ends in {' or '.join(suffixes)}",
            hint=f"{path.with_suffix(suffixes[0])}" if path.name else None,
        )
    folder = path.parent
    if path.is_dir():
        raise InputError(f"{option}: '{path}' is a folder", expected="the name of a file")
    if not folder.is_dir():
        raise InputError(f"{option}: there is no folder '{folder}'", hint=f"mkdir -p {folder}")
    if not is_stream(path) and not os.access(folder, os.W_OK):
        raise InputError(f"{option}: the folder '{folder}' cannot be written to")


def is_stream(path: Path) -> bool:
    """Whether a path is there and no regular file, such as ``/dev/stdout``: it can be written to, but not replaced."""
    return path.exists() and not path.is_file()


def write_file(path: Path, write: Callable[[Path], Any]) -> None:
    """Write a file as a whole or not at all. One that is there keeps its permissions, and a link stays a link.

    Raises:
        InputError: it cannot be written.
    """
    try:
        if is_stream(path):
            write(path)
            return
        target = Path(os.path.realpath(path))
        handle, name = tempfile.mkstemp(
            prefix=f".{target.stem}-", suffix=target.suffix, dir=target.parent
        )
        os.close(handle)
        part = Path(name)
        try:
            write(part)
            part.chmod(_permissions(target))
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f"cannot write '{path}': {error.strerror or error}") from None


def _permissions(path: Path) -> int:
    try:
        return path.stat().st_mode & 0o7777
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask
