"""A program in a pseudo-terminal, and the screen that a person would see."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pexpect
import pyte

PATIENCE = 60.0
"""How long something may take to appear on a busy machine; nothing is said about how long it should."""
PROGRAM = "import sys; from equidesign.cli.app import main; sys.exit(main())"

UP, DOWN, RIGHT, LEFT = "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D"
ENTER, ESC, TAB, BACKSPACE = "\r", "\x1b", "\t", "\x7f"
CTRL_C, CTRL_D, PAGE_DOWN, PAGE_UP, F1, F5 = (
    "\x03", "\x04", "\x1b[6~", "\x1b[5~", "\x1bOP", "\x1b[15~",
)  # fmt: skip


class Terminal:
    """``equidesign`` with some arguments, running in a terminal of a size."""

    def __init__(
        self, folder: Path, *arguments: str, columns: int = 80, rows: int = 24,
        env: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        kept = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "LC_ALL", "LC_CTYPE")}
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.received = b""
        self.child = pexpect.spawn(
            sys.executable,
            ["-c", PROGRAM, *arguments],
            cwd=str(folder),
            env={
                **kept,
                "TERM": "xterm-256color",
                "LANG": "C.UTF-8",
                "XDG_STATE_HOME": str(folder / "state"),
                **(env or {}),
            },
            dimensions=(rows, columns),
            timeout=PATIENCE,
            # A shell ignores it for what it runs in the background, and children inherit that.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        self.child.delaybeforesend = None

    # --- what is seen ---------------------------------------------------------------------------

    @property
    def lines(self) -> list[str]:
        """The rows of the screen."""
        return [line.rstrip() for line in self.screen.display]

    @property
    def text(self) -> str:
        """The screen as one text, without regard to where lines break."""
        return " ".join(" ".join(self.lines).split())

    def read(self, wait: float = 0.05) -> bool:
        """Take in what the program has written; False if it has ended."""
        try:
            data = self.child.read_nonblocking(65536, timeout=wait)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.received += data
        self._stream.feed(data)
        return True

    def until(self, condition: Callable[[], bool], what: str) -> None:
        """Read until a condition holds."""
        limit = time.monotonic() + PATIENCE
        while not condition():
            ended = not self.read()
            late = ended or time.monotonic() > limit
            assert condition() or not late, f"{what}\n" + "\n".join(self.lines)

    def see(self, text: str) -> None:
        """Read until the screen shows a text."""
        self.until(lambda: text in self.text, f"'{text}' does not appear")

    def gone(self, text: str) -> None:
        """Read until the screen does not show a text any more."""
        self.until(lambda: text not in self.text, f"'{text}' stays")

    # --- what is done ---------------------------------------------------------------------------

    def press(self, keys: str, text: str | None = None) -> None:
        """Press keys, and read until the screen shows a text."""
        self.child.send(keys)
        if text is not None:
            self.see(text)

    def resize(self, columns: int, rows: int) -> None:
        """Change the size, as a window does."""
        self.screen.resize(rows, columns)
        self.child.setwinsize(rows, columns)

    def end(self) -> int:
        """Read to the end of the program, and return its exit code."""
        limit = time.monotonic() + PATIENCE
        while self.read():
            assert time.monotonic() < limit, "it does not end\n" + "\n".join(self.lines)
        self.child.close()
        assert self.child.exitstatus is not None, f"killed by signal {self.child.signalstatus}"
        return self.child.exitstatus

    def close(self) -> None:
        """Stop the program if it still runs."""
        self.child.close(force=True)
