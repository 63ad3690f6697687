"""``equidesign render SPEC``: specification -> bundle."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from equidesign.cli.options import out
from equidesign.errors import InputError

NAME = "render"


def command(
    spec: Annotated[
        Path,
        typer.Argument(
            metavar="SPEC", help="architecture.yaml, or its bundle.", show_default=False
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="DIR", help="Folder to write [the bundle itself]."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace edited files too; other files stay.")
    ] = False,
) -> None:
    """Specification, edited or not, to bundle."""
    from equidesign.render.bundle import FILES, write_bundle
    from equidesign.spec.loading import ARCHITECTURE, parse_specification, specification_path
    from equidesign.spec.yamlio import load_file

    path = specification_path(spec)
    document = load_file(path)
    specification = parse_specification(document)
    in_bundle = path.name == ARCHITECTURE and all((path.parent / name).exists() for name in FILES)
    folder = output or (path.parent if in_bundle else Path(specification.name))
    in_place = in_bundle and folder.resolve() == path.parent.resolve()
    source = path.name if in_place else None
    try:
        files = write_bundle(specification, folder, force, source)
    except InputError as error:
        raise document.placed(error) from None
    out().print(f"wrote {folder}/ ({', '.join(files)})", markup=False)
