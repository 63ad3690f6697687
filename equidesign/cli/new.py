"""``equidesign new [DIR]``: the wizard."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from equidesign.cli.exits import INTERRUPTED
from equidesign.errors import InputError

if TYPE_CHECKING:
    from equidesign.terminal.asker import Asker

NAME = "new"


def command(
    directory: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="Folder to write [the request's name].")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the answers of an interrupted run.")
    ] = False,
    source: Annotated[
        Path | None,
        typer.Option("--from", metavar="REQUEST", help="Start with the answers of a request."),
    ] = None,
    expert: Annotated[
        bool, typer.Option("--expert", help="One screen with the whole request.")
    ] = False,
    group: Annotated[
        str | None, typer.Option("--group", metavar="GROUP", help="The symmetry: not asked then.")
    ] = None,
    domain: Annotated[
        str | None, typer.Option("--domain", metavar="DOMAIN", help="What the data are.")
    ] = None,
    task: Annotated[
        str | None, typer.Option("--task", metavar="TASK", help="What is predicted.")
    ] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Answer in advance: task.classes=3."),
    ] = None,
    plain: Annotated[
        bool, typer.Option("--plain", help="Numbered prompts, for screen readers and scripts.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Replace edited files too; other files stay.")
    ] = False,
) -> int | None:
    """Ask about your data, explain every choice, write request and bundle."""
    from equidesign.cli.new_run import Run, kept_before, one_screen, resumed, started
    from equidesign.terminal.abilities import has_menus
    from equidesign.terminal.asker import Stopped

    options = {"symmetry.group": group, "data.domain": domain, "task.type": task}
    given = {name: value for name, value in options.items() if value is not None}
    if resume and (source or expert or given or changes):
        raise InputError(
            "--resume goes on with answers that are kept", expected="no other answers with it"
        )
    if directory is not None:
        from equidesign.render.bundle import check_folder

        check_folder(directory, force)
    run = Run(directory, source, force)
    asker = _asker(has_menus(plain))
    try:
        notices = kept_before(run)
        if resume:
            run.flow = resumed(run)
        elif expert:
            run.keep(one_screen(source, given, changes or [], asker))
        elif source or given or changes:
            run.flow = started(source, given, changes or [])
        run.talk(asker, () if resume else notices)
    except (Stopped, KeyboardInterrupt) as stop:
        run.keep(run.flow)
        why = "the input ended" if isinstance(stop, Stopped) and stop.ended else "stopped"
        print(f"{why}; {run.farewell}", file=sys.stderr)
        return INTERRUPTED
    return None


def _asker(menus: bool) -> Asker:
    if menus:
        from equidesign.terminal.menus import Menus

        return Menus()
    from equidesign.terminal.plain import Plain

    return Plain(sys.stdin, sys.stdout)
