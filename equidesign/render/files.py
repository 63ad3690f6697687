"""Writes a folder as a whole: after a crash or Ctrl-C there is the old folder or the new one, never a mixture."""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from equidesign.errors import InputError

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


def write_folder(target: Path, files: Mapping[str, str], keep: tuple[str, ...] = ()) -> None:
    """Replace ``target`` by a folder with these files, in one step.

    Args:
        target: the folder, which may exist.
        files: text by file name.
        keep: names in the existing folder that stay as they are.

    Raises:
        InputError: the place cannot be written.
    """
    parent = target.parent
    try:
        parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=parent))
    except OSError as error:
        raise InputError(f"cannot write there: {error.strerror}", where=str(target)) from None
    try:
        _fill(staging, files)
        for name in keep:
            _link(target / name, staging / name)
        _swap(staging, target)
    except OSError as error:
        raise InputError(f"cannot write there: {error.strerror}", where=str(target)) from None
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _fill(folder: Path, files: Mapping[str, str]) -> None:
    umask = os.umask(0)
    os.umask(umask)
    folder.chmod(0o777 & ~umask)
    for name, text in files.items():
        with open(folder / name, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())


def _link(source: Path, destination: Path) -> None:
    """Bring a file or folder along without moving it: hard links where the disk allows them."""
    if source.is_symlink() or source.is_file():
        _link_file(str(source), str(destination))
    elif source.is_dir():
        shutil.copytree(source, destination, symlinks=True, copy_function=_link_file)


def _link_file(source: str, destination: str) -> str:
    try:
        os.link(source, destination, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, destination, follow_symlinks=False)
    return destination


def _swap(staging: Path, target: Path) -> None:
    """Put ``staging`` in the place of ``target``; what was there ends up in ``staging``."""
    if not target.exists():
        staging.rename(target)
        return
    if _exchange(staging, target):
        return
    aside = staging.with_name(staging.name + ".old")
    target.rename(aside)
    try:
        staging.rename(target)
    except BaseException:
        with contextlib.suppress(OSError):
            aside.rename(target)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders atomically, where the system can (Linux, glibc 2.28)."""
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):
        return False
    paths = (os.fsencode(one), os.fsencode(other))
    return bool(renameat2(_AT_FDCWD, paths[0], _AT_FDCWD, paths[1], _RENAME_EXCHANGE) == 0)
