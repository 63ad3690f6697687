"""JSON Schema of the files people write, for editors and other tools."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from equidesign.spec.descriptions import describe_fields
from equidesign.spec.domains import DOMAINS
from equidesign.spec.generators import Generators
from equidesign.spec.request import Constraints, Request, Symmetry, Transformations
from equidesign.spec.tasks import TASKS

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_REQUEST_MODELS: tuple[type[BaseModel], ...] = (
    Request,
    Symmetry,
    Transformations,
    Constraints,
    Generators,
    *DOMAINS.values(),
    *TASKS.values(),
)


def request_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of ``request.yaml``.

    It accepts all that ``load_request`` accepts. What only makes sense for several fields together,
    such as a list of class names of another length than ``classes``, is left to ``load_request``.
    """
    schema = described(Request.model_json_schema(), _REQUEST_MODELS)
    parts = schema["$defs"]
    # The number of classes follows from their names.
    parts["Classification"]["required"] = ["type"]
    parts["Classification"]["anyOf"] = [{"required": ["classes"]}, {"required": ["class_names"]}]
    # A section with nothing in it is empty.
    _allow_nothing(parts["Symmetry"]["properties"], "transformations")
    _allow_nothing(schema["properties"], "constraints")
    parts["Symmetry"]["if"] = {"properties": {"group": {"const": "unknown"}}}
    parts["Symmetry"]["then"] = {
        "required": ["transformations"],
        "properties": {"transformations": {"not": {"type": "null"}, "minProperties": 1}},
    }
    return {
        "$schema": DIALECT,
        "title": "equidesign request",
        **{key: value for key, value in schema.items() if key != "title"},
    }


def _allow_nothing(properties: dict[str, Any], name: str) -> None:
    field = properties[name]
    about = {key: field.pop(key) for key in ("description", "default") if key in field}
    properties[name] = {"anyOf": [field, {"type": "null"}], **about}


def described(schema: dict[str, Any], models: tuple[type[BaseModel], ...]) -> dict[str, Any]:
    """Return a pydantic schema with the description of every field, and without derived titles."""
    definitions: Mapping[str, Any] = schema.get("$defs", {})
    for model in models:
        # The root model stands at the top, the others below $defs.
        part = definitions.get(model.__name__, schema if model is models[0] else None)
        if part is None:
            continue
        texts = describe_fields(model)
        for name, field in part["properties"].items():
            field.pop("title", None)
            if name in texts:
                field["description"] = texts[name]
    return schema


def architecture_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of ``architecture.yaml``; the echoed request has its own rules in it."""
    from equidesign.spec.specification import Specification

    schema = Specification.model_json_schema(by_alias=True)
    request = request_schema()
    parts = {name: part for name, part in schema["$defs"].items() if "request" not in name.lower()}
    parts.update(request.pop("$defs"))
    parts["Request"] = {key: value for key, value in request.items() if key != "$schema"}
    schema["$defs"] = parts
    return {"$schema": DIALECT, **schema, "title": "equidesign architecture"}
