"""Constructors of the discrete groups: C_N, D_N, O, O_h, I, S_n, Z_n.

Orders: J.-P. Serre, "Linear Representations of Finite Groups", section 5.
"""

from __future__ import annotations

import math
from functools import cache

from equidesign.groups.group import Group
from equidesign.groups.making import MAX_ROTATIONS, check_parameter, make_group

_MAX_FACTORIAL = 20


@cache
def trivial() -> Group:
    """The group with one element."""
    return make_group(
        "trivial",
        "trivial",
        "no symmetry but the identity",
        order=1,
        finite=True,
        abelian=True,
        connected=True,
    )


@cache
def cyclic(n: int) -> Group:
    """C_N, the rotations of the plane by multiples of 360/N degrees; C_1 is trivial."""
    check_parameter("N of C_N", n, MAX_ROTATIONS)
    if n == 1:
        return trivial()
    return make_group(
        f"C{n}",
        "cyclic",
        f"rotations of the plane by multiples of {360 / n:g} degrees",
        n=n,
        order=n,
        finite=True,
        abelian=True,
    )


@cache
def dihedral(n: int) -> Group:
    """D_N, C_N with the reflection (x, y) to (x, -y); order 2N, so D_4 has 8 elements."""
    check_parameter("N of D_N", n, MAX_ROTATIONS)
    rotations = f"rotations of the plane by multiples of {360 / n:g} degrees, and reflections"
    return make_group(
        f"D{n}",
        "dihedral",
        rotations if n > 1 else "one reflection of the plane",
        n=n,
        order=2 * n,
        finite=True,
        abelian=n <= 2,
        reflections=True,
    )


@cache
def symmetric(n: int | None, symbol: str = "n") -> Group:
    """S_n, all permutations of n elements; symbolic when n is None; S_1 is trivial."""
    if n is not None:
        check_parameter("n of S_n", n, MAX_ROTATIONS)
        if n == 1:
            return trivial()
    return make_group(
        f"S_{n or symbol}",
        "symmetric",
        f"permutations of {n or symbol} elements",
        n=n,
        order=math.factorial(n) if n is not None and n <= _MAX_FACTORIAL else None,
        finite=True,
        abelian=n == 2,
    )


@cache
def cyclic_translation() -> Group:
    """Z_n, the cyclic shifts of a periodic sequence."""
    return make_group(
        "Z_n",
        "cyclic_translation",
        "cyclic shifts of a periodic sequence",
        finite=True,
        abelian=True,
        translations=True,
    )


@cache
def octahedral(reflections: bool = False) -> Group:
    """O (24 rotations of the cube) or O_h (48, with the inversion)."""
    if reflections:
        title, order = "rotations and reflections of the cube", 48
    else:
        title, order = "rotations of the cube", 24
    name = "O_h" if reflections else "O"
    return make_group(name, "octahedral", title, order=order, finite=True, reflections=reflections)


@cache
def icosahedral() -> Group:
    """I, the 60 rotations of the icosahedron."""
    return make_group("I", "icosahedral", "rotations of the icosahedron", order=60, finite=True)
