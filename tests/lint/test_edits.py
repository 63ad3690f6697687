"""Edits of YAML and JSON text: what they change, what they leave, what they refuse."""

from __future__ import annotations

import copy
import difflib
import re
from collections.abc import Iterator
from typing import Any

import pytest
from cells import Cell, all_cells
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from styled import KEYS, SCALARS, TEXTS, VALUES, documents, json_documents

from equidesign.design.pipeline import design_architecture
from equidesign.lint.edits import CannotEditError, apply_edits, conflict
from equidesign.lint.finding import (
    AddKey,
    DeleteText,
    Edit,
    Place,
    RemoveKey,
    RenameKey,
    SetValue,
)
from equidesign.render.architecture import architecture_yaml
from equidesign.spec.request import request_from_data
from equidesign.spec.yamlio import KeyPath, load_text

CELLS = all_cells()[::40]
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]

TEXT = """\
# top
name: x   # a name
layers:   # the layers
  # first
  - kind: conv   # k
    in: {space: atoms, rep: 4x0e}   # in
    why: >-   # why
      some folded
      text

    out: [1, 2]
    # after first
  - kind: dense
    opts:
      # about a
      a: 1   # a
      # about b
      b: 2   # b
last: 'q'  # end"""

JSON = """\
{
  "a": 1,
  "b": {"c": [1, 2]},
  "d": {
    "e": "x"
  }
}
"""


def edited(text: str, *edits: Edit, source: str = "f.yaml") -> str:
    return apply_edits(text, load_text(text, source), edits)


def changed(text: str, *edits: Edit, source: str = "f.yaml") -> list[str]:
    """Return the lines that differ, as ``-old`` and ``+new``."""
    before, after = text.splitlines(), edited(text, *edits, source=source).splitlines()
    return [
        line
        for line in difflib.unified_diff(before, after, n=0, lineterm="")
        if not line.startswith(("---", "+++", "@@"))
    ]


def test_scalars_are_set_in_the_style_they_have() -> None:
    assert changed(TEXT, SetValue(("layers", 0, "in", "rep"), "4x0e, 1x1o")) == [
        "-    in: {space: atoms, rep: 4x0e}   # in",
        '+    in: {space: atoms, rep: "4x0e, 1x1o"}   # in',
    ]
    assert changed(TEXT, SetValue(("last",), "it's"), SetValue(("name",), "no")) == [
        "-name: x   # a name",
        '+name: "no"   # a name',
        "-last: 'q'  # end",
        "+last: 'it''s'  # end",
    ]
    assert changed(TEXT, SetValue(("layers", 0, "why"), "short")) == [
        "-    why: >-   # why",
        "-      some folded",
        "-      text",
        "+    why: short   # why",
    ]
    assert changed(TEXT, SetValue(("name",), "one\ntwo\n")) == [
        "-name: x   # a name",
        "+name: |   # a name",
        "+  one",
        "+  two",
    ]
    assert changed("a:\nb: {c, d: }\n", SetValue(("a",), 1), SetValue(("b", "c"), 2)) == [
        "-a:",
        "-b: {c, d: }",
        "+a: 1",
        "+b: {c: 2, d: }",
    ]


def test_lists_and_mappings_change_only_where_they_differ() -> None:
    assert changed(TEXT, SetValue(("layers", 0, "out"), [1, 2, 3])) == [
        "-    out: [1, 2]",
        "+    out: [1, 2, 3]",
    ]
    assert changed(TEXT, SetValue(("layers", 1, "opts"), {"b": 3, "c": {"d": 1}})) == [
        "-      a: 1   # a",
        "-      b: 2   # b",
        "+      b: 3   # b",
        "+      c:",
        "+        d: 1",
    ]
    block = "a:\n  - H  # one\n  # note\n  - C  # two\n  - N\n"
    assert edited(block, SetValue(("a",), ["H", "N", "O"])) == (
        "a:\n  - H  # one\n  # note\n  - N\n  - O\n"
    )
    assert edited(block, SetValue(("a",), "all")) == "a: all\n"
    assert edited("a:  # x\n  # y\n  - 1\n", SetValue(("a",), [])) == "a: []  # x\n  # y\n"


def test_a_value_becomes_a_block_below_its_key() -> None:
    assert edited("a: 1  # x\nb: 2", SetValue(("a",), {"c": {"d": 1}})) == (
        "a:  # x\n  c:\n    d: 1\nb: 2"
    )
    assert edited("a:\n  - 1  # x\n", SetValue(("a", 0), {"c": 1, "d": 2})) == (
        "a:\n  - c: 1  # x\n    d: 2\n"
    )
    assert edited("a:\n  - 'x'\n  -\n    1 # x\n", SetValue(("a", 1), {"c": 1, "d": 2})) == (
        "a:\n  - 'x'\n  - c: 1\n    # x\n    d: 2\n"
    )


