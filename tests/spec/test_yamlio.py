"""Reading YAML: places, the dialect, and everything that a hostile file may hold."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from equidesign.errors import InputError
from equidesign.spec import yamlio
from equidesign.spec.yamlio import KeyPath, load_file, load_text, load_value

TEXT = """\
name: x
data:
  domain: molecules
  species: [H, C]
  more:
    - a: 1
      b: 2
"""


@pytest.mark.parametrize(
    ("path", "value", "key"),
    [
        ((), "1:1", "1:1"),
        (("name",), "1:7", "1:1"),
        (("data",), "3:3", "2:1"),
        (("data", "domain"), "3:11", "3:3"),
        (("data", "species", 1), "4:16", "4:16"),
        (("data", "more", 0, "b"), "7:10", "7:7"),
        (("data", "absent"), "3:3", "2:1"),
        (("data", "species", 7), "4:12", "4:3"),
        (("name", "below"), "1:7", "1:1"),
    ],
)
def test_places(path: KeyPath, value: str, key: str) -> None:
    document = load_text(TEXT, "f.yaml")
    assert document.where(path) == f"f.yaml:{value}"
    assert document.where_key(path) == f"f.yaml:{key}"


SPANS = """\
name: x   # a name
"data":
  - y: {p: 1, q: [1, 2]}   # a comment
    z: >-
      folded
      text

  # a comment
  -
  - - w: plain
        text
    - |
      text
none:
wide: [1,
  2]
