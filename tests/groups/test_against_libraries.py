"""The names, sizes and products of irreps are those of escnn and e3nn."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from equidesign.groups import Group, Irrep, Rep, parse_group
from equidesign.groups.irreps import (
    endomorphism_dim,
    irrep,
    irreps_of,
    product,
    regular_content,
    vector,
)

pytestmark = pytest.mark.filterwarnings("ignore")

PLANAR = ["C2", "C3", "C4", "C5", "C6", "C8", "D1", "D2", "D3", "D4", "D5", "D6", "SO(2)", "O(2)"]
FREQUENCY = 3


def escnn_group(group: Group) -> Any:
    escnn = pytest.importorskip("escnn.group", reason="needs the extra 'escnn'")
    if group.kind == "octahedral":
        return escnn.full_octa_group() if group.reflections else escnn.octa_group()
    if group.kind == "cyclic":
        return escnn.cyclic_group(group.n)
    if group.kind == "dihedral":
        return escnn.dihedral_group(group.n)
    make = escnn.o2_group if group.reflections else escnn.so2_group
    return make(FREQUENCY)


def escnn_id(term: Irrep, group: Group) -> tuple[Any, ...]:
    index = term.index or ((0, 0) if group.reflections else (0,))
    if group.kind == "octahedral" and group.reflections:
        return ((index[0],), (index[1],), 0)
    return index


@pytest.mark.parametrize("name", [*PLANAR, "O", "O_h"])
def test_irreps_are_those_of_escnn(name: str) -> None:
    group = parse_group(name)
    theirs = {i.id: i for i in escnn_group(group).irreps()}
    if group.order is None:
        # escnn keeps one instance of the group, and other code may have asked it for more
        theirs = {key: value for key, value in theirs.items() if key[-1] <= FREQUENCY}
    ours = {escnn_id(i, group): i for i in irreps_of(group, FREQUENCY)}
    assert ours.keys() == theirs.keys()
    for key, mine in ours.items():
        assert mine.dim == theirs[key].size
        assert endomorphism_dim(mine) == theirs[key].sum_of_squares_constituents


@pytest.mark.parametrize("name", [n for n in PLANAR if "(" not in n])
def test_regular_representation_is_that_of_escnn(name: str) -> None:
    group = parse_group(name)
    theirs = sorted(escnn_group(group).regular_representation.irreps)
    ours = sorted(
        escnn_id(i, group) for count, i in regular_content(group).terms for _ in range(count)
    )
    assert ours == theirs


@pytest.mark.parametrize("name", ["C4", "C5", "C6", "D3", "D4", "O"])
def test_products_are_those_of_escnn(name: str) -> None:
    group = parse_group(name)
    theirs = escnn_group(group)
    for a, b in itertools.product(irreps_of(group), repeat=2):
        left, right = (theirs.irrep(*escnn_id(x, group)) for x in (a, b))
        ours = sorted(escnn_id(x, group) for x in product(a, b))
        assert ours == sorted(left.tensor(right).irreps)


@pytest.mark.parametrize("name", ["D1", "D2", "D4", "O(2)"])
def test_reflection_of_a_vector_keeps_x(name: str) -> None:
    """The components named by ``vector`` are (x, y): the reflection of escnn is diag(1, -1)."""
    group = parse_group(name)
    theirs = escnn_group(group)
    blocks = [theirs.irrep(*escnn_id(i, group)) for i in vector(group).irreps]
    diagonal = [float(b(theirs.reflection)[k, k]) for b in blocks for k in range(b.size)]
    assert diagonal == [1.0, -1.0]


@pytest.mark.parametrize("text", ["32x0e + 16x1o + 8x2e", "3x2o + 1x0o + 2x1e + 1x1o", "4x0e"])
def test_reps_are_those_of_e3nn(text: str) -> None:
    o3 = pytest.importorskip("e3nn.o3", reason="needs the extra 'e3nn'")
    ours, theirs = Rep.parse(text, parse_group("O(3)")), o3.Irreps(text)
    assert ours.dim == theirs.dim
    assert ours.lmax == theirs.lmax
    assert ours.num_irreps == theirs.num_irreps
    assert str(ours).replace(" ", "") == str(theirs).replace(" ", "")
    assert o3.Irreps(str(ours.simplify())).dim == theirs.dim


def test_products_are_those_of_e3nn() -> None:
    o3 = pytest.importorskip("e3nn.o3", reason="needs the extra 'e3nn'")
    group = parse_group("O(3)")
    names = [(l, p) for l in range(4) for p in (1, -1)]
    for a, b in itertools.product(names, repeat=2):
        ours = [str(i) for i in product(irrep(group, *a), irrep(group, *b))]
        assert ours == [str(i) for i in o3.Irrep(*a) * o3.Irrep(*b)]
