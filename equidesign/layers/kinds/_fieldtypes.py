"""Field types of planar groups: which fields a representation is bundled into, and how escnn writes them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import lru_cache

from equidesign.groups.group import Group
from equidesign.groups.irrep import indices
from equidesign.groups.irreps import endomorphism_dim, irreps_of
from equidesign.groups.irreps import irrep as irrep_of
from equidesign.groups.rep import Irrep, Rep
from equidesign.layers.base import Bundles, Fault
from equidesign.layers.joints import merged

LAYOUTS = ("regular", "spectral", "irreps")
"""How features are bundled into fields: regular fields; band-limited regular fields, Fourier coefficients of
functions on the group; or one irrep a field."""


@lru_cache(maxsize=256)
def band_limited(group: Group, frequency: int) -> Rep:
    """Return the Fourier coefficients of functions on the group up to a frequency.

    Each irrep occurs as often as in ``regular``.

    >>> from equidesign.groups.names import parse_group
    >>> str(band_limited(parse_group("O(2)"), 1))
    '1xtrivial + 1xirrep(1,0) + 2xirrep(1,1)'
    """
    point = group.point_group
    found = sorted(irrep_of(point, *index) for index in indices(point, frequency))
    return Rep(point, tuple((irrep.dim // endomorphism_dim(irrep), irrep) for irrep in found))


def band_limit(rep: Rep) -> tuple[int, int] | None:
    """Return how many band-limited regular fields ``rep`` is made of, and their frequency; None if of none."""
    merged = rep.simplify()
    if not merged.terms or any(irrep.kind == "regular" for irrep in merged.irreps):
        return None
    frequency = max(irrep.l for irrep in merged.irreps)
    one = band_limited(rep.group, frequency).simplify()
    count = merged.terms[0][0]
    return (count, frequency) if one * count == merged else None


def escnn_band(rep: Rep) -> tuple[int, int] | None:
    """Return `band_limit` with the frequency as escnn counts it: the sign of D1's reflection is its frequency 1."""
    limit = band_limit(rep)
    if limit and rep.group.kind == "dihedral" and rep.group.n == 1 and len(rep.irreps) > 1:
        return limit[0], 1
    return limit


def fields(rep: Rep, layout: str) -> tuple[tuple[int, Rep], ...]:
    """Return the fields of ``rep``: how many of each type."""
    limit = band_limit(rep) if layout == "spectral" and not rep.is_scalar else None
    if limit:
        return ((limit[0], band_limited(rep.group, limit[1])),)
    return tuple((count, Rep(rep.group, ((1, irrep),))) for count, irrep in rep.terms)


def bundles(rep: Rep, layout: str) -> Bundles:
    """Return the fields of ``rep`` as escnn compares them: runs of equal ones counted together."""
    return merged(fields(rep, layout))


def layout_faults(rep: Rep, layout: str, key: str) -> Iterator[Fault]:
    """Yield a fault where a representation is not made of the fields that a layout names."""
    regular = "regular" in {irrep.kind for irrep in rep.irreps}
    if rep.is_scalar:
        return
    if layout == "regular" and not all(i.kind in ("regular", "trivial") for i in rep.irreps):
        message, hint = f"{rep} are no regular fields", "write irreps or spectral"
    elif layout == "irreps" and regular:
        message, hint = f"{rep} holds regular fields, not irreps", "write regular"
    elif layout == "spectral" and band_limit(rep) is None:
        message, hint = f"{rep} are no Fourier coefficients of functions on the group", ""
        hint = "write regular" if regular else "write irreps"
    else:
        return
    yield Fault(key, message, hint, "field-layout")


def field_type(rep: Rep, layout: str = "irreps") -> str:
    """Return ``rep`` as an expression of the generated file."""
    if rep.is_scalar:
        return f"trivial({rep.dim})"
    limit = escnn_band(rep) if layout == "spectral" else None
    if limit:
        return f"band_limited({limit[0]}, {limit[1]})"
    return " + ".join(_runs(rep.terms))


def _runs(terms: tuple[tuple[int, Irrep], ...]) -> Iterator[str]:
    """Yield one call for plain and regular fields, and one for irreps of equal multiplicity in a row."""
    for _, run in itertools.groupby(terms, key=_call):
        count, first = (found := list(run))[0]
        if _call((count, first))[1] != "irreps":
            yield f"{first.kind}({sum(mul for mul, _ in found)})"
            continue
        indices = [escnn_index(irrep) for _, irrep in found]
        group, highest = first.group, max(irrep.l for _, irrep in found)
        if not group.finite and [irrep for _, irrep in found] == [*irreps_of(group, highest)]:
            yield f"harmonics({count}, {highest})"
        else:
            yield f"irreps({count}, {', '.join(map(str, indices))})"


def _call(term: tuple[int, Irrep]) -> tuple[int, str]:
    count, irrep = term
    return (0, "regular") if irrep.kind == "regular" else (count, "irreps")


def escnn_index(irrep: Irrep) -> tuple[int, ...]:
    """Return the index by which escnn knows an irrep; it builds D1 as its C2."""
    if irrep.is_trivial:
        return (0, 0) if irrep.group.reflections and irrep.group.n != 1 else (0,)
    if irrep.group.kind == "dihedral" and irrep.group.n == 1:
        return irrep.index[:1]
    return irrep.index
