"""``equidesign render SPEC``: specification -> bundle."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from equidesign.cli.options import out

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
    from equidesign.spec.loading import ARCHITECTURE, load_specification, specification_path

    path = specification_path(spec)
    specification = load_specification(path)
    in_bundle = path.name == ARCHITECTURE and all((path.parent / name).exists() for name in FILES)
    folder = output or (path.parent if in_bundle else Path(specification.name))
    in_place = in_bundle and folder.resolve() == path.parent.resolve()
    files = write_bundle(specification, folder, force, source=path.name if in_place else None)
    out().print(f"wrote {folder}/ ({', '.join(files)})", markup=False)
