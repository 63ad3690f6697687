"""Words about fields that choose among a few values."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from equidesign.errors import nearest
from equidesign.spec.fields import describe


def literals(field: FieldInfo | None) -> list[Any]:
    """Return the values that a field chooses from."""
    options = [field.annotation, *get_args(field.annotation)] if field else []
    return [
        each for option in options if get_origin(option) is Literal for each in get_args(option)
    ]


def choice(value: Any, options: list[Any]) -> tuple[str, str, str]:
    """Return what is wrong with a value that is none of the options, what was expected, and a hint."""
    near = nearest_option(value, options)
    hint = f"did you mean '{near}'?" if near else ""
    return f"is {describe(value)}", or_list([str(each) for each in options]), hint


def nearest_option(value: Any, options: list[Any]) -> str | None:
    """Return the option that was probably meant by text."""
    return nearest(value[:100], map(str, options)) if isinstance(value, str) else None


def or_list(words: list[str]) -> str:
    """Return words as a list for a sentence: a, b or c."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def misspelt(fields: Any, tag: str, known: Collection[str]) -> str | None:
    """Return the key that was probably meant to be ``tag`` where that is absent: near it, and none of the known."""
    if not isinstance(fields, dict) or tag in fields:
        return None
    keys = [key for key in fields if isinstance(key, str) and key not in known]
    return next((key for key in keys if nearest(key[:100], [tag])), None)
