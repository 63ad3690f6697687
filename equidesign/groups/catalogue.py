"""Constructors of every kind of ``Group``, products among them, and the list of known groups."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import cache

from equidesign.errors import InputError
from equidesign.groups.group import PERMUTATION_KINDS, TRANSLATION_KINDS, Group

MAX_ROTATIONS = 10**6
MAX_MATRIX_SIZE = 1000
MAX_FACTORS = 4
_MAX_FACTORIAL = 20
_SYMBOLS = ("n", "m", "k", "l")


def _make(
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


def _check(what: str, n: int, limit: int, low: int = 1) -> None:
    if not low <= n <= limit:
        raise InputError(
            f"{what} = {n} is out of range", expected=f"a number from {low} to {limit}"
        )


@cache
def trivial() -> Group:
    """The group with one element."""
    return _make(
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
    _check("N of C_N", n, MAX_ROTATIONS)
    if n == 1:
        return trivial()
    return _make(
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
    _check("N of D_N", n, MAX_ROTATIONS)
    rotations = f"rotations of the plane by multiples of {360 / n:g} degrees, and reflections"
    return _make(
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
def special_orthogonal(n: int | None) -> Group:
    """SO(n), proper rotations; n None is the symbolic SO(n)."""
    if n is not None:
        _check("n of SO(n)", n, MAX_MATRIX_SIZE)
        if n == 1:
            return trivial()
    return _make(
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
        _check("n of O(n)", n, MAX_MATRIX_SIZE)
        if n == 1:
            return dihedral(1)
    return _make(
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
        _check("n of T(n)", n, MAX_MATRIX_SIZE)
    return _make(
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
        _check("n of SE(n)", n, MAX_MATRIX_SIZE)
        if n == 1:
            return translation(1)
    return _make(
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
        _check("n of E(n)", n, MAX_MATRIX_SIZE)
    return _make(
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
def symmetric(n: int | None, symbol: str = "n") -> Group:
    """S_n, all permutations of n elements; symbolic when n is None; S_1 is trivial."""
    if n is not None:
        _check("n of S_n", n, MAX_ROTATIONS)
        if n == 1:
            return trivial()
    return _make(
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
    return _make(
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
    return _make(name, "octahedral", title, order=order, finite=True, reflections=reflections)


@cache
def icosahedral() -> Group:
    """I, the 60 rotations of the icosahedron."""
    return _make("I", "icosahedral", "rotations of the icosahedron", order=60, finite=True)


@cache
def lorentz(space: int = 3, *, full: bool = False) -> Group:
    """SO(1,space) or, with determinant -1 too, O(1,space); n is the number of dimensions."""
    _check("space dimensions of the Lorentz group", space, MAX_MATRIX_SIZE - 1)
    return _make(
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
    _check("n of Sp(n)", n, MAX_MATRIX_SIZE, low=2)
    if n % 2:
        raise InputError(
            f"Sp({n}) does not exist: phase space has an even number of dimensions",
            hint=f"write Sp({n + 1})",
        )
    return _make(
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
    _check("n of SU(n)", n, MAX_MATRIX_SIZE)
    if n == 1:
        return trivial()
    return _make(
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
        _check("size of the generators", size, MAX_MATRIX_SIZE)
    return _make(
        "custom",
        "custom",
        "the group generated by the matrices of the request",
        n=size,
        dimension=None,
        compact=False,
    )


def direct_product(groups: Iterable[Group]) -> Group:
    """The product in canonical form: flat, geometric factor first, permutations last.

    Trivial factors vanish. Translations with a point group give the group that the literature
    names: T(3) with O(3) is E(3); T(2) with C4 is C4, since a planar point group on images means
    its plane group. Equal geometric factors are the same symmetry said twice and merge; symbolic
    permutations act on axes of their own and are renamed S_n, S_m, S_k, S_l in order.

    Raises:
        InputError: more than four factors remain.
    """
    flat: list[Group] = []
    for group in groups:
        for part in group.parts:
            again = part in flat and part.kind not in PERMUTATION_KINDS
            if part.kind != "trivial" and not again:
                flat.append(part)
    flat = _absorb_translations(flat)
    permutations = [part for part in flat if part.kind in PERMUTATION_KINDS]
    shifts = [part for part in flat if part.kind in TRANSLATION_KINDS]
    geometric = [part for part in flat if part not in permutations and part not in shifts]
    if len(permutations) > MAX_FACTORS or len(flat) > MAX_FACTORS:
        raise InputError(
            f"a product of {len(flat)} groups is too much", expected=f"at most {MAX_FACTORS}"
        )
    symbols = iter(_SYMBOLS)
    permutations = [p if p.n is not None else symmetric(None, next(symbols)) for p in permutations]
    key = lambda part: (-(part.dimension or 0), part.name)  # noqa: E731
    parts = (*sorted(geometric, key=key), *sorted(shifts, key=key), *permutations)
    if not parts:
        return trivial()
    return parts[0] if len(parts) == 1 else _product(parts)


def _absorb_translations(parts: list[Group]) -> list[Group]:
    for shift in [part for part in parts if part.kind == "translation" and part.n is not None]:
        for index, part in enumerate(parts):
            joined = _with_translations(part, shift)
            if joined is not None:
                parts = [*parts[:index], joined, *parts[index + 1 :]]
                parts = [other for other in parts if other is not shift]
                break
    return parts


def _with_translations(part: Group, shift: Group) -> Group | None:
    if part.kind in ("SO", "SE") and part.n == shift.n:
        return special_euclidean(part.n)
    if part.kind in ("O", "E") and part.n == shift.n:
        return euclidean(part.n)
    if part.kind in ("cyclic", "dihedral") and shift.n == 2:
        return part
    if part.kind in ("octahedral", "icosahedral") and shift.n == 3:
        return part
    return None


def _product(parts: tuple[Group, ...]) -> Group:
    orders = [part.order for part in parts]
    sizes = [part.dimension for part in parts]
    return _make(
        " x ".join(part.name for part in parts),
        "product",
        "; ".join(part.title for part in parts),
        order=math.prod(o for o in orders if o is not None) if None not in orders else None,
        dimension=sum(s for s in sizes if s is not None) if None not in sizes else None,
        finite=all(part.finite for part in parts),
        compact=all(part.compact for part in parts),
        abelian=all(part.abelian for part in parts),
        connected=all(part.connected for part in parts),
        translations=any(part.translations for part in parts),
        reflections=any(part.reflections for part in parts),
        factors=parts,
    )


@cache
def known_groups() -> tuple[Group, ...]:
    """The groups that ``equidesign list groups`` shows; families of them by their usual members."""
    s_n = symmetric(None)
    bases = [special_euclidean(3), euclidean(3), special_orthogonal(3), orthogonal(3)]
    bases += [special_euclidean(2), euclidean(2)]
    return (
        trivial(),
        *(translation(n) for n in (1, 2, 3)),
        cyclic_translation(),
        *(cyclic(n) for n in (2, 3, 4, 6, 8, 16)),
        *(dihedral(n) for n in (1, 2, 3, 4, 6, 8)),
        *(make(2) for make in (special_orthogonal, orthogonal, special_euclidean, euclidean)),
        *(make(3) for make in (special_orthogonal, orthogonal, special_euclidean, euclidean)),
        octahedral(),
        octahedral(reflections=True),
        icosahedral(),
        s_n,
        symmetric(5),
        *(direct_product((base, s_n)) for base in bases),
        direct_product((s_n, s_n)),
        direct_product((cyclic_translation(), dihedral(1))),
        special_orthogonal(None),
        orthogonal(None),
        lorentz(),
        lorentz(full=True),
        symplectic(4),
        special_unitary(3),
        custom(),
    )
