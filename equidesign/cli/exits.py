"""Exit codes, and the one place where exceptions become messages."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from equidesign.errors import EquidesignError, InputErrors

OK, FAILED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130


def run(command: Callable[[], int | None]) -> int:
    """Run a command and return its exit code; a person's mistake becomes a message on stderr.

    Output into a pipe that was closed early is no error.
    """
    import typer

    try:
        code = command() or OK
        sys.stdout.flush()
    except EquidesignError as error:
        report(error)
        return BAD_INPUT
    except (KeyboardInterrupt, typer.Abort):
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except typer.Exit as stop:
        return stop.exit_code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except Exception as error:
        # Usage errors of the command-line library know how to show themselves.
        show = getattr(error, "show", None)
        if show is None:
            raise
        show()
        return BAD_INPUT
    return code


def report(error: EquidesignError) -> None:
    """Print an error to stderr: what, where, expected, hint."""
    from rich.console import Console
    from rich.text import Text

    console = Console(stderr=True, soft_wrap=True)
    for part in error.errors if isinstance(error, InputErrors) else (error,):
        line = Text()
        if part.where:
            line.append(f"{part.where}: ", style="bold")
        line.append("error: ", style="bold red").append(part.what)
        for label, text in (("expected", part.expected), ("hint", part.hint)):
            if text:
                line.append(f"\n  {label}: ", style="cyan").append(text)
        console.print(line)
