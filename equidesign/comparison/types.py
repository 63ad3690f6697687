"""Representations compared: multiplicities irrep by irrep, lmax, dimension."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from equidesign.errors import EquidesignError
from equidesign.groups.group import Group
from equidesign.groups.irrep import scheme
from equidesign.groups.rep import Rep
from equidesign.spec.layer import FieldText, parse_rep

Pair = tuple[int, int]


@dataclass(frozen=True)
class TypeChange:
    """A field, before and after.

    Attributes:
        key: ``in`` or ``out``; of the interface, the name of an input or output.
        before, after: the fields as text, ``REP @ SPACE``.
        counts: multiplicities that differ, by irrep; empty when the groups differ.
        lmax: largest degrees, None where they are the same or the irreps have none.
        dim: dimensions, None where they are the same or cannot be read.
        relabelled: the components are the same, and the smaller of the two groups sees them so.
        follows: the layer that is read has changed in the same way.
    """

    key: str
    before: str
    after: str
    counts: Mapping[str, Pair]
    lmax: Pair | None = None
    dim: Pair | None = None
    relabelled: bool = False
    follows: bool = False

    def swapped(self) -> TypeChange:
        """Return the change seen from the other side."""
        return replace(
            self,
            before=self.after,
            after=self.before,
            counts={name: (b, a) for name, (a, b) in self.counts.items()},
            lmax=self.lmax and self.lmax[::-1],
            dim=self.dim and self.dim[::-1],
        )


def read_rep(text: str | None, group: Group | None) -> Rep | None:
    """Parse a representation; None where that is not possible."""
    if text is None or group is None:
        return None
    try:
        return parse_rep(text, group)
    except EquidesignError:
        return None


def compare_reps(
    key: str, texts: tuple[str, str], groups: tuple[Group | None, Group | None]
) -> TypeChange | None:
    """Compare two representations as written; None when they are the same."""
    one, other = read_rep(texts[0], groups[0]), read_rep(texts[1], groups[1])
    if one is None or other is None:
        plain = [" ".join(text.split()) for text in texts]
        same = plain[0] == plain[1] and one is other
        return None if same else TypeChange(key, plain[0], plain[1], {})
    if one == other:
        return None
    counts: dict[str, Pair] = {}
    if one.group == other.group:
        for irrep in sorted({*one.irreps, *other.irreps}):
            if one.mul(irrep) != other.mul(irrep):
                counts[str(irrep)] = (one.mul(irrep), other.mul(irrep))
    return TypeChange(
        key,
        str(one),
        str(other),
        counts,
        lmax=(one.lmax, other.lmax) if _spherical(one, other) and one.lmax != other.lmax else None,
        dim=(one.dim, other.dim) if one.dim != other.dim else None,
        relabelled=same_components(one, other),
    )


def compare_fields(
    key: str, fields: tuple[FieldText, FieldText], groups: tuple[Group | None, Group | None]
) -> TypeChange | None:
    """Compare two fields as written in layers; None when they are the same."""
    one, other = fields
    reps = (one.rep, other.rep)
    change = compare_reps(key, reps, groups)
    if one.space is other.space:
        if change is None:
            return None
        at = f" @ {one.space.value}"
        return replace(change, before=change.before + at, after=change.after + at)
    change = change or TypeChange(key, " ".join(reps[0].split()), " ".join(reps[1].split()), {})
    return replace(
        change,
        before=f"{change.before} @ {one.space.value}",
        after=f"{change.after} @ {other.space.value}",
        relabelled=False,
    )


def _spherical(*reps: Rep) -> bool:
    return all(scheme(rep.group) in ("parity", "degree") for rep in reps)


def same_components(one: Rep, other: Rep) -> bool:
    """Tell whether one representation is what the other, of a larger group, is for a smaller one.

    >>> from equidesign.groups.names import parse_group
    >>> o3, so3 = parse_group("O(3)"), parse_group("SO(3)")
    >>> same_components(Rep.parse("2x0e + 1x1o", o3), Rep.parse("2x0 + 1x1", so3))
    True
    """
    if one.group == other.group:
        return False
    for large, small in ((one, other), (other, one)):
        if large.group.contains(small.group):
            try:
                return large.restrict(small.group) == small.expand().simplify()
            except EquidesignError:
                return False
    return False
