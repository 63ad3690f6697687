"""Lost and gained symmetries of any two groups, and what is said about them."""

from __future__ import annotations

import itertools

import pytest

from equidesign.comparison.symmetry import Part, Relation, compare_groups, parts_of
from equidesign.groups.group import Group
from equidesign.groups.names import known_groups, parse_group
from equidesign.report.symmetry_words import Setting, symmetry_words

MORE = (
    "C5",
    "C12",
    "D5",
    "D12",
    "SO(4)",
    "O(4)",
    "E(4)",
    "Sp(6)",
    "SU(2)",
    "SO(1,4)",
    "S_7",
    "T(4)",
)
MORE += ("S_n x S_m x S_k", "SE(2) x S_n", "C4 x S_n", "O_h x S_n", "Z_n", "SO(3) x Z_n")
GROUPS = tuple(dict.fromkeys((*known_groups(), *map(parse_group, MORE))))


def words(before: str, after: str, **setting: object) -> list[tuple[str, str]]:
    where = Setting(**setting)  # type: ignore[arg-type]
    change = compare_groups(parse_group(before), parse_group(after))
    return [*symmetry_words(change, where, where)]


@pytest.mark.parametrize("before", GROUPS, ids=str)
def test_nothing_is_lost_exactly_when_the_other_group_contains_it(before: Group) -> None:
    for after in GROUPS:
        change = compare_groups(before, after)
        assert (not change.lost) == after.contains(before), after
        assert compare_groups(after, before) == change.swapped()
        assert (change.relation is Relation.same) == (before == after)
        if all(part.kind != "custom" for part in (*before.parts, *after.parts)):
            assert change.swapped().relation is change.relation.swapped()


@pytest.mark.parametrize(("before", "after"), [*itertools.permutations(GROUPS[:45:3], 2)], ids=str)
def test_every_difference_is_said_and_said_the_other_way_round(before: Group, after: Group) -> None:
    where = Setting()
    change = compare_groups(before, after)
    signs = [sign for sign, text in symmetry_words(change, where, where) if text]
    again = [sign for sign, text in symmetry_words(change.swapped(), where, where) if text]
    assert signs
    assert sorted(again) == sorted({"-": "+", "+": "-"}.get(sign, sign) for sign in signs)


def test_parts_of_a_group() -> None:
    parts = parts_of(parse_group("E(3) x S_n"))
    assert {part: group.name for part, group in parts.items()} == {
        Part.turns: "SO(3)",
        Part.mirrors: "D1",
        Part.shifts: "T(3)",
        Part.orders: "S_n",
    }
    assert parts_of(parse_group("trivial")) == {}


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("O(3)", "SO(3)", ["mirror images are told apart: chirality is no longer ignored"]),
        ("SO(3)", "O(3)", ["mirror images get the same answer", "chirality is ignored"]),
        ("C4", "C8", ["turns by 45° are built in as well"]),
        ("C8", "C4", ["turns by 45° are no longer built in: turns by multiples of 90° remain"]),
        ("C4", "C6", ["turns by multiples of 90° are no longer built in; of them half turns remain",
                      "turns by 60° are built in as well"]),
        ("SE(3)", "SO(3)", ["shifts are no longer ignored"]),
        ("SO(2)", "C8", ["of turns by any angle only turns by multiples of 45° remain",
                         "the group is finite now"]),
        ("C8", "SO(2)", ["turns by any angle", "the group is continuous now"]),
        ("SE(3)", "SE(2)", ["only turns about one axis by any angle remain: that axis is special now"]),
        ("SO(2)", "SO(3)", ["about every axis: no axis is special any more"]),
        ("SO(3)", "O", ["only the 24 turns of the cube remain", "finite"]),
        ("O", "I", ["the 24 turns of the cube are no longer built in",
                    "the 60 turns of the icosahedron are built in"]),
        ("E(3) x S_n", "E(3)", ["the order of the elements is no longer ignored"]),
        ("S_n", "S_n x S_m", ["reorderings along 2 axes are ignored, not only"]),
        ("S_n", "S_7", ["reorderings of 7 elements still are"]),
        ("SO(1,3)", "SO(3)", ["of Lorentz transformations only turns in space remain"]),
        ("Sp(4)", "SU(3)", ["symplectic maps", "unitary maps"]),
        ("trivial", "T(2)", ["shifts are ignored"]),
        ("D4", "trivial", ["turns by multiples of 90° are no longer built in", "mirror images"]),
    ],
)  # fmt: skip
def test_words(before: str, after: str, said: list[str]) -> None:
    text = " | ".join(text for _, text in words(before, after))
    for part in said:
        assert part in text


def test_words_depend_on_what_the_output_does_and_where_the_data_live() -> None:
    assert words("O(3)", "SO(3)", invariant=False) == [
        ("-", "a mirrored input need not give the mirrored answer: chirality is no longer ignored")
    ]
    assert "handedness" in words("D4", "C4", dimension=2)[0][1]
    assert "direction" in words("Z_n x D1", "Z_n", dimension=1)[0][1]
    assert "order of the atoms" in words("E(3) x S_n", "E(3)", domain="molecules")[0][1]
    resampled = words("C4", "C8", dimension=2, domain="images")[0][1]
    assert "on pixels they are exact only up to resampling" in resampled
    assert "resampling" not in words("C2", "C4", dimension=2, domain="images")[0][1]
    assert "resampling" in words("C4", "SO(2)", dimension=2, domain="images")[0][1]


def test_what_the_domain_brings_along_is_not_lost() -> None:
    both = frozenset({Part.shifts, Part.orders})
    change = compare_groups(parse_group("SE(3) x S_n"), parse_group("SO(3)"), (both, both))
    assert change.relation is Relation.same
    where = Setting(domain="molecules")
    said = dict(reversed(pair) for pair in symmetry_words(change, where, where))  # type: ignore[misc]
    assert set(said.values()) == {"="}
    assert any("relative positions ignore them all the same" in text for text in said)
    # What the first side has by its domain and the second declares is no gain either.
    assert compare_groups(parse_group("SO(3)"), parse_group("SE(3)"), (both, both)).relation is (
        Relation.same
    )


def test_groups_that_cannot_be_read_and_custom_ones_are_not_compared_by_name() -> None:
    assert compare_groups(None, parse_group("C4")).relation is Relation.unknown
    assert compare_groups(parse_group("custom"), parse_group("C4")).relation is Relation.unknown
    assert words("custom", "C4")[-1][0] == "~"
    assert not words("C4", "C4")