def test_keys_are_renamed_in_their_quotes() -> None:
    assert changed(TEXT, RenameKey(("layers", 0, "in"), "from"), RenameKey(("layers",), "no")) == [
        "-layers:   # the layers",
        '+"no":   # the layers',
        "-    in: {space: atoms, rep: 4x0e}   # in",
        "+    from: {space: atoms, rep: 4x0e}   # in",
    ]
    assert edited("{'a': 1, \"b\": 2, c: 3}", *(RenameKey((x,), f"{x}'") for x in "abc")) == (
        "{'a''': 1, \"b'\": 2, c': 3}"
    )


def test_keys_are_removed_with_the_comment_beside_them() -> None:
    assert changed(TEXT, RemoveKey(("layers", 0, "kind"))) == [
        "-  - kind: conv   # k",
        "-    in: {space: atoms, rep: 4x0e}   # in",
        "+  - in: {space: atoms, rep: 4x0e}   # in",
    ]
    assert changed(TEXT, RemoveKey(("layers", 0, "why")), RemoveKey(("last",))) == [
        "-    why: >-   # why",
        "-      some folded",
        "-      text",
        "-last: 'q'  # end",
    ]
    assert changed(TEXT, *(RemoveKey(("layers", 1, "opts", key)) for key in "ab")) == [
        "-    opts:",
        "+    opts: {}",
        "-      a: 1   # a",
        "-      b: 2   # b",
    ]
    assert not edited(TEXT, RemoveKey(("last",))).endswith("\n")
    assert edited("a: 1\n", RemoveKey(("a",))) == "{}\n"
    assert edited("a:\n- b: 1\n  # note\n  c: 2\n", RemoveKey(("a", 0, "b"))) == (
        "a:\n-\n  # note\n  c: 2\n"
    )


@pytest.mark.parametrize(
    ("text", "path", "result"),
    [
        ("a: {b: 1, c: 2}\n", ("a", "b"), "a: {c: 2}\n"),
        ("a: {b: 1, c: 2}\n", ("a", "c"), "a: {b: 1}\n"),
        ("a: {b: 1}\n", ("a", "b"), "a: {}\n"),
        ("a: [1, 2 , 3]\n", ("a", 1), "a: [1, 3]\n"),
        ("a: [\n  1,  # x\n  2  # y\n]\n", ("a", 1), "a: [\n  1  # x\n]\n"),
        ("a: [\n  1,  # x\n  2  # y\n]\n", ("a", 0), "a: [\n  2  # y\n]\n"),
        ("a: [\n  1,\n  2]\n", ("a", 1), "a: [\n  1]\n"),
        ("a: [\n  1,  # x\n  2]\n", ("a", 1), "a: [\n  1  # x\n  ]\n"),
        ("a: [1,\n  2]\n", ("a", 0), "a: [\n  2]\n"),
    ],
)
def test_removal_in_brackets(text: str, path: KeyPath, result: str) -> None:
    assert edited(text, RemoveKey(path)) == result


def test_keys_are_added_behind_their_siblings() -> None:
    edits = (
        AddKey(("layers", 0), "q", {"a": [1, 2]}),
        AddKey((), "r", "x: y"),
        AddKey((), "in", {"space": "x"}),
        AddKey(("layers", 0, "in"), "q", None),
    )
    assert changed(TEXT, *edits) == [
        "-    in: {space: atoms, rep: 4x0e}   # in",
        "+    in: {space: atoms, rep: 4x0e, q: null}   # in",
        "+    q:",
        "+      a: [1, 2]",
        '+r: "x: y"',
        "+in: {space: x}",
    ]
    assert edited("a: {}\nb: 1", AddKey(("a",), "c", [1]), AddKey((), "d", 2)) == (
        "a: {c: [1]}\nb: 1\nd: 2"
    )
    assert edited('{"a": 1,\n "b": 2}', AddKey((), "c", "x")) == '{"a": 1,\n "b": 2, "c": "x"}'
    assert edited("a: [{\n  b: 1,  # x\n  c: 2,\n}]\n", AddKey(("a", 0), "d", 3)) == (
        "a: [{\n  b: 1,  # x\n  c: 2,\n  d: 3,\n}]\n"
    )


