"""What every constructor of a ``Group`` shares: defaults of the facts, bounds of the parameter."""

from __future__ import annotations

from equidesign.errors import InputError
from equidesign.groups.group import Group

MAX_ROTATIONS = 10**6
MAX_MATRIX_SIZE = 1000
MAX_FACTORS = 4


def make_group(
    name: str,
    kind: str,
    title: str,
    *,
    n: int | None = None,
    order: int | None = None,
    dimension: int | None = 0,
    finite: bool = False,
    compact: bool = True,
    abelian: bool = False,
    connected: bool = False,
    translations: bool = False,
    reflections: bool = False,
    factors: tuple[Group, ...] = (),
) -> Group:
    return Group(
        name=name,
        kind=kind,
        n=n,
        order=order,
        dimension=dimension,
        finite=finite,
        compact=compact,
        abelian=abelian,
        connected=connected,
        translations=translations,
        reflections=reflections,
        factors=factors,
        title=title,
    )


def check_parameter(what: str, n: int, limit: int, low: int = 1) -> None:
    if not low <= n <= limit:
        raise InputError(
            f"{what} = {n} is out of range", expected=f"a number from {low} to {limit}"
        )
