"""The fields of one input or output of ``interface.yaml``, in the spellings that people use. No torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from equidesign.errors import nearest
from equidesign.spec.elements import NUMBERS
from equidesign.spec.field import Space
from equidesign.spec.fields import describe, number_hint
from equidesign.spec.generators import Generators

AXES = ("x", "y", "z")
SIZES = ("samples", "points", "elements", "nodes", "edges")
DTYPES = (
    *("float32", "float64", "float16", "bfloat16"),
    *("int64", "int32", "int16", "int8", "uint8", "bool"),
)
ROLES = ("batch", "edge_index", "mask", "cell")
LAYOUTS = ("columns",)
MAX_AXIS = 10**7
DTYPE_NAMES = {
    **{"float": "float32", "single": "float32", "double": "float64", "half": "float16"},
    **{"long": "int64", "int": "int64", "integer": "int64", "short": "int16", "byte": "uint8"},
    **{"boolean": "bool"},
}
# What people call the sizes: an error names the one that is meant.
MEANT = {
    "samples": "b bs batch batches batch_size num_graphs graphs molecules n_samples sample nbatch",
    "points": "n p atoms num_atoms n_atoms natoms particles num_points n_points point positions",
    "nodes": "v num_nodes n_nodes node vertices",
    "edges": "e num_edges n_edges edge pairs",
    "elements": "s set set_size seq tokens element items",
}
SPACES = tuple(str(space.value) for space in Space)
SPACE_NAMES = {
    **dict.fromkeys(("image", "images", "grid", "pixel", "grid2d"), "pixels"),
    **dict.fromkeys(("volume", "volumes", "voxel", "grid3d"), "voxels"),
    **dict.fromkeys(("sample", "samples", "graph", "none", "scalar", "batch"), "global"),
    **dict.fromkeys(("molecule", "molecules", "atom"), "atoms"),
    **dict.fromkeys(("set", "sets", "element", "tokens"), "elements"),
}


class Refusal(Exception):  # noqa: N818
    """A value that cannot be used.

    Attributes:
        what: continues a sentence that starts with the name of the entry.
        at: what is to blame below the entry.
    """

    def __init__(
        self,
        what: str,
        expected: str | None = None,
        hint: str | None = None,
        at: tuple[int, ...] = (),
    ) -> None:
        super().__init__(what)
        self.what, self.expected, self.hint, self.at = what, expected, hint, at


def size_hint(word: str) -> str | None:
    """Return which name of a size is meant by a word."""
    for name, words in MEANT.items():
        if word.lower() in words.split():
            return f"did you mean '{name}'?"
    near = nearest(word[:100], SIZES)
    return f"did you mean '{near}'?" if near else None


def usual_dtype(found: Mapping[str, Any]) -> str:
    """Return the dtype of an entry that does not name one."""
    if found.get("role") in ("batch", "edge_index") or "values" in found:
        return "int64"
    return "bool" if found.get("role") == "mask" else "float32"


def number(value: Any) -> float:
    """Return a number above zero."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        raise Refusal(f"is {describe(value)}", "a number above 0", number_hint(value))
    return float(value)


def axis(value: Any) -> str:
    """Return an axis of space."""
    return _one_of(AXES, {})(value)


def generators(value: Any) -> dict[str, Any]:
    """Return the generators of a custom group; a plain list holds elements of the group."""
    content = {"discrete": value} if isinstance(value, list | tuple) else value
    try:
        return Generators.model_validate(content).model_dump(mode="json")
    except ValidationError as error:
        context = error.errors()[0].get("ctx", {})
        raise Refusal(
            str(context.get("what") or "is not a list of matrices"),
            str(context.get("expected") or "a list of square matrices, or `lie_algebra: [...]`"),
        ) from None


def _shape(value: Any) -> tuple[int | str, ...]:
    if isinstance(value, str | int) and not isinstance(value, bool):
        value = [value]
    if not isinstance(value, list | tuple):
        raise Refusal(f"is {describe(value)}", "a list such as [points, 3]")
    return tuple(_axis(each, index) for index, each in enumerate(value))


def _axis(value: Any, index: int) -> int | str:
    expected = f"a whole number above 0, or one of {', '.join(SIZES)}"
    if isinstance(value, str):
        if value in SIZES:
            return value
        raise Refusal(
            f"is {describe(value)}", expected, number_hint(value) or size_hint(value), (index,)
        )
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MAX_AXIS:
        hint = "name a size that varies" if value in (-1, None) else number_hint(value)
        raise Refusal(f"is {describe(value)}", expected, hint, (index,))
    return value


def _dtype(value: Any) -> str:
    word = str(value).removeprefix("torch.").removeprefix("np.").lower()
    word = DTYPE_NAMES.get(word.removesuffix("tensor"), word)
    if word in DTYPES and isinstance(value, str):
        return word
    hint = "give the real and the imaginary part as two inputs" if "complex" in word else None
    if hint is None and (near := nearest(word[:100], DTYPES)):
        hint = f"did you mean '{near}'?"
    raise Refusal(f"is {describe(value)}", f"one of {', '.join(DTYPES)}", hint)


def _rep(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return _text(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise Refusal(f"is {describe(value)}", "text", "put it in quotes to make it text")
    return value


def flag(value: Any) -> bool:
    """Return true or false."""
    if not isinstance(value, bool):
        raise Refusal(f"is {describe(value)}", "true or false")
    return value


def _one_of(names: tuple[str, ...], known: Mapping[str, str]) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if isinstance(value, str) and value in names:
            return value
        near = known.get(str(value).lower()) or nearest(str(value)[:100], names)
        hint = f"did you mean '{near}'?" if near else None
        raise Refusal(f"is {describe(value)}", f"one of {', '.join(names)}", hint)

    return read


def _values(value: Any) -> tuple[int, ...]:
    expected = "a list of whole numbers or symbols of chemical elements, such as [1, 6, 8]"
    if not isinstance(value, list | tuple) or not value:
        raise Refusal(f"is {describe(value)}", expected)
    found: list[int] = []
    for index, each in enumerate(value):
        each = NUMBERS.get(each, each) if isinstance(each, str) else each
        if isinstance(each, bool) or not isinstance(each, int):
            raise Refusal(f"is {describe(each)}", expected, number_hint(each), (index,))
        found.append(each)
    return tuple(found)


TENSOR_READERS: Mapping[str, Callable[[Any], Any]] = {
    "shape": _shape,
    "dtype": _dtype,
    "space": _one_of(SPACES, SPACE_NAMES),
    "rep": _rep,
    "translates": flag,
    "role": _one_of(ROLES, {"edges": "edge_index", "graph": "batch", "lattice": "cell"}),
    "layout": _one_of(LAYOUTS, {}),
    "unit": _text,
    "values": _values,
    "scale": number,
    "description": _text,
}
"""How each field of an entry is read; each raises Refusal."""