def test_a_value_without_its_key_is_added() -> None:
    assert edited("a: {b: 1}\n", SetValue(("a", "c"), 2), SetValue(("d",), [3])) == (
        "a: {b: 1, c: 2}\nd: [3]\n"
    )


def test_json_stays_json() -> None:
    long = "y" * 90
    edits = (
        AddKey((), "f", {"g": long, "h": [1, 2]}),
        AddKey(("d",), "z", None),
        AddKey(("b",), "é", 1.5e-7),
        SetValue(("b", "c"), [2, "x\x7f"]),
        RemoveKey(("a",)),
    )
    result = edited(JSON, *edits, source="f.json")
    assert result == (
        '{\n  "b": {"c": [2, "x\\u007f"], "é": 1.5e-07},\n  "d": {\n    "e": "x",\n    "z": null\n  },\n'
        f'  "f": {{\n    "g": "{long}",\n    "h": [1, 2]\n  }}\n}}\n'
    )
    assert edited(JSON, RemoveKey(("d",)), source="f.json") == (
        '{\n  "a": 1,\n  "b": {"c": [1, 2]}\n}\n'
    )
    pairs = r'{"\ud83d\ude00": "\ud83d\ude00", "b": 1, "c": "\ud83d\ude00"}'
    assert edited(pairs, SetValue(("b",), "😀"), RemoveKey(("😀",)), source="f.json") == (
        r'{"b": "😀", "c": "\ud83d\ude00"}'
    )


def test_text_is_deleted_with_the_line_it_leaves_empty() -> None:
    deletions = (
        DeleteText(Place(1, 1, 1, 6)),
        DeleteText(Place(2, 8, 2, 19)),
        DeleteText(Place(12, 5, 12, 18)),
        DeleteText(Place(19, 12, 19, 17)),
        SetValue(("name",), "z"),
        RemoveKey(("layers", 0, "out")),
    )
    assert changed(TEXT, *deletions) == [
        "-# top",
        "-name: x   # a name",
        "+name: z",
        "-    out: [1, 2]",
        "-    # after first",
        "-last: 'q'  # end",
        "+last: 'q'",
    ]
    assert edited("a: 1 # one two\n", DeleteText(Place(1, 8, 1, 12))) == "a: 1 # two\n"
    assert edited("a: 1\n# x", DeleteText(Place(2, 1, 2, 4))) == "a: 1"


@pytest.mark.parametrize("place", [(2, 7, 2, 8), (2, 1, 2, 3), (30, 1, 30, 2), (2, 9, 2, 4)])
def test_text_that_is_a_value_is_not_deleted(place: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match=r"delete|place|before"):
        edited(TEXT, DeleteText(Place(*place)))


@pytest.mark.parametrize(
    "edits",
    [
        (SetValue(("name",), 1), SetValue(("name",), 2)),
        (SetValue(("layers",), 1), SetValue(("layers", 0, "out"), 2)),
        (SetValue(("layers",), 1), AddKey(("layers", 0), "x", 2)),
        (RemoveKey(("layers", 0)), RenameKey(("layers", 0, "in"), "x")),
        (RemoveKey(("name",)), RenameKey(("name",), "x")),
        (RemoveKey(("name",)), RemoveKey(("name",))),
        (RenameKey(("name",), "x"), RenameKey(("name",), "y")),
        (RenameKey(("name",), "x"), AddKey((), "x", 1)),
        (AddKey((), "x", 1), AddKey((), "x", 1)),
        (DeleteText(Place(1, 1, 1, 6)), DeleteText(Place(1, 3, 1, 4))),
    ],
)
def test_overlapping_edits_are_refused(edits: tuple[Edit, Edit]) -> None:
    assert conflict(*edits)
    assert conflict(*reversed(edits))
    for order in (edits, edits[::-1]):
        with pytest.raises(ValueError, match="overlap"):
            edited(TEXT, *order)


@pytest.mark.parametrize(
    "edit",
    [
        SetValue(("absent", "key"), 1),
        SetValue(("layers", 7), 1),
        SetValue(("layers", "x"), 1),
        SetValue(("name", "x"), 1),
        SetValue((), {}),
        SetValue(("name",), float("nan")),
        SetValue(("name",), "\ud800"),
        RemoveKey(("absent",)),
        RemoveKey(()),
        RenameKey(("absent",), "x"),
        RenameKey(("layers", 0), "x"),
        RenameKey(("name",), "last"),
        AddKey((), "name", 1),
        AddKey(("layers",), "x", 1),
        AddKey(("absent",), "x", 1),
    ],
)
def test_mistakes_of_the_caller(edit: Edit) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        edited(TEXT, edit)


