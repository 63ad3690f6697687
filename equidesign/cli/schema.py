"""``equidesign schema request|architecture``: JSON Schema for editors."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from equidesign.cli.options import print_json

NAME = "schema"


class What(StrEnum):
    """The files that have a schema."""

    request = "request"
    architecture = "architecture"


def command(
    what: Annotated[
        What, typer.Argument(metavar="request|architecture", help="The file.", show_default=False)
    ],
) -> None:
    """Print the JSON Schema of a file, for editors."""
    from equidesign.spec.schema import architecture_schema, request_schema

    print_json(request_schema() if what is What.request else architecture_schema())
