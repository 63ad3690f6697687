"""``equidesign lint PATH...``: what is wrong with specifications, requests and bundles, and at which line."""

from __future__ import annotations

import gc
import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from equidesign.cli.exits import FAILED, OK
from equidesign.cli.files import check_writable, write_file
from equidesign.cli.options import err, is_unicode, out, print_json, print_table, write_text
from equidesign.errors import InputError

if TYPE_CHECKING:
    from equidesign.lint.finding import Report
    from equidesign.lint.settings import Settings

NAME = "lint"
STDIN, STDIN_NAME = "-", "<stdin>"
_GARBAGE = 50_000
"""New objects between two searches for garbage: a file makes thousands that live until it is done."""


class ReportFormat(StrEnum):
    """How findings are printed."""

    text = "text"
    concise = "concise"
    json = "json"
    sarif = "sarif"
    github = "github"
    junit = "junit"

    @property
    def is_text(self) -> bool:
        """Whether people read it."""
        return self in (ReportFormat.text, ReportFormat.concise)


class FailOn(StrEnum):
    """The severities that may fail a run."""

    error = "error"
    warning = "warning"


Selectors = list[str] | None


def command(
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PATH",
            help="Files, folders, bundles; - for standard input [the current folder].",
            show_default=False,
        ),
    ] = None,
    format: Annotated[
        ReportFormat, typer.Option("--format", help="How to print the findings.")
    ] = ReportFormat.text,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="Write the report to a file."),
    ] = None,
    select: Annotated[
        Selectors,
        typer.Option(
            "--select", metavar="RULES", help="Rules to run: EQ4, EQ401 or names, with commas."
        ),
    ] = None,
    ignore: Annotated[
        Selectors, typer.Option("--ignore", metavar="RULES", help="Rules not to run.")
    ] = None,
    fail_on: Annotated[
        FailOn | None,
        typer.Option(
            "--fail-on", help="Least severity that fails the run [warning].", show_default=False
        ),
    ] = None,
    exit_zero: Annotated[
        bool, typer.Option("--exit-zero", help="Exit with 0 whatever is found.")
    ] = False,
    fix: Annotated[
        bool, typer.Option("--fix", help="Repair what can be repaired with certainty.")
    ] = False,
    unsafe_fixes: Annotated[
        bool,
        typer.Option(
            "--unsafe-fixes", help="Repair also where parity, lmax or widths change; implies --fix."
        ),
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Show what --fix would change, and change nothing.")
    ] = False,
    statistics: Annotated[
        bool, typer.Option("--statistics", help="Count findings by rule instead.")
    ] = False,
    config: Annotated[
        Path | None,
        typer.Option(
            "--config", metavar="FILE", help="File with [tool.equidesign.lint] [pyproject.toml]."
        ),
    ] = None,
    no_config: Annotated[bool, typer.Option("--no-config", help="Read no such file.")] = False,
    force_exclude: Annotated[
        bool, typer.Option("--force-exclude", help="Exclude files that are named too.")
    ] = False,
    stdin_filename: Annotated[
        str | None,
        typer.Option("--stdin-filename", metavar="FILE", help="Name of what comes from -."),
    ] = None,
) -> int:
    """Find what is wrong with specifications, requests and bundles."""
    from equidesign.cli.lint_run import LintRun
    from equidesign.lint.finding import Severity
    from equidesign.report.lint_common import summary

    fix = (fix or unsafe_fixes) and not diff
    given = paths or [os.curdir]
    _check(given, format, output, fix, diff, statistics, stdin_filename)
    from_stdin = given == [STDIN]
    places = [Path(stdin_filename or STDIN_NAME)] if from_stdin else [Path(each) for each in given]
    settings = _settings(places, config, no_config).overridden(
        _selectors("--select", select),
        _selectors("--ignore", ignore),
        Severity(fail_on.value) if fail_on else None,
        exit_zero,
    )
    if force_exclude:
        places = [place for place in places if not settings.excluded(place)]
    gc.set_threshold(_GARBAGE)
    run = LintRun(places, settings, sys.stdin.buffer.read() if from_stdin else None)
    would_change = diff and run.show_diffs(unsafe_fixes)
    if fix:
        run.fix(unsafe_fixes)
    report = run.report
    if places and not report.files:
        err().print(f"no specification or request in {', '.join(given)}", markup=False)
    if statistics:
        _show_statistics(report, format)
    elif output is not None:
        text = _rendered(report, format, settings, unicode=True)
        write_file(output, lambda part: part.write_text(text, encoding="utf-8", newline=""))
        err().print(f"{summary(report)}; wrote {output}", markup=False)
    elif not diff:
        _show(report, format, settings, sys.stderr if from_stdin and fix else sys.stdout)
    failed = any(each.severity.rank >= settings.fail_on.rank for each in report.findings)
    return FAILED if (failed or would_change) and not settings.exit_zero else OK


