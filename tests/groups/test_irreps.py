"""Representation theory against independent oracles: characters summed over group elements."""

from __future__ import annotations

import itertools
import math

import pytest

from equidesign.errors import InputError
from equidesign.groups import Group, Irrep, Rep, known_groups, parse_group
from equidesign.groups.catalogue import cyclic, dihedral, orthogonal, special_orthogonal
from equidesign.groups.characters import class_sizes, table
from equidesign.groups.irreps import (
    dimension,
    endomorphism_dim,
    irrep,
    irreps_of,
    product,
    regular_content,
    trivial,
    vector,
)

FINITE = tuple(
    dict.fromkeys(
        [g.point_group for g in known_groups() if g.point_group.order is not None]
        + [cyclic(n) for n in (5, 7, 12)]
        + [dihedral(n) for n in (5, 7, 12)]
    )
)
PLANAR = tuple(g for g in FINITE if g.kind in ("cyclic", "dihedral"))
CONTINUOUS = tuple(parse_group(t) for t in ("SO(2)", "O(2)", "SO(3)", "O(3)"))


def planar_character(term: Irrep, turn: float, flip: bool) -> float:
    """Trace of a planar irrep on the reflection (if flip) followed by a rotation, by definition."""
    k = term.frequency
    if term.kind == "trivial":
        return 1.0
    sign = -1.0 if flip and term.index[0] == 1 and len(term.index) == 2 else 1.0
    if term.dim == 1:
        return sign * math.cos(k * turn)
    return 0.0 if flip else 2 * math.cos(k * turn)


def planar_elements(group: Group) -> list[tuple[float, bool]]:
    n = group.n or 1
    flips = (False, True) if group.reflections else (False,)
    return [(2 * math.pi * i / n, flip) for i in range(n) for flip in flips]


