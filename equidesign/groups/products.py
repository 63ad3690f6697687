"""Products of groups in one canonical form."""

from __future__ import annotations

import math
from collections.abc import Iterable

from equidesign.errors import InputError
from equidesign.groups.finite import symmetric, trivial
from equidesign.groups.group import PERMUTATION_KINDS, TRANSLATION_KINDS, Group
from equidesign.groups.lie import euclidean, special_euclidean
from equidesign.groups.making import MAX_FACTORS, make_group

_SYMBOLS = ("n", "m", "k", "l")


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
    parts = (*sorted(geometric, key=_rank), *sorted(shifts, key=_rank), *permutations)
    if not parts:
        return trivial()
    return parts[0] if len(parts) == 1 else _product(parts)


def _rank(part: Group) -> tuple[int, str]:
    return (-(part.dimension or 0), part.name)


def _absorb_translations(parts: list[Group]) -> list[Group]:
    for shift in [part for part in parts if part.kind == "translation"]:
        for index, part in enumerate(parts):
            joined = _with_translations(part, shift)
            if joined is not None:
                parts = [*parts[:index], joined, *parts[index + 1 :]]
                parts = [other for other in parts if other is not shift]
                break
    return parts


def _with_translations(part: Group, shift: Group) -> Group | None:
    if part.kind in ("SO", "SE") and shift.n in (None, part.n):
        return special_euclidean(part.n)
    if part.kind in ("O", "E") and shift.n in (None, part.n):
        return euclidean(part.n)
    if part.kind in ("cyclic", "dihedral") and shift.n in (None, 2):
        return part
    if part.kind in ("octahedral", "icosahedral") and shift.n in (None, 3):
        return part
    return None


def _product(parts: tuple[Group, ...]) -> Group:
    orders = [part.order for part in parts]
    sizes = [part.dimension for part in parts]
    return make_group(
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
