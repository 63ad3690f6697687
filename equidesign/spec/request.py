"""The request: what the user asked for, checked, with the place of every mistake."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import ValidationError, model_validator

from equidesign.errors import EquidesignError
from equidesign.groups.names import parse_group
from equidesign.spec.domains import Crystals, Data, Vectors
from equidesign.spec.fields import (
    EMPTY_IS_DEFAULT,
    MAX_LABEL,
    Checked,
    Identifier,
    RequestModel,
    Text,
    describe,
    integer,
    is_integer,
    positive,
    problem,
)
from equidesign.spec.models import field_names
from equidesign.spec.problems import input_error
from equidesign.spec.tasks import ForcePrediction, Task
from equidesign.spec.yamlio import Document, load_file

FORMAT_VERSION = 1
UNKNOWN = "unknown"
_NAME = re.compile(r"[a-z][a-z0-9-]{0,62}")

Acceleration = Literal["none", "compile", "cuequivariance"]
UNACCELERATED: Acceleration = "none"
Behaviour = Literal["invariant", "equivariant", "none", "unknown"]


def _version(value: Any) -> int:
    if not is_integer(value) or value != FORMAT_VERSION:
        newer = is_integer(value) and value > FORMAT_VERSION
        hint = "a newer equidesign may read it" if newer else None
        problem(f"is {describe(value)}", str(FORMAT_VERSION), hint)
    return FORMAT_VERSION


def _name(value: Any) -> str:
    expected = "a lower-case letter, then up to 62 letters, digits or hyphens: [a-z][a-z0-9-]{0,62}"
    if not isinstance(value, str):
        hint = "put it in quotes to make it text" if isinstance(value, int | float) else None
        problem(f"is {describe(value)}", expected, hint)
    if not _NAME.fullmatch(value):
        slug = re.sub(r"[^a-z0-9]+", "-", value[:200].lower()).strip("-0123456789")[:63].rstrip("-")
        problem(f"is {describe(value)}", expected, f"for example '{slug}'" if slug else None)
    return value


def _group(value: Any) -> str:
    expected = f"a group such as C4, SO(3) or 'E(3) x S_n', or '{UNKNOWN}'"
    if not isinstance(value, str) or not value.strip() or len(value) > MAX_LABEL:
        problem(f"is {describe(value)}", expected)
    if value != UNKNOWN:
        try:
            parse_group(value)
        except EquidesignError as error:
            problem(f"is {describe(value)}: {error.what}", error.expected or expected, error.hint)
    return value


class Transformations(RequestModel):
    """How the answer behaves when the input is transformed; used when the group is unknown."""

    translation: Behaviour = "unknown"
    """The input is shifted."""
    rotation: Behaviour = "unknown"
    """The input is turned by any angle."""
    rotation_90: Behaviour = "unknown"
    """The input is turned by 90 degrees."""
    rotation_180: Behaviour = "unknown"
    """The input is turned by 180 degrees."""
    reflection: Behaviour = "unknown"
    """The input is mirrored."""
    permutation: Behaviour = "unknown"
    """The elements, points or nodes of the input are reordered."""
    scale: Behaviour = "unknown"
    """The input is enlarged or shrunk."""
    preferred_axis: bool | None = None
    """Whether one axis is special, such as gravity or the Earth's axis."""

    def behaviours(self) -> dict[str, Behaviour]:
        """Return the behaviour under each transformation, by its name."""
        return {name: value for name, value in self if name != "preferred_axis"}


class Symmetry(RequestModel):
    """The group that acts on the data."""

    group: Annotated[
        str, Checked(_group, {"type": "string", "minLength": 1, "maxLength": MAX_LABEL})
    ]
    """A group such as `C4`, `SO(3)` or `E(3) x S_n`, or `unknown`."""
    transformations: Annotated[Transformations, EMPTY_IS_DEFAULT] = Transformations()
    """How the answer behaves under each transformation; required when the group is unknown."""

    @model_validator(mode="after")
    def _enough(self) -> Symmetry:
        known = set(self.transformations.behaviours().values()) - {UNKNOWN}
        if self.group == UNKNOWN and not known:
            problem(
                "is unknown, and there are no `transformations` to find it from",
                "at least one of translation, rotation, rotation_90, rotation_180, reflection, "
                "permutation, scale as invariant, equivariant or none",
                "for example `transformations: {rotation: invariant, reflection: none}`",
                at=("group",),
            )
        return self


