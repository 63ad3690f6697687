"""What a terminal can do."""

from __future__ import annotations

import locale
import os
import sys
from typing import TextIO

PIPE_WIDTH = 80


def has_menus(plain: bool) -> bool:
    """Whether arrow keys work: both ends are a terminal that moves its cursor, and nobody asked for plain prompts."""
    dumb = os.environ.get("TERM", "dumb") in ("", "dumb", "unknown")
    return not (plain or dumb) and sys.stdin.isatty() and sys.stdout.isatty()


def shows_unicode(stream: TextIO) -> bool:
    """Whether other characters than ASCII arrive as they are: both the stream and the person's locale must have them.

    Python itself writes UTF-8 under the locale C, whatever the terminal reads.
    """
    if not (stream.encoding or "").lower().replace("-", "").startswith("utf"):
        return False
    wanted = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_CTYPE", "LANG"))), "C")
    if wanted == "C.UTF-8" and not os.environ.get("LC_ALL"):
        # Python sets LC_CTYPE so when it finds the locale C.
        wanted = os.environ.get("LANG") or "C"
    if wanted in ("C", "POSIX"):
        return False
    try:
        locale.setlocale(locale.LC_CTYPE, "")
        return locale.nl_langinfo(locale.CODESET).upper().replace("-", "") == "UTF8"
    except (locale.Error, AttributeError):
        return "UTF" in wanted.upper()


def width_of(stream: TextIO) -> int:
    """Return the columns of a terminal now, or what a pipe is given."""
    try:
        return os.get_terminal_size(stream.fileno()).columns or PIPE_WIDTH
    except (OSError, ValueError):
        return PIPE_WIDTH
