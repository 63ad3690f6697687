"""``equidesign design REQUEST``: request -> bundle."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from equidesign.cli.options import Format, err, out, print_json
from equidesign.errors import InputError

if TYPE_CHECKING:
    from equidesign.design.pipeline import Design

NAME = "design"


def command(
    request: Annotated[
        Path,
        typer.Argument(metavar="REQUEST", help="The request: YAML or JSON.", show_default=False),
    ],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="DIR", help="Folder to write [the request's name]."),
    ] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Change the request: task.classes=3."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace edited files too; other files stay.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--verify", help="Check the symmetry by numbers (needs torch).")
    ] = False,
    format: Annotated[Format, typer.Option("--format", help="How to print it.")] = Format.text,
) -> None:
    """Request to bundle: specification and code."""
    from equidesign.design.pipeline import design_architecture
    from equidesign.render.bundle import write_bundle
    from equidesign.spec.overrides import override_document
    from equidesign.spec.request import parse_request
    from equidesign.spec.yamlio import load_file

    document = override_document(load_file(request), changes or [])
    try:
        design = design_architecture(parse_request(document))
    except InputError as error:
        raise document.placed(error) from None
    folder = output or Path(design.specification.name)
    files = write_bundle(design.specification, folder, force)
    if format is Format.json:
        print_json(
            {
                "specification": design.specification.to_data(),
                "warnings": [warning.to_data() for warning in design.warnings],
                "bundle": str(folder),
            }
        )
    else:
        show(design, folder, files)
    if check:
        from equidesign.cli.verify import verify_and_report

        verify_and_report(folder, to_stderr=format is Format.json)


def show(design: Design, folder: Path, files: tuple[str, ...]) -> None:
    """Print what was decided, and where it is."""
    from rich.text import Text

    spec = design.specification
    console, messages = out(), err()
    for warning in design.warnings:
        line = Text("warning: ", style="bold yellow")
        line.append(f"{warning.message} [{warning.code}]", style="not bold default")
        if warning.hint:
            line.append(f"\n  hint: {warning.hint}", style="not bold cyan")
        messages.print(line)
    console.print(Text(spec.name, style="bold"))
    for decision in spec.decisions:
        line = Text(f"  {decision.step.value:<14}", style="cyan")
        console.print(line.append(decision.choice, style="bold default"))
        console.print(Text(f"  {'':<14}{decision.why}", style="dim"))
    layers = f"{spec.parameters.total:,} parameters in {len(spec.layers)} layers"
    console.print(f"  {layers}, {spec.symmetry.type} under {spec.symmetry.canonical}")
    console.print(Text(f"wrote {folder}/ ({', '.join(files)})"))
    console.print(Text(f"next: equidesign verify {folder}"))
