"""The groups that the program names: constructors of every kind, and the list shown to people."""

from __future__ import annotations

from functools import cache

from equidesign.groups.finite import (
    cyclic,
    cyclic_translation,
    dihedral,
    icosahedral,
    octahedral,
    symmetric,
    trivial,
)
from equidesign.groups.group import Group
from equidesign.groups.lie import (
    custom,
    euclidean,
    lorentz,
    orthogonal,
    special_euclidean,
    special_orthogonal,
    special_unitary,
    symplectic,
    translation,
)
from equidesign.groups.making import MAX_FACTORS
from equidesign.groups.products import direct_product

__all__ = [
    "MAX_FACTORS",
    "custom",
    "cyclic",
    "cyclic_translation",
    "dihedral",
    "direct_product",
    "euclidean",
    "icosahedral",
    "known_groups",
    "lorentz",
    "octahedral",
    "orthogonal",
    "special_euclidean",
    "special_orthogonal",
    "special_unitary",
    "symmetric",
    "symplectic",
    "translation",
    "trivial",
]


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