all: &a [1]
more: *a
"""


@pytest.mark.parametrize(
    ("path", "value", "key"),
    [
        ((), "1:1-1:5", "1:1-1:5"),
        (("name",), "1:7-1:8", "1:1-1:5"),
        (("data",), "2:1-2:7", "2:1-2:7"),
        (("data", 0), "3:5-3:6", "3:5-3:6"),
        (("data", 0, "y"), "3:8-3:25", "3:5-3:6"),
        (("data", 0, "y", "q"), "3:18-3:24", "3:15-3:16"),
        (("data", 0, "y", "q", 1), "3:22-3:23", "3:22-3:23"),
        (("data", 0, "z"), "4:5-4:6", "4:5-4:6"),
        (("data", 1), "9:3-9:4", "9:3-9:4"),
        (("data", 2), "10:7-10:8", "10:7-10:8"),
        (("data", 2, 0), "10:7-10:8", "10:7-10:8"),
        (("data", 2, 0, "w"), "10:7-10:8", "10:7-10:8"),
        (("data", 2, 1), "12:7-12:8", "12:7-12:8"),
        (("none",), "14:1-14:5", "14:1-14:5"),
        (("wide",), "15:1-15:5", "15:1-15:5"),
        (("wide", 1), "16:3-16:4", "16:3-16:4"),
        (("more",), "17:6-17:12", "18:1-18:5"),
        (("data", "absent"), "2:1-2:7", "2:1-2:7"),
        (("data", 0, "absent", 3), "3:5-3:6", "3:5-3:6"),
        (("name", "below"), "1:1-1:5", "1:1-1:5"),
        (("absent",), "1:1-1:5", "1:1-1:5"),
    ],
)
def test_spans(path: KeyPath, value: str, key: str) -> None:
    document = load_text(SPANS, "f.yaml")

    def shown(span: tuple[int, int, int, int]) -> str:
        return "{}:{}-{}:{}".format(*span)

    assert shown(document.span(path)) == value
    assert shown(document.span(path, key=True)) == key


def test_the_span_of_no_file_is_its_start() -> None:
    assert yamlio.Document({"a": 1}, "f").span(("a",)) == (1, 1, 1, 1)


def test_ends_of_nodes() -> None:
    root = load_text(SPANS, "f.yaml").root
    assert root is not None
    ends = {name: (node.end_line, node.end_column) for name, node in root.value.items()}
    assert ends["data"] == (14, 1)
    assert ends["wide"] == (16, 5)
    assert (root.end_line, root.end_column) == (18, 9)
    assert [root.value["wide"].flow, root.value["data"].flow, root.value["name"].flow] == [
        True, False, False
    ]  # fmt: skip
    assert root.value["data"].value[0].value["z"].style == ">"
    assert root.value["name"].style is None


def test_columns_count_characters() -> None:
    assert load_text("é: [Å, 😀, x]", "f").where(("é", 2)) == "f:1:11"


def test_only_true_and_false_are_booleans() -> None:
    words = "[true, FALSE, yes, on, off, no, N, No, ~, null, 010, 0o10, 0x1F, 1_000, 1:30]"
    assert load_value(words, "f") == [
        True, False, "yes", "on", "off", "no", "N", "No", None, None, 10, 8, 31, "1_000", "1:30"
    ]  # fmt: skip


def test_numbers_and_dates() -> None:
    text = "[1, -2, +3, 1.5, .5, 1e3, 1.e-3, 2024-01-01, 1e, 0e, '1', \"2\", 1x0e]"
    assert load_value(text, "f") == [
        1, -2, 3, 1.5, 0.5, 1000.0, 0.001, "2024-01-01", "1e", "0e", "1", "2", "1x0e"
    ]  # fmt: skip


BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 10)}]\n"
    for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)

REFUSED = {
    "bomb": (BOMB, "4:", "aliases expand"),
    "alias of its own parent": ("a: &x [1, *x]", "1:11", "contains it"),
    "alias without anchor": ("a: *x", "1:4", "no anchor"),
    "alias as key": ("a: &x b\n*x : 1", "2:1", "used as a key"),
    "deep flow": ("a: " + "[" * 500, "1:53", "deeper"),
    "deep block": ("- " * 50_000, "1:101", "deeper"),
    "deep through aliases": (
        "a0: &a0 [1]\n" + "".join(f"a{i}: &a{i} [[[[[*a{i - 1}]]]]]\n" for i in range(1, 20)),
        "11:",
        "deeper",
    ),
    "python tag": ("a: 1\nb: !!python/object/apply:os.system [x]", "2:4", "tag"),
    "custom tag": ("a: !env HOME", "1:4", "tag '!env'"),
    "standard tag": ("a: !!int '3'", "1:4", "tag"),
    "tag on a key": ("!!str a: 1", "1:1", "tag"),
    "NUL": ("a: 1\nb: \0", "2:4", "NUL"),
    "bell": ("a: \a", "1:4", "U+0007"),
    "lone surrogate": ("a: \ud800", "1:4", "U+D800"),
    "duplicate key": ("a: 1\nb:\n  c: 1\n  c: 2", "4:3", "f.yaml:3:3"),
    "second document": ("a: 1\n---\nb: 2", "2:1", "second document"),
    "empty": ("", "1:1", "empty"),
    "only a comment": ("# nothing\n", "", "empty"),
    "list": ("- a", "1:1", "not a mapping"),
    "text": ("hello", "1:1", "not a mapping"),
    "number as key": ("1: a", "1:1", '"1" in quotes'),
    "empty key": ("? \n: a", "1:", "not text"),
    "list as key": ("? [a]\n: b", "1:3", "a key is a list"),
    "tab": ("a:\n\tb: 1", "2:1", "tab"),
    "merge key": ("a: {<<: {b: 1}}", "1:5", "merge keys"),
    "long integer": ("a: " + "9" * 10_000, "1:4", "10000 digits"),
    "infinity": ("a: [1, -.inf]", "1:8", "finite"),
    "not a number": ("a: .NaN", "1:4", "finite"),
    "overflow": ("a: 1e999", "1:4", "too large"),
    "unclosed bracket": ("a: [1,\nb: 2", "", "not valid YAML"),
    "unclosed quote": ("a: 'b", "1:", "not valid YAML"),
    "two colons": ("a: b: c", "1:5", "quoted"),
    "reserved": ("a: @b", "1:4", "not valid YAML"),
    "bad escape": ('a: "\\q"', "1:", "not valid YAML"),
    "many values": ("a: [" + "1," * 200_000 + "]", "1:", "more than"),
    "too long": ("a: " + "x" * 1_000_001, "", "too large"),
    "directive": ("%BAD\n---\na: 1", "1:", "directive"),
}


@pytest.mark.parametrize(("text", "place", "says"), REFUSED.values(), ids=REFUSED)
def test_refused(text: str, place: str, says: str) -> None:
    start = time.process_time()
    with pytest.raises(InputError) as caught:
        load_text(text, "f.yaml")
    assert str(caught.value.where).startswith(f"f.yaml:{place}" if place else "f.yaml")
    assert says in str(caught.value)
    assert len(str(caught.value)) < 500
    assert time.process_time() - start < 5


@pytest.mark.parametrize("name", sorted(set(REFUSED) - {"tab", "directive", "too long"}))
def test_refused_without_the_c_parser(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text, _, says = REFUSED[name]
    if len(text) > 300_000:
        text = text[:3] + text[3:60_000]
        says = ""
    monkeypatch.setattr(yamlio, "_LOADER", yaml.SafeLoader)
    with pytest.raises(InputError) as caught:
        load_text(text, "f.yaml")
    assert says in str(caught.value) or "not valid YAML" in str(caught.value)


def test_messages_cannot_drive_a_terminal() -> None:
    for text in ('"\\e[2J": 1\n"\\e[2J": 2', "a: !<tag:\u200b> b"):
        with pytest.raises(InputError) as caught:
            load_text(text, "f.yaml")
        assert str(caught.value).replace("\n", "").isprintable()


def test_small_aliases_work_and_share_nothing() -> None:
    data = load_text("a: &x [1, {b: 2}]\nc: *x\n", "f").data
    assert data == {"a": [1, {"b": 2}], "c": [1, {"b": 2}]}
    data["a"][1]["b"] = 3
    assert data["c"][1]["b"] == 2


def test_json_files(tmp_path: Path) -> None:
    value = {"name": "é😀\\ud83d", "list": [1, 2.5, None, True], "empty": {}, "slash": "a/b\n\t"}
    for indent, ascii_only in ((None, True), ("\t", True), (2, False)):
        file = tmp_path / "r.json"
        file.write_text(json.dumps(value, indent=indent, ensure_ascii=ascii_only), "utf-8")
        assert load_file(file).data == value


def test_bom_and_line_ends(tmp_path: Path) -> None:
    file = tmp_path / "r.yaml"
    file.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")
    document = load_file(file)
    assert document.data == {"a": 1, "b": 2}
    assert document.where(("b",)) == f"{file}:2:4"


def test_unreadable_files(tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes(b"a: 1\nb: caf\xe9\n")
    (tmp_path / "big").write_bytes(b"a: 1\n" * 2_000_000)
    os.mkfifo(tmp_path / "pipe")
    cases = {
        tmp_path: "folder",
        tmp_path / "absent": "no file",
        tmp_path / "latin": "latin:2:7: byte 0xe9 is not UTF-8",
        tmp_path / "big": "too large",
        tmp_path / "pipe": "not a regular file",
        tmp_path / "big" / "below": "cannot read",
        tmp_path / ("x" * 5000): "cannot read",
    }
    for path, says in cases.items():
        with pytest.raises(InputError, match=says):
            load_file(path)
    with pytest.raises(InputError, match="cannot read"):
        load_file("a\0b")


def _message(load: Callable[[], object]) -> str:
    """Return the input error's text, or nothing; any other exception fails the test."""
    try:
        load()
    except InputError as error:
        return str(error)
    return ""


