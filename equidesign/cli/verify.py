"""``equidesign verify TARGET``: the symmetry, by numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from equidesign.cli.exits import BAD_INPUT, FAILED
from equidesign.cli.options import Format, err, out, print_json

NAME = "verify"


def command(
    target: Annotated[
        Path,
        typer.Argument(
            metavar="TARGET", help="A bundle, or an architecture.yaml.", show_default=False
        ),
    ],
    seed: Annotated[int, typer.Option("--seed", help="Seed of inputs and group elements.")] = 0,
    quick: Annotated[bool, typer.Option("--quick", help="Fewer group elements.")] = False,
    timeout: Annotated[
        float,
        typer.Option("--timeout", metavar="SECONDS", min=1.0, help="Stop the model after this."),
    ] = 600.0,
    format: Annotated[Format, typer.Option("--format", help="How to print it.")] = Format.text,
) -> None:
    """Measure whether a model has its symmetry."""
    verify_and_report(target, seed=seed, quick=quick, timeout=timeout, format=format)


def verify_and_report(
    target: Path,
    *,
    seed: int = 0,
    quick: bool = False,
    timeout: float = 600.0,
    format: Format = Format.text,
    to_stderr: bool = False,
) -> None:
    """Verify a bundle, print the report, and exit with 1 when it fails or 2 when it could not run."""
    from equidesign.report.verify_text import render_report
    from equidesign.verify.api import verify_bundle

    report = verify_bundle(target, seed=seed, quick=quick, timeout=timeout)
    if format is Format.json:
        print_json(report.to_data())
    else:
        (err() if to_stderr else out()).print(render_report(report))
    if not report.passed:
        raise typer.Exit(BAD_INPUT if report.verdict == "ERROR" else FAILED)
