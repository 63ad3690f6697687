"""Options: whether those of a layer exist and have legal values."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

from equidesign.errors import nearest
from equidesign.layers.base import Fault, LayerKind, Option, TypedLayer
from equidesign.spec.field import Space

NEIGHBOUR_CAP = re.compile(
    r"(max|cap|limit)_?(num_?|on_?)?(neigh\w*|edges?)(_\w+)?|neigh\w*_(cap|limit|max\w*)|top_?k|max_?k|k_?max",
    re.IGNORECASE,
)
BIAS = re.compile(r"(\w+_)?bias(es)?|use_bias", re.IGNORECASE)
DROPOUT = re.compile(r"(\w+_)?drop(out|path)?(_\w+)?", re.IGNORECASE)


def option_faults(kind: LayerKind, typed: TypedLayer) -> Iterator[Fault]:
    """Yield missing, unknown and illegal options; a misspelt one is said once."""
    options = typed.layer.options
    missing = [
        key for key, option in kind.options.items() if option.required and key not in options
    ]
    for key in options:
        if key not in kind.options:
            close = nearest(
                key, [*missing, *(each for each in kind.options if each not in options)]
            )
            if close in missing:
                missing.remove(close)
            yield _unknown_option(kind, typed, key, close)
    for key in missing:
        doc = kind.options[key].doc
        yield Fault("options", f"the option '{key}' is missing", doc, "missing-option", key)
    for key, option in kind.options.items():
        if key in options and (message := wrong_value(options[key], option)):
            near = nearest(str(options[key]), option.choices) if option.choices else None
            yield Fault(f"options.{key}", message, option.doc, "option-value", near or "")


def _unknown_option(kind: LayerKind, typed: TypedLayer, key: str, close: str | None) -> Fault:
    place, value = f"options.{key}", typed.layer.options[key]
    moved = not (typed.in_.rep.is_scalar and typed.out.rep.is_scalar)
    if NEIGHBOUR_CAP.fullmatch(key) and _has_neighbours(kind, typed):
        return Fault(
            place,
            f"'{key}' drops neighbours: which ones depends on the order of the points, and the output jumps",
            "keep every neighbour within the cutoff",
            "neighbour-cap",
        )
    if close is None and BIAS.fullmatch(key) and value is not False and moved:
        return Fault(
            place,
            f"a bias on {typed.out.rep.non_scalars or typed.in_.rep} points in a fixed direction",
            "leave it out: only invariant scalars can have one",
            "bias-on-non-scalars",
        )
    if close is None and DROPOUT.fullmatch(key) and moved:
        return Fault(
            place,
            f"dropout of single components does not commute with {typed.group.name}",
            "leave it out",
            "component-dropout",
        )
    names = ", ".join(kind.options) or "none"
    hint = f"did you mean '{close}'?" if close else f"it has {names}"
    return Fault(place, f"'{kind.id}' has no option '{key}'", hint, "unknown-option", close or "")


def _has_neighbours(kind: LayerKind, typed: TypedLayer) -> bool:
    return typed.out.space is Space.edges or kind.type in (
        "Message Passing",
        "Tensor Product",
        "Attention",
    )


def wrong_value(value: Any, option: Option) -> str | None:
    """Return why a value is none that the option takes."""
    types = option.type if isinstance(option.type, tuple) else (option.type,)
    if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
        return f"{_short(value)} is not {_type_names(types)}"
    if option.choices and value not in option.choices:
        return f"{_short(value)} is not one of {', '.join(map(str, option.choices))}"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _wrong_number(value, option)
    if isinstance(value, list):
        return _wrong_list(value, option)
    return None


def _wrong_number(value: float, option: Option) -> str | None:
    if isinstance(value, float) and not math.isfinite(value):
        return f"{value} is not a finite number"
    if option.minimum is not None and value < option.minimum:
        return f"{_short(value)} is below {option.minimum:g}"
    if option.above is not None and value <= option.above:
        return f"{_short(value)} is not above {option.above:g}"
    if option.maximum is not None and value > option.maximum:
        return f"{_short(value)} is above {option.maximum:g}"
    return None


def _wrong_list(value: list[Any], option: Option) -> str | None:
    low, high = option.length or (0, 64)
    if not low <= len(value) <= high:
        wanted = f"{low}" if low == high else f"{low} to {high}"
        return f"a list of {len(value)} items, {wanted} are expected"
    if option.items is not None:
        for each in value:
            if message := wrong_value(each, option.items):
                return message
    return None


def _type_names(types: tuple[type, ...]) -> str:
    return " or ".join("null" if kind is type(None) else kind.__name__ for kind in types)


def _short(value: Any) -> str:
    return _cut(repr(value))


def _cut(text: str, limit: int = 60) -> str:
    return text if len(text) <= limit else f"{text[: limit - 3]}..."
