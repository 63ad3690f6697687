"""How typed answers about the data are read: elements, sizes, features, numbers of samples."""

from __future__ import annotations

from typing import Any

from equidesign.errors import InputError


def species(words: Any) -> tuple[int | str, ...]:
    """Read chemical elements: symbols or atomic numbers."""
    from pydantic_core import PydanticCustomError

    from equidesign.spec.elements import species_numbers

    found = tuple(int(word) if str(word).isdecimal() else word for word in words)
    try:
        species_numbers(list(found))
    except PydanticCustomError as error:
        context = error.context or {}
        raise InputError(
            f"one of them {context.get('what', error)}",
            expected=str(context.get("expected", "")) or None,
            hint=str(context.get("hint", "")) or None,
        ) from None
    return found


def size(value: str) -> tuple[int, int]:
    """Read height and width in pixels, or one number for both."""
    parts = [part for part in value.lower().replace("x", " ").replace(",", " ").split() if part]
    if not 1 <= len(parts) <= 2 or not all(part.isdecimal() for part in parts):
        raise InputError(
            f"'{value}' is no size", expected="height and width, such as 28 x 28, or one number"
        )
    sides = [int(part) for part in parts]
    if not all(1 <= side <= 4096 for side in sides):
        raise InputError(f"'{value}' is not possible", expected="sides from 1 to 4096 pixels")
    return sides[0], sides[-1]


def features(value: str) -> int | str:
    """Read plain numbers per point, or a representation."""
    from equidesign.groups.catalogue import orthogonal, special_orthogonal
    from equidesign.groups.rep import Rep

    if value.isdecimal() and int(value) <= 4096:
        return int(value)
    for group in (orthogonal(3), special_orthogonal(3), orthogonal(2), special_orthogonal(2)):
        try:
            return str(Rep.parse(value, group))
        except InputError:
            continue
    raise InputError(
        f"'{value}' is neither a number up to 4096 nor a representation"
        if value
        else "a number is needed",
        expected="how many numbers, or irreps such as 4x0e + 1x1o",
    )


def samples(value: str) -> int | str:
    """Read the number of samples: nothing, 1000, 1e4, 10k."""
    bare = value.lower().replace(",", "").replace("_", "").replace(" ", "")
    if not bare:
        return ""
    factor = {"k": 1000, "m": 1_000_000}.get(bare[-1], 1)
    try:
        count = float(bare.rstrip("km")) * factor
    except ValueError:
        count = -1.0
    if not 1 <= count <= 1e12:
        raise InputError(
            f"'{value}' is no number of samples",
            expected="a number such as 1000, 10k or 1e6, or nothing",
        )
    return int(count)
