"""Reads ``architecture.yaml``: the specification, with the place of every mistake."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from equidesign.errors import InputError
from equidesign.spec.problems import Complaint, input_error
from equidesign.spec.request import parse_request
from equidesign.spec.specification import FORMAT_VERSION, Specification
from equidesign.spec.yamlio import Document, load_file

ARCHITECTURE = "architecture.yaml"


def specification_path(path: str | os.PathLike[str]) -> Path:
    """Return the specification's file: the path itself, or the one in the bundle it names."""
    path = Path(path)
    return path / ARCHITECTURE if path.is_dir() else path


def without_request(found: Sequence[Complaint]) -> list[Complaint]:
    """Leave out what is said about the request, which has a check of its own."""
    return [each for each in found if each.path[:1] != ("request",) or each.sort == "missing"]


def load_specification(path: str | os.PathLike[str]) -> Specification:
    """Read a specification from a YAML or JSON file, or from the bundle that holds it.

    Raises:
        InputError: with ``file:line:col``; InputErrors when there are several.
    """
    return parse_specification(load_file(specification_path(path)))


def parse_specification(document: Document) -> Specification:
    """Check a document that was loaded from a file or text.

    Raises:
        InputError: with the place of the mistake; InputErrors when there are several.
    """
    data = document.data
    if "equidesign" not in data and "layers" not in data:
        raise InputError(
            "this is not an architecture specification: it has neither `equidesign` nor `layers`",
            where=document.where(()),
            expected="an architecture.yaml, as `equidesign design` writes it",
            hint="for a request use `equidesign design`" if "task" in data else None,
        )
    request = parse_request(document.part(("request",))) if "request" in data else None
    try:
        spec = Specification.model_validate({**data, **({"request": request} if request else {})})
    except ValidationError as error:
        raise input_error(error, document, Specification) from None
    if spec.equidesign != FORMAT_VERSION:
        raise InputError(
            f"format version {spec.equidesign} is not known",
            where=document.where(("equidesign",)),
            expected=str(FORMAT_VERSION),
        )
    return spec
