"""What the commands share: formats, and the consoles they print to."""

from __future__ import annotations

import json
import os
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from rich.console import Console

WIDE = 10_000


class Format(StrEnum):
    """How results are printed."""

    text = "text"
    json = "json"


def out() -> Console:
    """Return the console of results: as wide as the terminal, unlimited in a pipe."""
    from rich.console import Console

    return Console(highlight=False, width=None if sys.stdout.isatty() else WIDE)


def err() -> Console:
    """Return the console of progress and messages."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, soft_wrap=True)


def print_json(data: Any) -> None:
    """Print one JSON value on stdout and nothing else."""
    print(json.dumps(data, indent=2, ensure_ascii=not is_unicode(sys.stdout)))


def is_unicode(stream: TextIO) -> bool:
    """Whether a stream can show every character."""
    return (stream.encoding or "").lower().replace("-", "").replace("_", "").startswith("utf")


def write_text(text: str, stream: TextIO) -> None:
    """Write a text as it is; what the stream's encoding lacks becomes an escape.

    A reader that has gone, as ``head`` has, is no error: the command goes on, and its exit code says what it found.
    """
    encoding = stream.encoding or "ascii"
    try:
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
        stream.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def print_table(columns: list[str], rows: list[list[str]]) -> None:
    """Print a table: columns in a terminal, tab-separated lines in a pipe."""
    if not sys.stdout.isatty():
        for row in rows:
            print("\t".join(row))
        return
    from rich.table import Table

    table = Table(*columns, box=None, header_style="bold", pad_edge=False)
    for row in rows:
        table.add_row(*row)
    out().print(table)
