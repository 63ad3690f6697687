"""Constructors of the Lie groups: SO, O, SE, E, T, Lorentz, Sp, SU, and of custom matrix groups.

Dimensions and components: B. C. Hall, "Lie Groups, Lie Algebras, and Representations", chapter 1.
"""

from __future__ import annotations

from functools import cache

from equidesign.errors import InputError
from equidesign.groups.finite import dihedral, trivial
from equidesign.groups.group import Group
from equidesign.groups.making import MAX_MATRIX_SIZE, check_parameter, make_group


@cache
def special_orthogonal(n: int | None) -> Group:
    """SO(n), proper rotations; n None is the symbolic SO(n)."""
    if n is not None:
        check_parameter("n of SO(n)", n, MAX_MATRIX_SIZE)
        if n == 1:
            return trivial()
    return make_group(
        f"SO({n or 'n'})",
        "SO",
        {2: "rotations of the plane", 3: "rotations of space"}.get(
            n or 0, f"rotations in {n or 'n'} dimensions"
        ),
        n=n,
        dimension=None if n is None else n * (n - 1) // 2,
        abelian=n == 2,
        connected=True,
    )


@cache
def orthogonal(n: int | None) -> Group:
    """O(n), rotations and reflections; O(1) is a single reflection, D1."""
    if n is not None:
        check_parameter("n of O(n)", n, MAX_MATRIX_SIZE)
        if n == 1:
            return dihedral(1)
    return make_group(
        f"O({n or 'n'})",
        "O",
        {
            2: "rotations and reflections of the plane",
            3: "rotations, reflections and inversion of space",
        }.get(n or 0, f"rotations and reflections in {n or 'n'} dimensions"),
        n=n,
        dimension=None if n is None else n * (n - 1) // 2,
        reflections=True,
    )


@cache
def translation(n: int | None) -> Group:
    """T(n), the translations of n-dimensional space or of its grid."""
    if n is not None:
        check_parameter("n of T(n)", n, MAX_MATRIX_SIZE)
    return make_group(
        f"T({n or 'n'})",
        "translation",
        f"translations in {n or 'n'} dimension{'' if n == 1 else 's'}",
        n=n,
        dimension=n,
        compact=False,
        abelian=True,
        connected=True,
        translations=True,
    )


@cache
def special_euclidean(n: int | None) -> Group:
    """SE(n), rotations and translations; SE(1) is T(1)."""
    if n is not None:
        check_parameter("n of SE(n)", n, MAX_MATRIX_SIZE)
        if n == 1:
            return translation(1)
    return make_group(
        f"SE({n or 'n'})",
        "SE",
        f"rotations and translations in {n or 'n'} dimensions",
        n=n,
        dimension=None if n is None else n * (n + 1) // 2,
        compact=False,
        connected=True,
        translations=True,
    )


@cache
def euclidean(n: int | None) -> Group:
    """E(n), rotations, reflections and translations."""
    if n is not None:
        check_parameter("n of E(n)", n, MAX_MATRIX_SIZE)
    return make_group(
        f"E({n or 'n'})",
        "E",
        f"rotations, reflections and translations in {n or 'n'} dimension{'' if n == 1 else 's'}",
        n=n,
        dimension=None if n is None else n * (n + 1) // 2,
        compact=False,
        translations=True,
        reflections=True,
    )


@cache
def lorentz(space: int = 3, *, full: bool = False) -> Group:
    """SO(1,space) or, with determinant -1 too, O(1,space); n is the number of dimensions."""
    check_parameter("space dimensions of the Lorentz group", space, MAX_MATRIX_SIZE - 1)
    return make_group(
        f"{'O' if full else 'SO'}(1,{space})",
        "lorentz",
        "Lorentz transformations" + (" with reflections" if full else ""),
        n=space + 1,
        dimension=space * (space + 1) // 2,
        compact=False,
        abelian=space == 1 and not full,
        reflections=full,
    )


@cache
def symplectic(n: int) -> Group:
    """Sp(n), the real symplectic matrices of even size n."""
    check_parameter("n of Sp(n)", n, MAX_MATRIX_SIZE, low=2)
    if n % 2:
        raise InputError(
            f"Sp({n}) does not exist: phase space has an even number of dimensions",
            hint=f"write Sp({n + 1})",
        )
    return make_group(
        f"Sp({n})",
        "Sp",
        f"symplectic maps of a phase space of {n} dimensions",
        n=n,
        dimension=n * (n + 1) // 2,
        compact=False,
        connected=True,
    )


@cache
def special_unitary(n: int) -> Group:
    """SU(n); its defining representation V has n complex, so 2n real components."""
    check_parameter("n of SU(n)", n, MAX_MATRIX_SIZE)
    if n == 1:
        return trivial()
    return make_group(
        f"SU({n})",
        "SU",
        f"unitary maps of determinant 1 in {n} complex dimensions",
        n=n,
        dimension=n * n - 1,
        connected=True,
    )


@cache
def custom(size: int | None = None) -> Group:
    """A group given by generators, ``size`` × ``size`` matrices; nothing else is known of it."""
    if size is not None:
        check_parameter("size of the generators", size, MAX_MATRIX_SIZE)
    return make_group(
        "custom",
        "custom",
        "the group generated by the matrices of the request",
        n=size,
        dimension=None,
        compact=False,
    )