def _check(
    paths: list[str],
    format: ReportFormat,
    output: Path | None,
    fix: bool,
    diff: bool,
    statistics: bool,
    stdin_filename: str | None,
) -> None:
    """Refuse options that contradict each other before anything is read."""
    check_writable("--output", output)
    if STDIN in paths and len(paths) > 1:
        raise InputError("'-' stands beside other paths", expected="'-' alone, or paths")
    if stdin_filename is not None and STDIN not in paths:
        raise InputError("--stdin-filename names standard input, which is not read", hint="add '-'")
    if diff and (not format.is_text or output is not None or statistics):
        raise InputError("--diff prints a diff and no report", expected="--diff without the other")
    if fix and STDIN in paths and not (format.is_text or output is not None):
        raise InputError(
            "--fix writes standard input, repaired, to standard output",
            expected="-o FILE for the report",
        )
    if statistics and (output is not None or not (format.is_text or format is ReportFormat.json)):
        raise InputError("--statistics prints a table", expected="--format text or json, and no -o")


def _selectors(option: str, texts: Selectors) -> tuple[str, ...]:
    from equidesign.lint.settings import split_selectors

    selectors = split_selectors(texts or ())
    if texts and not selectors:
        raise InputError(f"{option} names no rule", expected="codes or names, with commas between")
    return selectors


def _settings(places: list[Path], config: Path | None, no_config: bool) -> Settings:
    """Return what is configured for the folder that all paths lie in."""
    from equidesign.lint.pyproject import load_settings, read_settings
    from equidesign.lint.settings import Settings

    if config is not None:
        if no_config:
            raise InputError("--config and --no-config exclude each other", expected="one of them")
        return read_settings(config)
    if no_config:
        return Settings()
    folders = [place if place.is_dir() else place.parent for place in places]
    return load_settings(Path(os.path.commonpath([os.path.abspath(each) for each in folders])))


def _rendered(report: Report, format: ReportFormat, settings: Settings, unicode: bool) -> str:
    from equidesign.report import lint_github, lint_json, lint_junit, lint_sarif, lint_text

    if format is ReportFormat.json:
        return lint_json.render_json(report)
    if format is ReportFormat.sarif:
        return lint_sarif.render_sarif(report, _root())
    if format is ReportFormat.github:
        return lint_github.render_github(report, _root())
    if format is ReportFormat.junit:
        return lint_junit.render_junit(report, settings.fail_on)
    concise = format is ReportFormat.concise
    return lint_text.render_text(report, concise=concise, unicode=unicode)


def _root() -> Path:
    """Return the folder of the repository, as GitHub's runner names it; else the current one."""
    here, workspace = Path.cwd(), os.environ.get("GITHUB_WORKSPACE")
    return Path(workspace) if workspace and here.is_relative_to(workspace) else here


def _show(report: Report, format: ReportFormat, settings: Settings, stream: TextIO) -> None:
    """Print the report: with colours and as wide as the terminal, if it is one."""
    unicode = is_unicode(stream)
    if not (format.is_text and (stream.isatty() or os.environ.get("FORCE_COLOR"))):
        write_text(_rendered(report, format, settings, unicode), stream)
        return
    from equidesign.report.lint_text import render_rich

    console = out() if stream is sys.stdout else err()
    width, concise = console.width if stream.isatty() else None, format is ReportFormat.concise
    text = render_rich(report, width, concise=concise, unicode=unicode)
    console.print(text, end="", soft_wrap=True)


def _show_statistics(report: Report, format: ReportFormat) -> None:
    from equidesign.report.lint_common import statistics

    columns, rows = statistics(report)
    if format is ReportFormat.json:
        print_json([dict(zip(columns, row, strict=True)) for row in rows])
    else:
        print_table(columns, rows)
