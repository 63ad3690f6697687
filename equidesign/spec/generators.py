"""Generators of a matrix group, given as matrices."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import model_validator

from equidesign.spec.fields import MAX_DIMENSION, Checked, RequestModel, describe, problem

MAX_GENERATORS = 64
MAX_ENTRY = 1e6


def _matrices(value: Any) -> Any:
    expected = "a list of square matrices, such as [[[0, -1], [1, 0]]]"
    if not isinstance(value, list | tuple) or len(value) > MAX_GENERATORS:
        problem(f"is {describe(value)}", expected)
    return tuple(_matrix(each, expected, index) for index, each in enumerate(value))


def _matrix(value: Any, expected: str, index: int) -> tuple[tuple[float, ...], ...]:
    if not isinstance(value, list | tuple) or not 1 <= len(value) <= MAX_DIMENSION:
        hint = f"matrices have 1 to {MAX_DIMENSION} rows"
        problem(f"is {describe(value)}", expected, hint, (index,))
    for row in value:
        if not isinstance(row, list | tuple) or len(row) != len(value):
            problem("is not a square matrix", expected, at=(index,))
        for entry in row:
            number = isinstance(entry, int | float) and not isinstance(entry, bool)
            # Not a number is not below the bound either.
            if not (number and abs(entry) <= MAX_ENTRY):
                bound = f"numbers between -{MAX_ENTRY:g} and {MAX_ENTRY:g}"
                problem(f"holds {describe(entry)}", bound, at=(index,))
    return tuple(tuple(float(entry) for entry in row) for row in value)


_Matrices = Annotated[
    tuple[tuple[tuple[float, ...], ...], ...],
    Checked(
        _matrices,
        {
            "type": "array",
            "maxItems": MAX_GENERATORS,
            "items": {
                "type": "array",
                "minItems": 1,
                "maxItems": MAX_DIMENSION,
                "items": {"type": "array", "items": {"type": "number"}},
            },
        },
    ),
]


class Generators(RequestModel):
    """Generators of a matrix group.

    The turn by 90° and the generator of all rotations are the same matrix: hence two kinds.
    """

    lie_algebra: _Matrices = ()
    """Matrices A whose exponentials exp(tA) belong to the group."""
    discrete: _Matrices = ()
    """Matrices that belong to the group themselves."""

    @model_validator(mode="after")
    def _one_size(self) -> Generators:
        sides = {len(matrix) for matrix in (*self.lie_algebra, *self.discrete)}
        if len(sides) != 1:
            problem(
                "holds matrices of different sizes" if sides else "holds no matrix",
                "`lie_algebra` or `discrete`, or both, with matrices of one size",
            )
        return self


def refuse_plain_list(value: Any) -> Any:
    """Refuse matrices of which it is not said whether they are infinitesimal."""
    if isinstance(value, list | tuple):
        problem(
            "is a list, so it is not clear of what kind the generators are",
            "`lie_algebra: [...]` or `discrete: [...]` below `generators`",
            "use `discrete` for elements of the group, `lie_algebra` for infinitesimal generators",
        )
    return value
