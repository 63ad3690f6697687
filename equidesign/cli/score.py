"""``equidesign score SPEC``: a specification held against the rubric."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from equidesign.cli.exits import FAILED, OK
from equidesign.cli.options import Format, out, print_json
from equidesign.errors import InputError

if TYPE_CHECKING:
    from equidesign.scoring.verdict import Report

NAME = "score"
STDIN = Path("-")
STDIN_NAME = "<stdin>"


def command(
    spec: Annotated[
        Path,
        typer.Argument(
            metavar="SPEC",
            help="architecture.yaml, or its bundle; - reads standard input.",
            show_default=False,
        ),
    ],
    verdict: Annotated[
        Path | None,
        typer.Option(
            "--verdict",
            metavar="FILE",
            help="What `equidesign verify --format json` printed; - reads standard input.",
        ),
    ] = None,
    minimum: Annotated[
        float | None,
        typer.Option("--min", min=1.0, max=5.0, help="The least total that passes [3.0]."),
    ] = None,
    format: Annotated[Format, typer.Option("--format", help="How to print it.")] = Format.text,
) -> int:
    """Score a specification by what can be measured of it (0 pass, 1 below the minimum)."""
    from equidesign.scoring.score import score_path, score_text

    if spec == verdict == STDIN:
        raise InputError(
            "specification and report can't both come from standard input",
            expected="a file for one of them",
        )
    report = _report(verdict) if verdict is not None else None
    if spec == STDIN:
        score = score_text(_standard_input(), STDIN_NAME, report=report, minimum=minimum)
    else:
        score = score_path(spec, report, minimum)
    if format is Format.json:
        from equidesign.report.score_json import score_data

        print_json(score_data(score))
    else:
        from equidesign.report.layout import render_rich
        from equidesign.report.score_text import score_lines

        console = out()
        width = console.width if sys.stdout.isatty() else 100
        console.print(render_rich(score_lines(score), width), soft_wrap=True)
    return OK if score.passed else FAILED


def _report(path: Path) -> Report:
    from equidesign.scoring.verdict import read_report
    from equidesign.spec.yamlio import load_file, load_text

    if path == STDIN:
        return read_report(load_text(_standard_input(), f"{STDIN_NAME}.json"))
    return read_report(load_file(path))


def _standard_input() -> str:
    from equidesign.spec.yamlio import decode_text

    return decode_text(sys.stdin.buffer.read(), STDIN_NAME)
