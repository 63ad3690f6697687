"""Small helpers for writing pipelines down."""

from __future__ import annotations

from typing import Any

from equidesign.groups.group import Group
from equidesign.groups.irreps import trivial, vector
from equidesign.groups.rep import Rep
from equidesign.spec.field import Space
from equidesign.spec.layer import FieldText, Layer


def make_layer(
    name: str,
    kind: str,
    before: tuple[Space, Rep],
    after: tuple[Space, Rep],
    why: str,
    **settings: Any,
) -> Layer:
    """Return a layer from typed fields."""
    return Layer(
        name=name,
        kind=kind,
        out=FieldText(space=after[0], rep=str(after[1])),
        why=why,
        **{"in": FieldText(space=before[0], rep=str(before[1])), **settings},
    )


def scalars(count: int, group: Group) -> Rep:
    """Return ``count`` invariant scalars of ``group``."""
    return Rep(group, ((count, trivial(group)),))


def vectors(count: int, group: Group) -> Rep:
    """Return ``count`` polar vectors, one after the other, also where their components are irreps of their own.

    >>> from equidesign.groups.names import parse_group
    >>> str(vectors(2, parse_group("D4"))), str(vectors(2, parse_group("D2")))
    ('2xirrep(1,1)', '1xirrep(0,1) + 1xirrep(1,1) + 1xirrep(0,1) + 1xirrep(1,1)')
    """
    one = vector(group)
    return one * count if len(one.terms) == 1 else Rep.total([one] * count, group.point_group)