def _only_input_errors(text: str) -> None:
    assert re.match(r"f\.yaml(:\d+:\d+)?: .|$", _message(lambda: load_text(text, "f.yaml")))


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text())
def test_any_text(text: str) -> None:
    _only_input_errors(text)


PIECES = [
    "a",
    "b: ",
    "- ",
    "\n",
    "  ",
    "[",
    "]",
    "{",
    "}",
    ",",
    "&x ",
    "*x",
    "!t ",
    "? ",
    ": ",
    "#",
]
PIECES += [
    "'",
    '"',
    "|\n",
    ">-\n",
    "\t",
    "<<: ",
    "---\n",
    "...\n",
    "%Y 1\n",
    "1",
    ".inf",
    "\\u",
    "\0",
]


@settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_any_yaml_like_text(text: str) -> None:
    _only_input_errors(text)
    _only_input_errors("a: " + text)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=200))
def test_any_bytes(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "bytes.yaml"
    file.write_bytes(raw)
    assert re.match(r".+bytes\.yaml.*: .|$", _message(lambda: load_file(file)))


def test_nesting_beyond_what_libyaml_takes_is_refused() -> None:
    """Newer versions of libyaml stop at 1,000 levels of their own accord, before ours counts fifty."""
    with pytest.raises(InputError) as caught:
        load_text("a: " + "[" * 50_000, "f.yaml")
    assert str(caught.value.where) in ("f.yaml:1:53", "f.yaml:1:1003")
    assert "deeper" in caught.value.what or "nesting depth" in caught.value.what
