"""The types that request fields are made of: bounds, text, lists, and what was expected instead."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, NoReturn

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints
from pydantic_core import PydanticCustomError, core_schema

from equidesign.spec.yamltree import short

MAX_TEXT = 10_000
MAX_LABEL = 200
MAX_CHANNELS = 4096
MAX_DIMENSION = 64
MAX_POINTS = 10_000_000
MAX_CLASSES = 100_000
MAX_TARGETS = 10_000

PROBLEM = "equidesign"


class RequestModel(BaseModel):
    """A frozen part of a request: strict types, no unknown field, no infinite number."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class SpecificationModel(RequestModel):
    """A frozen part of a specification: text becomes enumerations, lists become tuples."""

    model_config = ConfigDict(strict=False, populate_by_name=True)


@dataclass(frozen=True, eq=False)
class Checked:
    """Metadata of a field: the function that checks and normalises it, and its JSON Schema."""

    check: Callable[[Any], Any]
    schema: dict[str, Any]

    def __get_pydantic_core_schema__(self, _source: Any, _handler: Any) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(self, _schema: Any, _handler: Any) -> dict[str, Any]:
        return dict(self.schema)


def problem(
    what: str, expected: str | None = None, hint: str | None = None, at: tuple[str | int, ...] = ()
) -> NoReturn:
    """Refuse a value inside a validator.

    Args:
        what: continues a sentence that starts with the name of the field.
        expected: what would have been right.
        hint: what to do next.
        at: the field below the validated one that is to blame.
    """
    # Text of the person goes into the context, never into the template, which is formatted.
    context = {"what": what, "expected": expected or "", "hint": hint or "", "at": at}
    raise PydanticCustomError(PROBLEM, "{what}", context)


def describe(value: Any) -> str:
    """Return a short, harmless description of any value, for messages."""
    if value is None:
        return "empty (null)"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if value.bit_length() <= 128 else "a number of many digits"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, str):
        return f"the text '{short(value)}'"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    return f"a value of type {type(value).__name__}"


def is_integer(value: Any) -> bool:
    """Tell an integer from a boolean, which Python counts among them."""
    return isinstance(value, int) and not isinstance(value, bool)


def _integer(value: Any, low: int, high: int, expected: str, at: tuple[str | int, ...] = ()) -> int:
    if not is_integer(value):
        problem(f"is {describe(value)}", expected, number_hint(value), at)
    if not low <= value <= high:
        problem(f"is {describe(value)}", expected, at=at)
    number: int = value
    return number


def number_hint(value: Any) -> str | None:
    """Return how to write a number that was quoted, grouped or given a decimal point."""
    if isinstance(value, str):
        bare = value.strip().replace("_", "").replace(",", "")
        if re.fullmatch(r"[-+]?[0-9]{1,15}(\.[0-9]*)?", bare):
            return f"write {bare} without quotes or separators"
    if isinstance(value, float) and math.isfinite(value) and value == int(value):
        return f"write {int(value)} without a decimal point" if abs(value) < 1e15 else None
    return None


def integer(low: int, high: int) -> Checked:
    """Return the check of a whole number between two bounds."""
    expected = f"a whole number from {low} to {high}"
    schema = {"type": "integer", "minimum": low, "maximum": high}
    return Checked(lambda value: _integer(value, low, high, expected), schema)


def positive(high: float) -> Checked:
    """Return the check of a number above zero and at most ``high``."""
    expected = f"a number above 0 and at most {high:g}"

    def check(value: Any) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool):
            problem(f"is {describe(value)}", expected, number_hint(value))
        if not 0 < value <= high:
            problem(f"is {describe(value)}", expected)
        return float(value)

    return Checked(check, {"type": "number", "exclusiveMinimum": 0, "maximum": high})


def sizes(axes: tuple[str, ...], high: int) -> Checked:
    """Return the check of a size: one whole number per axis, or one number for all of them."""
    count, names = len(axes), ", ".join(axes)
    expected = f"[{names}], or one number for all; each a whole number from 1 to {high}"
    each_one = f"a whole number from 1 to {high}"

    def check(value: Any) -> tuple[int, ...]:
        if isinstance(value, list | tuple):
            if len(value) != count:
                problem(f"is {describe(value)}", expected)
            return tuple(_integer(each, 1, high, each_one, (at,)) for at, each in enumerate(value))
        return (_integer(value, 1, high, expected),) * count

    one = {"type": "integer", "minimum": 1, "maximum": high}
    several = {"type": "array", "items": one, "minItems": count, "maxItems": count}
    return Checked(check, {"anyOf": [one, several]})


def labels(low: int, high: int, what: str) -> Checked:
    """Return the check of a list of different, non-empty texts."""
    return Checked(lambda value: check_labels(value, low, high, what), labels_schema(low, high))


def labels_schema(low: int, high: int) -> dict[str, Any]:
    """Return the JSON Schema of a list of different, non-empty texts."""
    text = {"type": "string", "minLength": 1, "maxLength": MAX_LABEL}
    return {
        "type": "array",
        "items": text,
        "minItems": low,
        "maxItems": high,
        "uniqueItems": True,
    }


def check_labels(value: Any, low: int, high: int, what: str) -> tuple[str, ...]:
    """Return a list of different, non-empty texts as a tuple, or refuse it."""
    expected = f"a list of {what}"
    if not isinstance(value, list | tuple):
        problem(f"is {describe(value)}", expected)
    if not low <= len(value) <= high:
        count = f"{low}" if low == high else f"{low} to {high}"
        problem(f"is {describe(value)}", f"{expected} ({count} of them)")
    seen: set[str] = set()
    for index, each in enumerate(value):
        if not isinstance(each, str) or not each.strip() or len(each) > MAX_LABEL:
            hint = None if isinstance(each, str) else "put it in quotes to make it text"
            problem(f"is {describe(each)}", f"{expected}, each a short text", hint, (index,))
        if each in seen:
            problem(f"is {describe(each)} again", f"{expected}, all different", at=(index,))
        seen.add(each)
    return tuple(value)


def count_or_text(low: int, high: int, meaning: str) -> Checked:
    """Return the check of a count, or of a representation (parsed later, with the group)."""
    expected = f"a whole number from {low} to {high}, or {meaning}"

    def check(value: Any) -> int | str:
        if isinstance(value, str):
            if not value.strip() or len(value) > MAX_LABEL or value.strip().isdecimal():
                problem(f"is {describe(value)}", expected, number_hint(value))
            return value
        return _integer(value, low, high, expected)

    schema = {
        "anyOf": [
            {"type": "integer", "minimum": low, "maximum": high},
            {"type": "string", "minLength": 1, "maxLength": MAX_LABEL},
        ]
    }
    return Checked(check, schema)


def _text(value: Any) -> str:
    # A key with nothing behind it is an empty text.
    if value is not None and not isinstance(value, str):
        problem(f"is {describe(value)}", "text", "put it in quotes to make it text")
    if value and len(value) > MAX_TEXT:
        problem("is too long", f"at most {MAX_TEXT} characters")
    return value or ""


Text = Annotated[str, Checked(_text, {"type": ["string", "null"], "maxLength": MAX_TEXT})]
EMPTY_IS_DEFAULT = BeforeValidator(lambda value: {} if value is None else value)
Line = Annotated[str, StringConstraints(min_length=1, max_length=MAX_LABEL)]
Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,62}$")]
