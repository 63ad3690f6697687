"""Which layer is which: renamed, inserted, removed and moved layers."""

from __future__ import annotations

import random
from typing import Any

import pytest

from equidesign.comparison import align as alignment
from equidesign.comparison.align import Pair, align
from equidesign.spec.layer import Layer


def layer(name: str, kind: str = "a", rep: str = "1x0e", **more: Any) -> Layer:
    field = {"space": "atoms", "rep": rep}
    return Layer.model_validate({"name": name, "kind": kind, "in": field, "out": field, **more})


def pairs(before: list[Layer], after: list[Layer]) -> list[tuple[str, str, bool]]:
    found = align(before, after)
    assert [pair.swapped() for pair in found] == [*align(after, before)]
    return [
        (
            "" if pair.before is None else before[pair.before].name,
            "" if pair.after is None else after[pair.after].name,
            pair.moved,
        )
        for pair in found
    ]


def chain(*names: str) -> list[Layer]:
    return [layer(name) for name in names]


def test_the_same_layers() -> None:
    assert align(chain("x", "y"), chain("x", "y")) == (Pair(0, 0), Pair(1, 1))
    assert align([], []) == ()


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (["x", "y"], ["x", "n", "y"], [("x", "x", False), ("", "n", False), ("y", "y", False)]),
        (["x", "n", "y"], ["x", "y"], [("x", "x", False), ("n", "", False), ("y", "y", False)]),
        (["x", "y", "z"], ["x", "q", "z"], [("x", "x", False), ("y", "q", False), ("z", "z", False)]),
        (["x", "y", "z", "u"], ["z", "x", "y", "u"],
         [("z", "z", True), ("x", "x", False), ("y", "y", False), ("u", "u", False)]),
        ([], ["x"], [("", "x", False)]),
    ],
)  # fmt: skip
def test_inserted_removed_renamed_and_moved(
    before: list[str], after: list[str], expected: list[tuple[str, str, bool]]
) -> None:
    assert sorted(pairs(chain(*before), chain(*after))) == sorted(expected)


def test_insertions_stand_between_their_neighbours() -> None:
    names = [f"n{i}" for i in range(9)]
    found = pairs(chain("x", "y"), [layer("x"), *(layer(n, "b") for n in names), layer("y")])
    assert [after for _, after, _ in found] == ["x", *names, "y"]


def test_a_renamed_layer_is_the_one_that_is_most_alike() -> None:
    before = [layer("first", rep="8x0e"), layer("second", rep="16x0e")]
    after = [layer("one", rep="32x0e"), layer("two", rep="8x0e"), layer("three", rep="16x0e")]
    assert pairs(before, after) == [
        ("", "one", False),
        ("first", "two", False),
        ("second", "three", False),
    ]


def test_kinds_are_not_mixed_unless_the_name_says_so() -> None:
    assert pairs([layer("x", "a")], [layer("y", "b")]) in (
        [("x", "", False), ("", "y", False)],
        [("", "y", False), ("x", "", False)],
    )
    assert pairs([layer("x", "a")], [layer("x", "b")]) == [("x", "x", False)]


def test_a_layer_that_is_moved_and_renamed_is_found_by_its_content() -> None:
    norm = {"kind": "norm", "options": {"eps": 3}}
    before = [layer("norm", **norm), layer("x"), layer("y")]
    after = [layer("x"), layer("y"), layer("normal", **norm)]
    assert ("norm", "normal", True) in pairs(before, after)


def test_two_layers_of_one_name() -> None:
    assert len(pairs(chain("x", "x"), chain("x"))) == 2


def test_random_edits_are_paired_completely_and_symmetrically() -> None:
    pick = random.Random(7)
    for _ in range(300):
        before = [
            layer(f"l{i}", pick.choice("abc"), pick.choice(["1x0e", "2x0e"])) for i in range(8)
        ]
        after = [one for one in before if pick.random() < 0.8]
        for number in range(pick.randrange(3)):
            after.insert(pick.randrange(len(after) + 1), layer(f"new{number}", pick.choice("abc")))
        if len(after) > 2 and pick.random() < 0.5:
            after.insert(0, after.pop(pick.randrange(len(after))))
        found = pairs(before, after)
        assert sorted(a for a, _, _ in found if a) == sorted(one.name for one in before)
        assert sorted(b for _, b, _ in found if b) == sorted(one.name for one in after)
        common = {one.name for one in before} & {one.name for one in after}
        assert all(a == b for a, b, _ in found if a in common or b in common)


def test_what_moved_is_as_little_as_possible() -> None:
    names = [f"l{i}" for i in range(20)]
    found = pairs(chain(*names), chain(names[10], *names[:10], *names[11:]))
    assert [a for a, _, moved in found if moved] == ["l10"]


def test_many_renamed_layers_are_aligned_by_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    before = [layer(f"a{i}", "ab"[i % 2]) for i in range(40)]
    after = [layer(f"b{i}", "ab"[i % 2]) for i in range(42)]
    monkeypatch.setattr(alignment, "MAX_CELLS", 100)
    found = align(before, after)
    assert sum(pair.before is not None and pair.after is not None for pair in found) == 40
    assert [pair.swapped() for pair in found] == [*align(after, before)]


def test_long_pipelines_are_not_compared_layer_by_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def similarity(one: Layer, other: Layer) -> int:
        asked.append(one.name)
        return 4 * (one.kind == other.kind)

    monkeypatch.setattr(alignment, "similarity", similarity)
    before = [layer(f"a{i}", "ab"[i % 2]) for i in range(1000)]
    after = [layer(f"b{i}", "ab"[i % 2]) for i in range(1000)]
    assert len(align(before, after)) == 1000
    assert len(asked) <= alignment.MAX_CELLS
