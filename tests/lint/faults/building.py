"""Specifications as values: edited as data, counted anew, written anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from equidesign.errors import EquidesignError
from equidesign.layers.measure import refreshed
from equidesign.render.architecture import architecture_yaml
from equidesign.spec.layer import FieldText, Layer
from equidesign.spec.loading import parse_specification
from equidesign.spec.specification import Specification
from equidesign.spec.yamlio import load_text
from faults.sheet import Sheet


@lru_cache(maxsize=64)
def specification(text: str) -> Specification:
    """Return the specification that a text holds."""
    return parse_specification(load_text(text, "architecture.yaml"))


def rewritten(sheet: Sheet, changes: Mapping[int, Callable[[Layer], Layer]]) -> Sheet | None:
    """Return the specification with layers changed and all counts, costs and the ledger made anew; None where a
    count can't be made of the result."""
    spec = specification(sheet.text)
    layers = [changes[i](layer) if i in changes else layer for i, layer in enumerate(spec.layers)]
    return written(spec, layers)


def written(spec: Specification, layers: list[Layer]) -> Sheet | None:
    """Return the specification with other layers, counted anew."""
    try:
        made = refreshed(spec.model_copy(update={"layers": tuple(layers)}))
    except (EquidesignError, ValueError, KeyError, TypeError, ZeroDivisionError, IndexError):
        return None
    return Sheet(architecture_yaml(made))


def with_fields(layer: Layer, *, reads: str | None = None, writes: str | None = None) -> Layer:
    """Return the layer with other representations."""
    update: dict[str, Any] = {}
    if reads is not None:
        update["in_"] = FieldText(space=layer.in_.space, rep=reads)
    if writes is not None:
        update["out"] = FieldText(space=layer.out.space, rep=writes)
    return layer.model_copy(update=update)


def with_options(layer: Layer, **options: Any) -> Layer:
    """Return the layer with other options."""
    return layer.model_copy(update={"options": {**layer.options, **options}})


def readers(layers: list[dict[str, Any]], index: int) -> list[int]:
    """Return the layers that read the layer at ``index`` (also as a skip)."""
    name = layers[index]["name"]
    found = []
    for at, layer in enumerate(layers):
        if at <= index:
            continue
        source = layer.get("source")
        if (
            source == name
            or (source is None and at == index + 1)
            or layer.get("options", {}).get("skip") == name
        ):
            found.append(at)
    return found


def source_of(layers: list[dict[str, Any]], index: int) -> int | None:
    """Return the layer that the layer at ``index`` reads; None for an input."""
    source = layers[index].get("source")
    if source is None:
        return index - 1 if index else None
    return next((at for at in range(index) if layers[at]["name"] == source), None)