class Constraints(RequestModel):
    """Limits and wishes, all optional."""

    max_parameters: Annotated[int, integer(1, 10**12)] | None = None
    """Largest number of parameters."""
    max_memory_mb: Annotated[float, positive(1e9)] | None = None
    """Largest memory, in megabytes."""
    priority: Literal["accuracy", "balanced", "speed"] = "balanced"
    """What matters most."""
    framework: Literal["pytorch", "jax"] = "pytorch"
    """The framework of the code."""
    library: Identifier | None = None
    """The library to use; null: the one that fits best."""
    family: Identifier | None = None
    """The architecture family to use; null: the one that fits best."""
    precision: Literal["float32", "float64"] = "float32"
    """The precision of training."""
    device: Literal["cpu", "cuda"] | None = None
    """The device of training; null: what there is."""
    acceleration: Acceleration = UNACCELERATED
    """What makes the code faster: `compile` is torch.compile, `cuequivariance` has kernels for GPUs."""


class Request(RequestModel):
    """A request for an architecture (``request.yaml``)."""

    version: Annotated[int, Checked(_version, {"const": FORMAT_VERSION})] = FORMAT_VERSION
    """The version of this format."""
    name: Annotated[str, Checked(_name, {"type": "string", "pattern": f"^{_NAME.pattern}$"})]
    """A short name for files and titles."""
    description: Text = ""
    """Free text."""
    symmetry: Symmetry
    """The group that acts on the data."""
    data: Data
    """What the data are."""
    task: Task
    """What is to be predicted."""
    constraints: Annotated[Constraints, EMPTY_IS_DEFAULT] = Constraints()
    """Limits and wishes."""

    @model_validator(mode="after")
    def _generators_make_a_custom_group(self) -> Request:
        group = self.symmetry.group
        custom = group != UNKNOWN and parse_group(group).kind == "custom"
        if isinstance(self.data, Vectors) and custom != (self.data.generators is not None):
            problem(
                f"is {'given' if not custom else 'missing'} with group {group}",
                "`generators` together with `group: custom`, and only then",
                at=("data", "generators"),
            )
        return self

    @model_validator(mode="after")
    def _stress_needs_a_cell(self) -> Request:
        if (
            isinstance(self.task, ForcePrediction)
            and self.task.stress
            and not isinstance(self.data, Crystals)
        ):
            problem(
                f"is true with domain {self.data.domain}",
                "domain crystals, whose cell the stress deforms",
                "use `domain: crystals`, or leave `stress` out",
                at=("task", "stress"),
            )
        return self

    def to_data(self) -> dict[str, Any]:
        """Return the request as ordered dictionaries: required fields, and all that differ from
        their default. ``request_from_data(request.to_data()) == request``."""
        return {"version": self.version, **_differing(self)}


def load_request(path: str | os.PathLike[str]) -> Request:
    """Read a request from a YAML or JSON file.

    Raises:
        InputError: with ``file:line:col``; InputErrors when there are several.
    """
    return parse_request(load_file(path))


def parse_request(document: Document) -> Request:
    """Check a document that was loaded from a file or text.

    Raises:
        InputError: with the place of the mistake; InputErrors when there are several.
    """
    try:
        return Request.model_validate(document.data)
    except ValidationError as error:
        raise input_error(error, document, Request) from None


def request_from_data(data: Mapping[str, Any], source: str = "request") -> Request:
    """Check a request given as dictionaries; places in messages are dotted names.

    Raises:
        InputError: with the place of the mistake; InputErrors when there are several.
    """
    return parse_request(Document(dict(data) if isinstance(data, Mapping) else data, source))


def _differing(model: RequestModel) -> dict[str, Any]:
    fields = type(model).model_fields
    echo: dict[str, Any] = {}
    for name in field_names(type(model)):
        value = getattr(model, name)
        if fields[name].is_required() or value != fields[name].default:
            echo[name] = _differing(value) if isinstance(value, RequestModel) else _plain(value)
    return echo


def _plain(value: Any) -> Any:
    return [_plain(each) for each in value] if isinstance(value, tuple) else value
