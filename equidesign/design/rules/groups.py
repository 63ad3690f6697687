"""The table of groups: which each domain takes, what others turn into, and which are refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from equidesign.design.datafile import read_table
from equidesign.design.rules.patterns import geometric_part, matches
from equidesign.errors import InputError
from equidesign.groups.group import Group
from equidesign.groups.lie import orthogonal, special_orthogonal
from equidesign.groups.names import parse_group
from equidesign.groups.products import direct_product
from equidesign.spec.request import Request

DESIGNED = {
    "images": "images",
    "sphere": "sphere",
    "molecules": "space",
    "sets": "sets",
    "graphs": "graphs",
}
"""Domains with one row in the table; point clouds have one for each dimension."""
_SYMBOLIC = {"SO": "SO", "SE": "SE", "O_any": "O", "E_any": "E", "T": "translation"}


@dataclass(frozen=True)
class GroupRow:
    """What becomes of some groups in a domain: a normal form, or a refusal and the nearest instead."""

    groups: tuple[str, ...]
    becomes: str | None = None
    nearest: str | None = None
    axis: bool = False
    plane: bool = False
    warn: str | None = None
    why: str = ""
    data: Mapping[str, Any] | None = None

    def fits(self, group: Group) -> bool:
        """Tell whether the row is about the group; symbolic ones (SO(n)) are named by their kind."""
        part = geometric_part(group)
        for pattern in self.groups:
            if pattern in _SYMBOLIC:
                if part.kind == _SYMBOLIC[pattern] and part.n is None and part.name.endswith("(n)"):
                    return True
            elif matches(pattern, group):
                return True
        return False


@dataclass(frozen=True)
class DomainGroups:
    """The groups of one domain.

    Attributes:
        where: the domain in words.
        order: groups to offer, the usual first.
        permutations: why S_n is refused as a factor; None where it is implied.
        built_in: what every architecture of the domain adds to the group.
        plane_groups: the names that groups have with translations.
    """

    where: str
    order: tuple[str, ...]
    permutations: str | None
    rows: tuple[GroupRow, ...]
    built_in: str = ""
    plane_groups: Mapping[str, str] = field(default_factory=dict)

    def row(self, group: Group) -> GroupRow:
        """Return the first row that fits; the last fits everything."""
        return next(row for row in self.rows if row.fits(group))


@dataclass(frozen=True)
class NormalGroup:
    """A group in the normal form of its domain.

    Attributes:
        group: the normal form, permutations kept.
        fiber: the group whose representations the features have.
        axis: whether an axis of space is kept.
        why: what was changed and why, empty when nothing was.
        warn: code of a warning, if the change deserves one.
    """

    group: Group
    fiber: Group
    axis: bool
    why: str
    warn: str | None


@lru_cache(maxsize=1)
def group_table() -> Mapping[str, DomainGroups]:
    """Return the table, by domain (``space`` and ``plane`` for points)."""
    data = read_table("equidesign.design.rules", "groups.yaml")
    table: dict[str, DomainGroups] = {}
    for key, entry in data.items():
        rows = []
        for row in entry["rows"]:
            rows.append(
                GroupRow(
                    groups=tuple(row["groups"]),
                    becomes=row.get("as"),
                    nearest=row.get("nearest"),
                    axis=row.get("axis", False),
                    plane=row.get("plane", False),
                    warn=row.get("warn"),
                    why=row.get("why", ""),
                    data=row.get("data"),
                )
            )
        table[key] = DomainGroups(
            entry["where"],
            tuple(entry["order"]),
            entry.get("permutations"),
            tuple(rows),
            entry.get("built_in", ""),
            MappingProxyType(entry.get("plane_groups", {})),
        )
    return MappingProxyType(table)


def domain_key(request: Request) -> str | None:
    """Return the name of the request's domain in the table; None where nothing is designed yet."""
    data: Any = request.data
    if data.domain == "point_clouds":
        return {2: "plane", 3: "space"}.get(data.dimension)
    return DESIGNED.get(data.domain)


def normal_group(group: Group, key: str) -> NormalGroup:
    """Return the group as the domain ``key`` understands it.

    Raises:
        InputError: it has no meaning there; `repair` and the hint name the nearest that has.
    """
    domain = group_table()[key]
    permutations = [part for part in group.parts if part.kind == "symmetric"]
    bare_sets = key in ("sets", "graphs")
    if len(permutations) > 1:
        raise _refusal(
            group,
            domain,
            "two axes without order make a table: domain `tables`, which this version does "
            "not design "
            f"for yet; on {domain.where} one order is free",
            domain.row(permutations[0]).nearest or domain.order[0],
        )
    if permutations and domain.permutations:
        row = domain.row(group.geometric)
        nearest = _name(row, group.geometric) if group.geometric.kind != "trivial" else "T(2)"
        raise _refusal(group, domain, domain.permutations, nearest)
    if bare_sets and permutations and group.geometric.kind != "trivial":
        row = domain.row(group.geometric)
        raise _refusal(group, domain, row.why, domain.order[0], row.data)
    row = domain.row(group)
    if row.nearest is not None:
        raise _refusal(group, domain, row.why, row.nearest, row.data)
    named = group.geometric if row.becomes == "same" else parse_group(str(row.becomes))
    normal = direct_product((named, *permutations))
    fiber = normal.point_group
    if row.axis and not row.plane:
        fiber = orthogonal(3) if named.reflections else special_orthogonal(3)
    changed = row.becomes != "same" or row.axis
    return NormalGroup(normal, fiber, row.axis, row.why if changed else "", row.warn)


def with_built_in(group: Group, key: str) -> str:
    """Say what every architecture of the domain adds to the group, and the name of the whole.

    >>> with_built_in(parse_group("C4"), "images")
    'convolution adds the translations of the plane: C4 is the plane group p4'
    """
    domain = group_table()[key]
    whole = domain.plane_groups.get(group.name)
    if whole is None or not domain.built_in:
        return domain.built_in
    kind = "" if "(" in whole else "the plane group "
    return f"{domain.built_in}: {group.name} is {kind}{whole}"


def _name(row: GroupRow, group: Group) -> str:
    if row.nearest is not None:
        return row.nearest
    return group.name if row.becomes == "same" else str(row.becomes)


def _refusal(
    group: Group,
    domain: DomainGroups,
    why: str,
    nearest: str,
    data: Mapping[str, Any] | None = None,
) -> InputError:
    offered = ", ".join(domain.order)
    return InputError(
        f"{group.name} has no design on {domain.where}: {why}",
        where="symmetry.group",
        expected=f"a group such as {offered}",
        repair={"data": dict(data)} if data else {"symmetry.group": nearest},
    )


def nearest_groups(text: str, key: str) -> tuple[str, ...]:
    """Return groups to try in a domain in place of the one written, the nearest first."""
    domain = group_table()[key]
    try:
        group = parse_group(text)
    except InputError:
        return domain.order
    row = domain.row(group)
    return tuple(dict.fromkeys((*([row.nearest] if row.nearest else []), *domain.order)))
