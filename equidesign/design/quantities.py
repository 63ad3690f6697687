"""Physical quantities: how a named target turns, its unit, and whether there is one a sample or one a point."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

from equidesign.design.datafile import read_table
from equidesign.errors import EquidesignError, InputError
from equidesign.groups.catalogue import orthogonal
from equidesign.groups.group import Group
from equidesign.groups.irreps import irrep, trivial, vector
from equidesign.groups.rep import Rep


@dataclass(frozen=True)
class Quantity:
    """One row of the table.

    Attributes:
        id: its name.
        names: what else it is called.
        rep: representation under O(3), as text.
        unit: usual unit, empty if it depends on the data.
        per: one a sample or one a point.
        either: whether the other is allowed too.
        extensive: whether it adds up over the parts of a sample.
        handed: whether it changes sign between mirror images.
        moves: whether it moves along with translations.
        scalar: the invariant left where directions have no meaning.
        source: where the representation comes from.
    """

    id: str
    rep: str
    unit: str
    per: Literal["sample", "point"]
    extensive: bool
    source: str
    names: tuple[str, ...] = ()
    either: bool = False
    handed: bool = False
    moves: bool = False
    scalar: str | None = None

    @property
    def spatial(self) -> Rep:
        """The representation under O(3)."""
        return Rep.parse(self.rep, orthogonal(3))

    @property
    def directed(self) -> bool:
        """Whether rotations change it."""
        return self.spatial.lmax > 0

    @property
    def mirrored(self) -> bool:
        """Whether its parity is not that of a polar tensor: axial vectors, pseudoscalars."""
        return any(irrep.parity != (-1) ** irrep.l for irrep in self.spatial.irreps)

    def under(self, fiber: Group) -> Rep:
        """Return the representation under the feature group of a design.

        Under planar groups a polar vector is the vector of the plane, an axial one its component out of the plane, and
        a symmetric tensor its part in the plane.

        Raises:
            InputError: the group has no counterpart of the quantity.
        """
        spatial = self.spatial
        point = fiber.point_group
        if point.kind == "O" and point.n == 3:
            return spatial
        if point.kind == "SO" and point.n == 3:
            return (
                spatial.restrict(point) if spatial.lmax else Rep.of((spatial.dim, trivial(point)))
            )
        planar = planar_rep(spatial, self.id)
        if point.kind == "trivial":
            return Rep.of((planar.dim, trivial(point)))
        if spatial.lmax == 1 and all(each.parity == -1 for each in spatial.irreps):
            return vector(point) * spatial.num_irreps
        return planar.restrict(point)


def planar_rep(spatial: Rep, name: str, where: str = "task.targets") -> Rep:
    """Return what is left of a representation of O(3) in a plane, as one of O(2).

    A polar vector keeps its two components in the plane, an axial one that out of the plane, a
    symmetric traceless tensor the two of frequency 2.

    Raises:
        InputError: a degree above 2.
    """
    plane = orthogonal(2)
    table = {
        "0e": trivial(plane),
        "0o": irrep(plane, 1, 0),
        "1o": irrep(plane, 1, 1),
        "1e": irrep(plane, 1, 0),
        "2e": irrep(plane, 1, 2),
    }
    terms = []
    for count, each in spatial.terms:
        if str(each) not in table:
            raise InputError(
                f"'{name}' ({spatial}) is a quantity of space and has no counterpart in the plane",
                where=where,
                expected="scalars, vectors or symmetric tensors",
                hint="samples in space belong to the domains `point_clouds` and `molecules`",
                repair={where: 1 if where == "task.targets" else None},
            )
        terms.append((count, table[str(each)]))
    return Rep(plane, tuple(terms))


@lru_cache(maxsize=1)
def quantities() -> tuple[Quantity, ...]:
    """Return all rows.

    Raises:
        EquidesignError: two rows share an id or a name.
    """
    rows = []
    for row in read_table("equidesign.design", "quantities.yaml"):
        rows.append(Quantity(**{**row, "names": tuple(row["names"])}))
    return tuple(rows)


@lru_cache(maxsize=1)
def _by_name() -> Mapping[str, Quantity]:
    index: dict[str, Quantity] = {}
    for quantity in quantities():
        for name in (quantity.id, *quantity.names):
            key = squeeze(name)
            if index.setdefault(key, quantity) is not quantity:
                raise EquidesignError(f"'{name}' names {index[key].id} and {quantity.id}")
    return MappingProxyType(index)


def squeeze(name: str) -> str:
    """Return a name without case, blanks, hyphens, underscores and units in brackets."""
    bare = re.sub(r"[(\[].*?[)\]]", "", name)
    return re.sub(r"[^a-z0-9]", "", bare.lower())


def find_quantity(name: str) -> Quantity | None:
    """Return the quantity that ``name`` means, None if it is not in the table.

    >>> find_quantity("Dipole moment").id
    'dipole_moment'
    """
    index, key = _by_name(), squeeze(name)
    found = index.get(key)
    if found is None and key.endswith("s"):
        found = index.get(key[:-1])
    return found
