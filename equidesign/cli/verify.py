"""``equidesign verify TARGET``: the symmetry, by numbers."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from equidesign.cli.files import check_writable, write_file
from equidesign.cli.options import err, out, print_json
from equidesign.errors import InputError

if TYPE_CHECKING:
    from equidesign.verify.verdict import Report

NAME = "verify"
PLOT_SUFFIXES = (".png", ".svg")
TARGET_HELP = "A bundle, an architecture.yaml, or a model: FILE.py:NAME or package.module:NAME."


class ReportFormat(StrEnum):
    """How a report is printed."""

    text = "text"
    json = "json"
    junit = "junit"


def command(
    target: Annotated[str, typer.Argument(metavar="TARGET", help=TARGET_HELP, show_default=False)],
    interface: Annotated[
        Path | None,
        typer.Option(
            "--interface",
            metavar="FILE",
            help="What a model takes and returns [interface.yaml beside it].",
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option("--seed", min=0, help="Seed of parameters, inputs and group elements.")
    ] = 0,
    quick: Annotated[bool, typer.Option("--quick", help="Measure less.")] = False,
    thorough: Annotated[bool, typer.Option("--thorough", help="Measure more.")] = False,
    timeout: Annotated[
        float,
        typer.Option("--timeout", metavar="SECONDS", min=1.0, help="Stop the model after this."),
    ] = 600.0,
    memory: Annotated[
        int,
        typer.Option("--memory", metavar="MB", min=256, help="Memory the model may take."),
    ] = 16_000,
    format: Annotated[
        ReportFormat, typer.Option("--format", help="How to print the report.")
    ] = ReportFormat.text,
    plot: Annotated[
        Path | None,
        typer.Option("--plot", metavar="FILE", help="Draw the errors: FILE.png or FILE.svg."),
    ] = None,
    reproducer: Annotated[
        Path | None,
        typer.Option("--reproducer", metavar="FILE", help="Write a script that shows the failure."),
    ] = None,
) -> None:
    """Measure whether a model has its symmetry."""
    if quick and thorough:
        raise InputError("--quick and --thorough exclude each other", expected="one of them")
    verify_and_report(
        target,
        interface=interface,
        seed=seed,
        effort="quick" if quick else "thorough" if thorough else "default",
        timeout=timeout,
        memory=memory,
        format=format,
        plot=plot,
        reproducer=reproducer,
    )


def verify_and_report(
    target: str | Path,
    *,
    interface: Path | None = None,
    seed: int = 0,
    effort: str = "default",
    timeout: float = 600.0,
    memory: int = 16_000,
    format: ReportFormat = ReportFormat.text,
    plot: Path | None = None,
    reproducer: Path | None = None,
    to_stderr: bool = False,
) -> None:
    """Verify a target, print the report, and exit with 1 when it fails or 2 when it could not run.

    Raises:
        InputError: the target, the interface or a file to write cannot be used; nothing was run then.
    """
    from equidesign.verify.api import run_verification, verification_job

    check_writable("--plot", plot, PLOT_SUFFIXES)
    check_writable("--reproducer", reproducer, (".py",))
    if plot is not None and find_spec("matplotlib") is None:
        raise InputError("--plot needs matplotlib", hint="python -m pip install matplotlib")
    job = verification_job(target, interface=interface, seed=seed, effort=effort)
    job["reproduce"] = reproducer is not None
    if reproducer is not None and job["kind"] == "specification":
        raise InputError(
            "--reproducer needs a model.py, which a specification does not have",
            hint=f"equidesign render {target} -o DIR, then verify the bundle DIR",
        )
    with _stages() as progress:
        report = run_verification(job, timeout=timeout, memory_mb=memory, progress=progress)
    _show(report, format, to_stderr)
    if plot is not None:
        from equidesign.report.verify_plot import plot_report

        write_file(plot, lambda part: plot_report(report, part))
    if reproducer is not None:
        _reproduce(report, job, reproducer)
    if not report.passed:
        raise typer.Exit(report.exit_code)


def _show(report: Report, format: ReportFormat, to_stderr: bool) -> None:
    """Print the report; JSON and XML alone on stdout."""
    if format is ReportFormat.json:
        print_json(report.to_data())
    elif format is ReportFormat.junit:
        from equidesign.report.verify_junit import render_junit

        print(render_junit(report))
    else:
        from equidesign.report.verify_text import render_rich

        console = err() if to_stderr else out()
        stream = sys.stderr if to_stderr else sys.stdout
        width = console.width if stream.isatty() else 100
        console.print(render_rich(report, width), soft_wrap=True)


def _reproduce(report: Report, job: dict[str, Any], path: Path) -> None:
    """Write the script; where there is nothing that it could show, say so: the verdict stands."""
    from equidesign.verify.reproducer import reproducer_script

    if report.exit_code != 1:
        err().print(f"nothing to reproduce: {path} was not written", markup=False)
        return
    try:
        script = reproducer_script(report, job)
    except InputError as error:
        err().print(f"{path} was not written: {error}", markup=False)
        return
    write_file(path, lambda part: part.write_text(script, encoding="utf-8"))


@contextlib.contextmanager
def _stages() -> Iterator[Callable[[str], None]]:
    """Yield a function that shows where the work is: in a terminal only."""
    if not sys.stderr.isatty():
        yield lambda stage: None
        return
    from rich.markup import escape

    with err().status("verify: start") as status:
        yield lambda stage: status.update(f"verify: {escape(stage)}")
