"""Which symmetries one group has and another lacks, for any two groups, related or not.

A group is taken apart into what a person can picture: turns (its proper rotations, or the matrix group), mirror images,
shifts and reorderings. One group contains another exactly when it contains each of these parts (E(n) = T(n) ⋊ O(n), and
products match factor by factor), so what is lost and gained is named part by part.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from equidesign.groups.catalogue import (
    cyclic,
    dihedral,
    direct_product,
    lorentz,
    octahedral,
    special_orthogonal,
    translation,
)
from equidesign.groups.group import PERMUTATION_KINDS, Group

MIRROR = dihedral(1)
"""Stands for the elements that reverse the orientation of space."""


class Part(StrEnum):
    """The parts of a symmetry."""

    turns = "turns"
    mirrors = "mirrors"
    shifts = "shifts"
    orders = "orders"


class Relation(StrEnum):
    """What the second group is to the first."""

    same = "same"
    smaller = "smaller"
    larger = "larger"
    different = "different"
    unknown = "unknown"

    def swapped(self) -> Relation:
        """Return what the first group is to the second."""
        return {Relation.smaller: Relation.larger, Relation.larger: Relation.smaller}.get(
            self, self
        )


@dataclass(frozen=True)
class Aspect:
    """A part of a symmetry that one side has and the other lacks.

    Attributes:
        extent: the part of the side that has it, as a group.
        remains: what the other side has of that part, None if nothing.
        common: the largest group of turns that both have, if it is known and not trivial.
        built_in: the side that does not declare it has it all the same, by the way its domain is read.
    """

    part: Part
    extent: Group
    remains: Group | None = None
    common: Group | None = None
    built_in: bool = False


@dataclass(frozen=True)
class SymmetryChange:
    """Two groups compared; the groups are None where they cannot be read."""

    before: Group | None
    after: Group | None
    lost: tuple[Aspect, ...] = ()
    gained: tuple[Aspect, ...] = ()
    known: bool = True

    @property
    def relation(self) -> Relation:
        """What the second group is to the first, built-in parts counted."""
        if not self.known:
            return Relation.unknown
        lost = any(not aspect.built_in for aspect in self.lost)
        gained = any(not aspect.built_in for aspect in self.gained)
        if lost and gained:
            return Relation.different
        return Relation.smaller if lost else Relation.larger if gained else Relation.same

    def swapped(self) -> SymmetryChange:
        """Return the comparison seen from the other side."""
        return replace(
            self, before=self.after, after=self.before, lost=self.gained, gained=self.lost
        )


def parts_of(group: Group) -> dict[Part, Group]:
    """Take a group apart; parts it does not have are left out.

    >>> from equidesign.groups.names import parse_group
    >>> {part.value: found.name for part, found in parts_of(parse_group("E(3) x S_n")).items()}
    {'turns': 'SO(3)', 'mirrors': 'D1', 'shifts': 'T(3)', 'orders': 'S_n'}
    """
    orders = [part for part in group.parts if part.kind in PERMUTATION_KINDS]
    rest = [part for part in group.parts if part.kind not in PERMUTATION_KINDS]
    shifts = [
        part if part.kind == "cyclic_translation" else translation(part.n)
        for part in rest
        if part.translations
    ]
    turns = [_proper(part.point_group) for part in rest]
    found = {
        Part.turns: direct_product(turns),
        Part.mirrors: MIRROR if group.reflections else None,
        Part.shifts: direct_product(shifts),
        Part.orders: direct_product(orders),
    }
    return {part: g for part, g in found.items() if g is not None and g.kind != "trivial"}


def _proper(point: Group) -> Group:
    """Return the elements of a point group that keep the orientation of space."""
    if point.kind == "dihedral":
        return cyclic(point.n or 1)
    if point.kind == "O":
        return special_orthogonal(point.n)
    if point.kind == "octahedral":
        return octahedral()
    if point.kind == "lorentz":
        return lorentz((point.n or 4) - 1)
    return point


def compare_groups(
    before: Group | None,
    after: Group | None,
    built_in: tuple[frozenset[Part], frozenset[Part]] = (frozenset(), frozenset()),
) -> SymmetryChange:
    """Compare two groups.

    Args:
        before, after: the groups, None where a group cannot be read.
        built_in: parts that each side has although its group does not name them: convolution has shifts, sums over
            neighbours do not see the order of points.
    """
    if before is None or after is None:
        return SymmetryChange(before, after, known=False)
    if before == after:
        return SymmetryChange(before, after)
    return SymmetryChange(
        before,
        after,
        lost=tuple(_missing(before, after, built_in[1])),
        gained=tuple(_missing(after, before, built_in[0])),
        known=all(part.kind != "custom" for part in (*before.parts, *after.parts)),
    )


def _missing(group: Group, other: Group, built_in: frozenset[Part]) -> Iterator[Aspect]:
    """Yield the parts of ``group`` that ``other`` does not contain."""
    have = parts_of(other)
    for part, extent in parts_of(group).items():
        remains = have.get(part)
        if remains is not None and remains.contains(extent):
            continue
        orders = have.get(Part.orders)
        if part is Part.shifts and orders is not None and orders.contains(extent):
            continue  # cyclic shifts are permutations
        common = None
        if part is Part.turns and remains is not None:
            common = _common(extent, remains)
        yield Aspect(part, extent, remains, common, part in built_in)


def _common(one: Group, other: Group) -> Group | None:
    """Return the largest group of turns that is in both, where it has a name."""
    if one.contains(other):
        return other
    if one.kind == other.kind == "cyclic":
        found = cyclic(math.gcd(one.n or 1, other.n or 1))
        return found if found.kind != "trivial" else None
    return None
