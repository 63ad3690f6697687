"""``equidesign diff A B``: two specifications compared in meaning."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from equidesign.cli.exits import FAILED, OK
from equidesign.cli.options import Format, out, print_json

NAME = "diff"


def command(
    before: Annotated[
        Path,
        typer.Argument(metavar="A", help="architecture.yaml, or its bundle.", show_default=False),
    ],
    after: Annotated[Path, typer.Argument(metavar="B", help="Another one.", show_default=False)],
    format: Annotated[Format, typer.Option("--format", help="How to print it.")] = Format.text,
) -> int:
    """Compare two specifications: symmetry, types, parameters, cost (0 same, 1 different)."""
    from equidesign.comparison.compare import compare_specifications
    from equidesign.report.diff_json import diff_data
    from equidesign.report.diff_text import diff_lines
    from equidesign.report.layout import render_rich
    from equidesign.spec.loading import load_specification

    comparison = compare_specifications(load_specification(before), load_specification(after))
    names = (str(before), str(after))
    if format is Format.json:
        print_json(diff_data(comparison, names))
    else:
        console = out()
        width = console.width if sys.stdout.isatty() else 100
        console.print(render_rich(diff_lines(comparison, names), width), soft_wrap=True)
    return OK if comparison.same else FAILED