def test_paths_are_those_of_the_text_before_any_edit() -> None:
    text = "a:\n  - x: 1\n  - y: {p: 1}\nb: 1\nc: 2\nd: 3\n"
    edits = [
        RenameKey(("a",), "z"),
        RemoveKey(("a", 0)),
        RenameKey(("a", 1, "y"), "q"),
        SetValue(("a", 1, "y", "p"), 5),
        AddKey(("a", 1), "m", 1),
        RenameKey(("c",), "d"),
        RemoveKey(("d",)),
        RemoveKey(("b",)),
        AddKey((), "b", 7),
    ]
    result = "z:\n  - q: {p: 5}\n    m: 1\nd: 2\nb: 7\n"
    assert edited(text, *edits) == edited(text, *reversed(edits)) == result


ALIASES = "a: &x {b: 1}\nc: *x\nd: [*x, 2]\ne: &y 3\n"


def test_what_stands_behind_an_alias_is_not_changed() -> None:
    for edit in (
        SetValue(("c", "b"), 2),
        SetValue(("a", "b"), 2),
        RemoveKey(("a",)),
        AddKey(("c",), "z", 1),
        RenameKey(("d", 0, "b"), "z"),
    ):
        with pytest.raises(CannotEditError):
            edited(ALIASES, edit)
    assert edited(ALIASES, SetValue(("c",), 2), SetValue(("e",), 4)) == (
        "a: &x {b: 1}\nc: 2\nd: [*x, 2]\ne: 4\n"
    )
    assert edited(ALIASES, RemoveKey(("d", 0)), AddKey((), "f", 1)) == (
        "a: &x {b: 1}\nc: *x\nd: [2]\ne: &y 3\nf: 1\n"
    )
    assert edited(ALIASES, SetValue(("c",), {"b": 2})) == ALIASES.replace("c: *x", "c: {b: 2}")


# --- any edit of any text --------------------------------------------------------------------------


def paths(data: Any, path: KeyPath = ()) -> Iterator[KeyPath]:
    if path:
        yield path
    if not isinstance(data, dict | list):
        return
    for step, value in data.items() if isinstance(data, dict) else enumerate(data):
        yield from paths(value, (*path, step))


def at(data: Any, path: KeyPath) -> Any:
    for step in path:
        data = data[step]
    return data


def rename(parent: dict[str, Any], old: str, new: str) -> None:
    renamed = {new if key == old else key: value for key, value in parent.items()}
    parent.clear()
    parent.update(renamed)


@st.composite
def edits_of(draw: st.DrawFn, data: Any) -> tuple[Edit, Any]:
    """Draw an edit of data, and the data after it."""
    wanted = copy.deepcopy(data)
    path = draw(st.sampled_from(list(paths(data))))
    parent, old = at(wanted, path[:-1]), at(data, path)
    sorts = ["set", "alter", "remove", *(["rename", "add"] if isinstance(parent, dict) else [])]
    sort = draw(st.sampled_from(sorts))
    if sort == "remove":
        del parent[path[-1]]
        return RemoveKey(path), wanted
    if sort in ("rename", "add"):
        name = draw(KEYS.filter(lambda key: key not in parent))
        if sort == "rename":
            rename(parent, str(path[-1]), name)
            return RenameKey(path, name), wanted
        parent[name] = draw(VALUES)
        return AddKey(path[:-1], name, copy.deepcopy(parent[name])), wanted
    value = draw(VALUES)
    if sort == "alter" and isinstance(old, list):
        kept = [each for each in old if draw(st.booleans())]
        value = kept + draw(st.lists(SCALARS, max_size=2))
    elif sort == "alter" and isinstance(old, dict):
        kept_keys = [key for key in old if draw(st.booleans())]
        value = {key: draw(st.sampled_from([old[key], None, "x: y"])) for key in kept_keys}
        value |= draw(st.dictionaries(KEYS, VALUES, max_size=1))
    elif sort == "alter":
        value = draw(TEXTS)
    parent[path[-1]] = value
    return SetValue(path, value), wanted


def lines_of(text: str) -> list[str]:
    return re.split("\r\n|[\n\r\x85\u2028\u2029]", text)


