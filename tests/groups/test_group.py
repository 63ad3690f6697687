"""Facts of groups and the order among them, over the whole catalogue."""

from __future__ import annotations

import itertools
import math

import pytest
import yaml

from equidesign.groups import Group, known_groups, parse_group
from equidesign.groups.catalogue import custom, direct_product

GROUPS = known_groups()


@pytest.mark.parametrize("group", GROUPS, ids=str)
def test_facts_agree_with_each_other(group: Group) -> None:
    assert group.title
    if group.order is not None:
        assert group.finite
    if group.finite:
        assert group.compact
        assert group.dimension == 0
        assert group.connected == (group.order == 1)
    if group.dimension and group.connected:
        assert not group.finite
    if group.reflections:
        assert not group.connected
    if group.translations and group.kind != "cyclic_translation" and not group.finite:
        assert not group.compact or "Z_n" in group.name
    assert bool(group.factors) == (group.kind == "product")


@pytest.mark.parametrize("group", GROUPS, ids=str)
def test_facts_are_plain_data(group: Group) -> None:
    facts = group.facts()
    assert yaml.safe_load(yaml.safe_dump(facts)) == facts
    assert len(facts["subgroups"]) <= 8  # type: ignore[arg-type]
    for name in facts["subgroups"]:  # type: ignore[attr-defined]
        other = parse_group(name)
        assert group.contains(other)
        assert other != group


@pytest.mark.parametrize(
    ("text", "dimension", "order"),
    [
        ("SE(3)", 6, None),
        ("E(3) x S_n", 6, None),
        ("O(3)", 3, None),
        ("SO(2)", 1, None),
        ("SE(2)", 3, None),
        ("T(2)", 2, None),
        ("SO(4)", 6, None),
        ("SO(1,3)", 6, None),
        ("Sp(4)", 10, None),
        ("SU(3)", 8, None),
        ("SO(n)", None, None),
        ("C4", 0, 4),
        ("D8", 0, 16),
        ("O", 0, 24),
        ("O_h", 0, 48),
        ("I", 0, 60),
        ("S_5", 0, 120),
        ("S_5 x D4", 0, 960),
        ("S_n", 0, None),
        ("S_1000", 0, None),
    ],
)
def test_dimension_and_order(text: str, dimension: int | None, order: int | None) -> None:
    group = parse_group(text)
    assert (group.dimension, group.order) == (dimension, order)


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("E(3)", "O(3)"),
        ("SE(3)", "SO(3)"),
        ("E(3) x S_n", "O(3)"),
        ("SO(3) x S_n", "SO(3)"),
        ("C4", "C4"),
        ("SE(2)", "SO(2)"),
        ("E(2)", "O(2)"),
        ("S_n", "trivial"),
        ("S_n x S_m", "trivial"),
        ("T(2)", "trivial"),
        ("Z_n", "trivial"),
        ("D1 x Z_n", "D1"),
        ("E(1)", "D1"),
        ("Sp(4)", "Sp(4)"),
        ("custom", "custom"),
    ],
)
def test_point_group(text: str, point: str) -> None:
    assert parse_group(text).point_group.name == point


def test_permutations_and_the_rest() -> None:
    group = parse_group("E(3) x S_n")
    assert group.has_permutations
    assert group.geometric.name == "E(3)"
    assert not parse_group("E(3)").has_permutations
    assert parse_group("S_n x S_m").geometric.name == "trivial"


def test_contains_is_a_partial_order() -> None:
    for a in GROUPS:
        assert a.contains(a)
        assert a.contains(parse_group("trivial"))
    for a, b in itertools.permutations(GROUPS, 2):
        assert not (a.contains(b) and b.contains(a)), (a.name, b.name)
    below = {a.name: {b.name for b in GROUPS if a.contains(b)} for a in GROUPS}
    for a, b in itertools.product(below, repeat=2):
        if b in below[a]:
            assert below[b] <= below[a], (a, b)


def test_a_subgroup_is_no_larger() -> None:
    for a, b in itertools.product(GROUPS, repeat=2):
        if not a.contains(b):
            continue
        if a.order is not None and b.order is not None:
            assert a.order % b.order == 0, "Lagrange"
        if a.dimension is not None and b.dimension is not None:
            assert b.dimension <= a.dimension
        for fact in ("finite", "compact", "abelian"):
            if getattr(a, fact) and a.kind != "custom":
                assert getattr(b, fact), (a.name, b.name, fact)
        assert a.translations or not b.translations or "Z_n" in b.name
        assert a.reflections or not b.reflections


@pytest.mark.parametrize(
    "chain",
    [
        "C2 < C4 < D4 < O(2) < E(2) < E(3) < E(3) x S_n",
        "C3 < C6 < SO(2) < SO(3) < SE(3) < E(3)",
        "SO(3) < O(3) < E(3)",
        "O < SO(3)",
        "O < O_h < O(3)",
        "I < SO(3)",
        "T(1) < T(2) < SE(2) < E(2)",
        "S_5 < S_n < E(3) x S_n",
        "S_5 < S_7",
        "SE(3) x S_n < E(3) x S_n",
        "S_n < S_n x S_m",
        "SO(3) < SO(1,3) < O(1,3)",
        "SO(3) < SO(4) < SO(n) < O(n)",
        "SO(3) < SU(3)",
        "D1 < D4 < O_h",
        "C5 < I",
    ],
)
def test_chains(chain: str) -> None:
    groups = [parse_group(text) for text in chain.split(" < ")]
    for small, big in itertools.combinations(groups, 2):
        assert big.contains(small), (small.name, big.name)
        assert not small.contains(big), (small.name, big.name)


@pytest.mark.parametrize(
    ("big", "small"),
    [
        ("C4", "C3"),
        ("SO(3)", "D4"),
        ("SO(3)", "O(2)"),
        ("SE(3)", "O(3)"),
        ("O(3)", "T(1)"),
        ("SO(2)", "SO(3)"),
        ("O", "O_h"),
        ("O_h", "I"),
        ("O", "C6"),
        ("E(3)", "S_n"),
        ("S_n", "S_n x S_m"),
        ("S_5", "S_n"),
        ("E(3) x S_n", "E(3) x S_n x S_m"),
        ("custom", "C4"),
    ],
)
def test_not_contained(big: str, small: str) -> None:
    assert not parse_group(big).contains(parse_group(small))


def test_product_facts() -> None:
    group = direct_product([parse_group("C4"), parse_group("S_5")])
    assert group.order == 4 * math.factorial(5)
    assert group.finite
    assert not group.abelian


def test_custom_size_is_kept() -> None:
    assert custom(3).n == 3
    assert custom(3) != custom()


def test_nothing_is_claimed_of_a_custom_group() -> None:
    facts = parse_group("custom").facts()
    assert facts["finite"] is None
    assert facts["reflections"] is None
    assert parse_group("custom x S_n").facts()["abelian"] is None
    assert parse_group("C4").facts()["finite"] is True
