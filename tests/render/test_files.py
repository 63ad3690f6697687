"""After any failure while writing, the folder is the old one or the new one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from equidesign.errors import InputError
from equidesign.render import files
from equidesign.render.files import write_folder

OLD = {"a.txt": "old a", "b.txt": "old b"}
NEW = {"a.txt": "new a", "b.txt": "new b"}


def content(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in sorted(folder.iterdir()) if path.is_file()}


def litter(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(".")]


def test_writes_a_new_folder_with_parents(tmp_path: Path) -> None:
    write_folder(tmp_path / "x" / "y", NEW)
    assert content(tmp_path / "x" / "y") == NEW
    assert litter(tmp_path / "x") == []


@pytest.mark.parametrize("exchange", [True, False], ids=["atomic", "two-step"])
def test_replaces_and_keeps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exchange: bool
) -> None:
    if not exchange:
        monkeypatch.setattr(files, "_exchange", lambda one, other: False)
    target = tmp_path / "bundle"
    write_folder(target, OLD)
    (target / "runs").mkdir()
    (target / "runs" / "best.pt").write_bytes(b"weights")
    (target / "notes.txt").write_text("mine")
    (target / "link").symlink_to("notes.txt")
    write_folder(target, NEW, keep=("runs", "notes.txt", "link"))
    assert content(target) == {**NEW, "notes.txt": "mine", "link": "mine"}
    assert (target / "runs" / "best.pt").read_bytes() == b"weights"
    assert (target / "link").is_symlink()
    assert litter(tmp_path) == []


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("step", ["_fill", "_link", "_swap"])
def test_a_failure_leaves_the_old_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, error: BaseException
) -> None:
    target = tmp_path / "bundle"
    write_folder(target, OLD)
    before = content(target)

    def fail(*_: Any) -> None:
        raise error

    monkeypatch.setattr(files, step, fail)
    expected = InputError if isinstance(error, OSError) else KeyboardInterrupt
    with pytest.raises(expected):
        write_folder(target, NEW, keep=("b.txt",))
    assert content(target) == before
    assert litter(tmp_path) == []


def test_the_two_step_swap_recovers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "bundle"
    write_folder(target, OLD)
    monkeypatch.setattr(files, "_exchange", lambda one, other: False)
    rename: Callable[..., Path] = Path.rename
    calls: list[Path] = []

    def fail_second(self: Path, to: Path) -> Path:
        calls.append(to)
        if len(calls) == 2:
            raise OSError(5, "Input/output error")
        return rename(self, to)

    monkeypatch.setattr(Path, "rename", fail_second)
    with pytest.raises(InputError):
        write_folder(target, NEW)
    assert content(target) == OLD


KILLED = """
import sys
from pathlib import Path
from equidesign.render.files import write_folder
target = Path(sys.argv[1])
for number in range(100000):
    write_folder(target, {f"{name}.txt": str(number) * 2000 for name in "abcdefgh"})
    if number == 0:
        print("ready", flush=True)
"""


def test_kill_leaves_one_whole_folder(tmp_path: Path) -> None:
    target = tmp_path / "bundle"
    for delay in (0.05, 0.11, 0.17):
        process = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(target)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(delay)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        found = content(target)
        assert sorted(found) == [f"{name}.txt" for name in "abcdefgh"]
        assert len(set(found.values())) == 1


def test_an_unwritable_place_is_said(tmp_path: Path) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("")
    with pytest.raises(InputError, match="cannot write"):
        write_folder(blocker / "bundle", NEW)
