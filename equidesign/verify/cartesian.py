"""Cartesian tensors: which irreps a tensor of shape (3, 3), (3, 3, 3), ... holds. No torch here."""

from __future__ import annotations

from functools import lru_cache

from equidesign.groups.group import Group
from equidesign.groups.irrep import Irrep, scheme
from equidesign.groups.irreps import irrep, product, trivial, vector
from equidesign.groups.rep import Rep

MAX_ORDER = 4


def space_vector(group: Group, size: int) -> Rep | None:
    """Return the representation of a vector of space with ``size`` components; None where the group has none.

    A planar group turns the first two of (x, y, z) where it turns space about z; about another axis it is the same
    representation, though not in this order.
    """
    if scheme(group) == "trivial":
        return None
    one = vector(group)
    if one.dim == size:
        return one
    if one.dim == 2 and size == 3 and scheme(group) in ("frequency", "reflection"):
        return one + Rep.of(trivial(group))
    return None


def is_space_vector(rep: Rep, any_order: bool = False) -> bool:
    """Whether a planar group's representation is that of vectors of space: the vector of the plane, then the axis.

    Any number of them, one after another; with ``any_order`` the axis may come first.
    """
    group = rep.group
    if scheme(group) not in ("frequency", "reflection") or not rep.terms:
        return False
    one = space_vector(group, 3)
    if one is None or rep.dim % 3:
        return False
    terms, count, wanted = each_term(rep), rep.dim // 3, each_term(one)
    if any_order and terms == [wanted[-1], *wanted[:-1]] * count:
        return True
    return terms == wanted * count


def each_term(rep: Rep) -> list[Irrep]:
    """Return the irreps in the order of components, each as often as it occurs."""
    return [term for count, term in rep.terms for _ in range(count)]


def cartesian_parity(rep: Rep, sizes: tuple[int, ...]) -> bool | None:
    """Return whether a Cartesian tensor that holds these irreps is odd (a pseudotensor); None if none holds them.

    A scalar is none: nothing would turn.
    """
    if not 2 <= len(sizes) <= MAX_ORDER or len(set(sizes)) != 1 or rep.is_scalar:
        return None
    if scheme(rep.group) in ("matrix", "trivial"):
        return None
    wanted = rep.simplify()
    for odd in (False, True):
        content = _content(rep.group, sizes[0], len(sizes), odd)
        if content is not None and all(content.mul(i) >= wanted.mul(i) for i in wanted.irreps):
            return odd
    return None


@lru_cache(maxsize=128)
def _content(group: Group, size: int, order: int, odd: bool) -> Rep | None:
    """Return the irreps of the tensor product of vectors, times the sign of reflections if ``odd``."""
    one = space_vector(group, size)
    sign = _sign(group) if odd else trivial(group)
    if one is None or sign is None:
        return None
    found = [sign]
    for _ in range(order):
        found = [new for known in found for each in each_term(one) for new in product(known, each)]
    return Rep(group, tuple((1, each) for each in found)).simplify()


def _sign(group: Group) -> Irrep | None:
    """Return the irrep that is -1 on elements that reverse orientation."""
    way = scheme(group)
    if way == "parity":
        return irrep(group, 0, -1)
    return irrep(group, 1, 0) if way in ("reflection", "full_octahedral") else None