@pytest.mark.parametrize("group", FINITE, ids=str)
def test_irreps_fill_the_group(group: Group) -> None:
    irreps = irreps_of(group)
    assert len(set(irreps)) == len(irreps)
    assert sum(i.dim**2 // endomorphism_dim(i) for i in irreps) == group.order
    content = regular_content(group)
    assert content.dim == group.order
    assert content.scalars == 1
    assert irreps[0] == trivial(group)
    assert Rep.parse("regular", group).expand() == content


@pytest.mark.parametrize("group", PLANAR, ids=str)
def test_planar_characters_are_orthogonal(group: Group) -> None:
    elements = planar_elements(group)
    for a, b in itertools.product(irreps_of(group), repeat=2):
        overlap = sum(planar_character(a, *g) * planar_character(b, *g) for g in elements)
        expected = endomorphism_dim(a) if a == b else 0
        assert overlap / len(elements) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("group", [*PLANAR, *CONTINUOUS[:2]], ids=str)
def test_planar_products_have_the_right_characters(group: Group) -> None:
    elements = planar_elements(group) if group.finite else planar_elements(cyclic(11))
    if not group.finite and group.reflections:
        elements += [(turn, True) for turn, _ in elements]
    for a, b in itertools.product(irreps_of(group, 4), repeat=2):
        parts = product(a, b)
        for g in elements:
            expected = planar_character(a, *g) * planar_character(b, *g)
            found = sum(planar_character(part, *g) for part in parts)
            assert found == pytest.approx(expected, abs=1e-9), (a, b, parts)


@pytest.mark.parametrize("group", PLANAR, ids=str)
def test_vector_is_the_defining_representation(group: Group) -> None:
    rep = vector(group)
    assert rep.dim == 2
    for turn, flip in planar_elements(group):
        trace = sum(m * planar_character(i, turn, flip) for m, i in rep.terms)
        assert trace == pytest.approx(0.0 if flip else 2 * math.cos(turn), abs=1e-9)


def test_components_of_small_dihedral_vectors_are_x_then_y() -> None:
    """The reflection keeps x and changes the sign of y."""
    for n in (1, 2):
        x, y = vector(dihedral(n)).irreps
        assert planar_character(x, 0.0, True) == 1
        assert planar_character(y, 0.0, True) == -1


@pytest.mark.parametrize(
    ("group", "text"),
    [
        ("E(3)", "1x1o"),
        ("SE(3) x S_n", "1x1"),
        ("SO(2)", "1xirrep(1)"),
        ("E(2)", "1xirrep(1,1)"),
        ("C2", "2xirrep(1)"),
        ("C4", "1xirrep(1)"),
        ("D1", "1xtrivial + 1xirrep(1,0)"),
        ("D2", "1xirrep(0,1) + 1xirrep(1,1)"),
        ("D4", "1xirrep(1,1)"),
        ("O", "1xirrep(1)"),
        ("O_h", "1xirrep(1,1)"),
        ("I", "1xirrep(1)"),
        ("Sp(4)", "1xV"),
    ],
)
def test_vector(group: str, text: str) -> None:
    assert str(vector(parse_group(group))) == text


@pytest.mark.parametrize("group", ["trivial", "S_n", "T(2)", "Z_n"])
def test_no_vector_without_directions(group: str) -> None:
    with pytest.raises(InputError, match="no vector"):
        vector(parse_group(group))


@pytest.mark.parametrize("group", [*FINITE, *CONTINUOUS], ids=str)
def test_products(group: Group) -> None:
    one = trivial(group)
    irreps = irreps_of(group, 4)
    for a, b in itertools.product(irreps, repeat=2):
        parts = product(a, b)
        assert sum(part.dim for part in parts) == a.dim * b.dim
        assert parts == product(b, a) == tuple(sorted(parts))
        scalars = sum(part.is_trivial for part in parts)
        assert scalars == (endomorphism_dim(a) if a == b else 0), "Schur"
    for a in irreps:
        assert product(one, a) == (a,)
    few = irreps[:4]
    for a, b, c in itertools.product(few, repeat=3):
        left = sorted(z for x in product(a, b) for z in product(x, c))
        right = sorted(z for x in product(b, c) for z in product(a, x))
        assert left == right, "associative"


def test_clebsch_gordan_with_parity() -> None:
    o3 = parse_group("O(3)")
    vectors = product(irrep(o3, 1, -1), irrep(o3, 1, -1))
    assert [str(i) for i in vectors] == ["0e", "1e", "2e"]
    mixed = product(irrep(o3, 2, 1), irrep(o3, 1, -1))
    assert [str(i) for i in mixed] == ["1o", "2o", "3o"]


def test_products_need_one_group() -> None:
    with pytest.raises(InputError):
        product(trivial(parse_group("C4")), trivial(parse_group("C8")))


def test_types() -> None:
    assert endomorphism_dim(irrep(cyclic(4), 1)) == 2
    assert endomorphism_dim(irrep(cyclic(4), 2)) == 1
    assert endomorphism_dim(irrep(cyclic(5), 2)) == 2
    assert endomorphism_dim(irrep(special_orthogonal(2), 3)) == 2
    assert endomorphism_dim(irrep(orthogonal(2), 1, 3)) == 1
    assert endomorphism_dim(irrep(parse_group("SO(3)"), 2)) == 1
    assert endomorphism_dim(trivial(parse_group("S_n"))) == 1
    with pytest.raises(InputError):
        endomorphism_dim(Irrep(cyclic(4), "regular"))


def test_dimension_checks_the_group() -> None:
    c4 = cyclic(4)
    assert dimension(irrep(c4, 1), c4) == 2
    with pytest.raises(InputError):
        dimension(irrep(c4, 1), cyclic(8))


@pytest.mark.parametrize("kind", ["octahedral", "icosahedral"])
def test_character_tables_are_orthonormal(kind: str) -> None:
    sizes, rows = class_sizes(kind), table(kind)
    for a, b in itertools.product(rows, repeat=2):
        overlap = sum(s * x * y for s, x, y in zip(sizes, rows[a], rows[b], strict=True))
        assert overlap / sum(sizes) == pytest.approx(float(a == b), abs=1e-9)


def test_octahedral_classes_are_those_of_signed_permutations() -> None:
    traces: list[int] = []
    for order in itertools.permutations(range(3)):
        inversions = sum(order[i] > order[j] for i in range(3) for j in range(i + 1, 3))
        for signs in itertools.product((1, -1), repeat=3):
            if math.prod(signs) * (-1) ** inversions == 1:
                traces.append(sum(signs[i] for i in range(3) if order[i] == i))
    expected = [
        t
        for s, t in zip(class_sizes("octahedral"), table("octahedral")[1], strict=True)
        for _ in range(s)
    ]
    assert sorted(traces) == sorted(expected)


def spherical_character(l: int, turn: float) -> float:
    return sum(math.cos(m * turn) for m in range(-l, l + 1))


@pytest.mark.parametrize("l", range(5))
@pytest.mark.parametrize("parity", [1, -1])
@pytest.mark.parametrize("target", ["O(2)", "SO(2)", "C2", "C3", "C4", "D1", "D2", "D3", "D4"])
def test_restriction_to_the_plane_has_the_right_characters(
    l: int, parity: int, target: str
) -> None:
    o3, group = parse_group("O(3)"), parse_group(target)
    rep = Rep.of(irrep(o3, l, parity)).restrict(group)
    assert rep.group == group
    assert rep.dim == 2 * l + 1
    for turn, flip in planar_elements(group if group.finite else cyclic(7)):
        mirror = parity * spherical_character(l, math.pi)
        expected = mirror if flip else spherical_character(l, turn)
        found = sum(m * planar_character(i, turn, flip) for m, i in rep.terms)
        assert found == pytest.approx(expected, abs=1e-9)
    if group.name == "O(2)":
        mirrored = sum(m * planar_character(i, 0.0, True) for m, i in rep.terms)
        assert mirrored == parity * (-1) ** l


@pytest.mark.parametrize(
    ("group", "rep", "subgroup", "expected"),
    [
        ("E(3)", "2x0o + 1o", "SE(3)", "2x0 + 1x1"),
        ("SO(3)", "2", "SO(2)", "1xtrivial + 1xirrep(1) + 1xirrep(2)"),
        ("SO(3)", "2", "O", "1xirrep(-1) + 1xirrep(2)"),
        ("SO(3)", "3", "O", "1xirrep(1) + 1xirrep(-1) + 1xirrep(3)"),
        ("SO(3)", "3", "I", "1xirrep(3) + 1xirrep(4)"),
        ("O(3)", "1o + 1e", "O_h", "1xirrep(0,1) + 1xirrep(1,1)"),
        ("O_h", "irrep(1,2)", "O", "1xirrep(2)"),
        ("SO(2)", "irrep(3)", "C4", "1xirrep(1)"),
        ("SO(2)", "irrep(2)", "C4", "2xirrep(2)"),
        ("O(2)", "irrep(1,2)", "D4", "1xirrep(0,2) + 1xirrep(1,2)"),
        ("D4", "regular", "C4", "2xtrivial + 2xirrep(1) + 2xirrep(2)"),
        ("D4", "irrep(1,0)", "C4", "1xtrivial"),
        ("C8", "irrep(3)", "C4", "1xirrep(1)"),
        ("D4", "irrep(1,1)", "trivial", "2xtrivial"),
        ("C4", "irrep(1)", "C4", "1xirrep(1)"),
    ],
)
def test_restriction(group: str, rep: str, subgroup: str, expected: str) -> None:
    found = Rep.parse(rep, parse_group(group)).restrict(parse_group(subgroup))
    assert str(found) == expected


def test_restriction_needs_a_subgroup() -> None:
    with pytest.raises(InputError, match="not a subgroup"):
        Rep.parse("irrep(1)", parse_group("C4")).restrict(parse_group("C3"))


@pytest.mark.parametrize("group", FINITE, ids=str)
def test_vector_restricts_to_vector(group: Group) -> None:
    for other in FINITE:
        if other.n and other.n > 1 and group.n and group.contains(other):
            assert vector(group).restrict(other) == vector(other).simplify()
