"""The command line: ``equidesign COMMAND``."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from equidesign.cli import (
    design,
    diff,
    explain,
    lint,
    list_,
    new,
    render,
    schema,
    score,
    verify,
)
from equidesign.cli.exits import run

app = typer.Typer(
    name="equidesign",
    help="From a symmetry to an architecture, its code, and numbers that show the code has it.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for module in (new, design, render, lint, score, verify, diff, explain, list_, schema):
    app.command(module.NAME)(module.command)


def _version(value: bool) -> None:
    if value:
        from equidesign import __version__

        typer.echo(f"equidesign {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """From a symmetry to an architecture, its code, and numbers that show the code has it."""


def main() -> None:
    """Run the command line and exit."""
    sys.exit(run(lambda: app(standalone_mode=False)))


if __name__ == "__main__":
    main()