def touched(text: str, source: str, edit: Edit) -> tuple[int, int]:
    """Return the first and the last line (from 0) that an edit may change."""
    document = load_text(text, source)
    assert document.root is not None
    path = (*edit.parent, edit.name) if isinstance(edit, AddKey) else edit.path
    node = document.root
    chain = [node]
    for step in path if not isinstance(edit, AddKey) else edit.parent:
        node = node.value[step]
        chain.append(node)

    def last(of: Any) -> int:
        return int(of.end_line - (of.end_line > of.line and of.end_column == 1))

    if isinstance(edit, AddKey):
        entries = list(node.value.values())
        return (last(entries[-1]) if entries else node.line) - 1, last(node) - 1
    parent = chain[-2]
    entries = list(parent.value.values() if isinstance(parent.value, dict) else parent.value)
    index = next(at for at, each in enumerate(entries) if each is node)
    first = last(entries[index - 1]) if index else parent.line
    if isinstance(path[-1], str) and not parent.flow:
        first = parent.keys[path[-1]][0]
    end = last(node)
    if len(entries) == 1 and isinstance(edit, RemoveKey):
        first = min(first, parent.line)
        if len(path) > 1:
            grand = chain[-3]
            key = path[-2]
            first = min(first, grand.keys[key][0] if isinstance(key, str) else grand.line)
    if index + 1 < len(entries) and (parent.flow or not index):
        following = entries[index + 1]
        end = max(end, following.line)
        if isinstance(parent.value, dict):
            end = max(last(node), parent.keys[list(parent.value)[index + 1]][0])
    elif parent.flow:
        end = max(end, last(parent))
    return first - 1, end - 1


def check(text: str, source: str, edit: Edit, wanted: Any) -> None:
    result = apply_edits(text, load_text(text, source), [edit])
    assert repr(load_text(result, source).data) == repr(wanted)
    assert result.startswith("\ufeff") == text.startswith("\ufeff")
    if "\n" in text:
        assert ("\r\n" in text) == ("\r\n" in result) or "\n" not in result
    first, last = touched(text, source, edit)
    before, after = lines_of(text), lines_of(result)
    tail = before[last + 1 :]
    assert after[:first] == before[:first]
    assert not tail or after[-len(tail) :] == tail
    assert text.endswith("\n") == result.endswith("\n")


@seed(1)
@settings(max_examples=600, deadline=None, suppress_health_check=SLOW, database=None)
@given(documents(), st.data())
def test_any_edit_of_any_yaml(drawn: tuple[dict[str, Any], str], draws: st.DataObject) -> None:
    data, text = drawn
    check(text, "f.yaml", *draws.draw(edits_of(data)))


@seed(2)
@settings(max_examples=300, deadline=None, suppress_health_check=SLOW, database=None)
@given(json_documents(), st.data())
def test_any_edit_of_any_json(drawn: tuple[dict[str, Any], str], draws: st.DataObject) -> None:
    data, text = drawn
    check(text, "f.json", *draws.draw(edits_of(data)))


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.id)
def test_any_edit_of_a_specification(cell: Cell) -> None:
    text = architecture_yaml(design_architecture(request_from_data(cell.request())).specification)
    data = load_text(text, "architecture.yaml").data

    @seed(3)
    @settings(max_examples=15, deadline=None, suppress_health_check=SLOW, database=None)
    @given(st.data())
    def run(draws: st.DataObject) -> None:
        check(text, "architecture.yaml", *draws.draw(edits_of(data)))

    run()


@seed(4)
@settings(max_examples=150, deadline=None, suppress_health_check=SLOW, database=None)
@given(documents(), st.data())
def test_several_edits_are_one_after_another(
    drawn: tuple[dict[str, Any], str], draws: st.DataObject
) -> None:
    """What does not overlap can be made together: each edit does what it does alone."""
    data, text = drawn
    edits = [draws.draw(edits_of(data))[0] for _ in range(3)]
    kept: list[Edit] = []
    for edit in edits:
        if not any(conflict(edit, each) for each in kept) and not isinstance(edit, AddKey):
            kept.append(edit)
    wanted = copy.deepcopy(data)
    removed: Any = object()
    for edit in kept:
        if isinstance(edit, SetValue):
            at(wanted, edit.path[:-1])[edit.path[-1]] = copy.deepcopy(edit.value)
        elif isinstance(edit, RemoveKey):
            at(wanted, edit.path[:-1])[edit.path[-1]] = removed
    for edit in sorted(kept, key=lambda each: -len(each.path)):  # type: ignore[union-attr]
        if isinstance(edit, RenameKey):
            parent = at(wanted, edit.path[:-1])
            if edit.name in parent:
                return
            rename(parent, str(edit.path[-1]), edit.name)

    def without(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: without(each) for key, each in value.items() if each is not removed}
        if isinstance(value, list):
            return [without(each) for each in value if each is not removed]
        return value

    result = apply_edits(text, load_text(text, "f.yaml"), kept)
    assert repr(load_text(result, "f.yaml").data) == repr(without(wanted))
