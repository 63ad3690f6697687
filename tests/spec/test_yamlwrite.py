"""Writing YAML: what is written is read back, by us and by readers of YAML 1.1."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from equidesign.spec.yamlio import dump, load_text, load_value

LETTERS = st.characters(exclude_categories=["Cs"])
TRICKY = [
    *("no", "On", "y", "~", "", "null", "1_000", "1:30", "0x1e", "0o7", "1e5", ".inf", "=", "<<"),
    *(
        "- a",
        "a: b",
        "a #b",
        "'a",
        "...",
        "--- a",
        " a",
        "a ",
        "a\n\n b\n",
        "a\nb\n\n",
        "\ta",
        "a:",
    ),
    *("2020-01-01", "# a\nb", "%a", "@a", "a, b", "[a", "{", "1x0e + 2x1o", "0x0e", "🙂", "\u2028"),
    *("long text that must be folded " * 8).split("#"),
    ("long text that must be folded " * 8).strip(),
]
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(LETTERS)
    | st.sampled_from(TRICKY)
)
KEYS = st.text(LETTERS, max_size=20) | st.sampled_from(["no", "a b", "1", "", "<<", "a: b"])
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=20,
)


def _paths(data: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    children: Any = ()
    if isinstance(data, dict):
        children = data.items()
    elif isinstance(data, list):
        children = enumerate(data)
    return [path, *(each for key, value in children for each in _paths(value, (*path, key)))]


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(VALUES)
@example(TRICKY)
@example({word: word for word in TRICKY})
def test_round_trip(data: Any) -> None:
    text = dump(data)
    assert text == dump(data)
    again = load_value(text, "f")
    # repr tells 1 from 1.0 and True, and 0.0 from -0.0.
    assert repr(again) == repr(data)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(VALUES, st.text(LETTERS, max_size=50))
def test_comments_change_nothing(data: Any, comment: str) -> None:
    comments = dict.fromkeys(_paths(data), comment)
    assert repr(load_value(dump(data, comments), "f")) == repr(data)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(VALUES)
def test_other_readers_agree(data: Any) -> None:
    assert repr(yaml.safe_load(dump(data))) == repr(data)


def test_looks_as_expected() -> None:
    data = {
        "name": "x",
        "size": (28, 28),
        "species": ["H", "No", "no"],
        "description": "first line\nsecond line\n",
        "empty": {"list": [], "mapping": {}, "nothing": None},
        "layers": [
            {
                "name": "conv",
                "in": {"space": "pixels", "rep": "1xtrivial"},
                "matrix": [[0, -1], [1, 0]],
            },
            {"name": "pool", "bias": False, "rate": 1e-5},
        ],
        "why": "because " * 14 + "of that",
    }
    comments = {
        (): "a title\nof two lines",
        ("layers",): "in order",
        ("layers", 0): "the first",
        ("layers", 1, "bias"): "no bias",
    }
    assert (
        dump(data, comments, inline=("in",))
        == """\
# a title
# of two lines
name: x
size: [28, 28]
species: [H, "No", "no"]
description: |
  first line
  second line
empty:
  list: []
  mapping: {}
  nothing: null
# in order
layers:
  # the first
  - name: conv
    in: {space: pixels, rep: 1xtrivial}
    matrix:
      - [0, -1]
      - [1, 0]
  - name: pool
    # no bias
    bias: false
    rate: 1.0e-05
why: >-
  because because because because because because because because because because because because
  because because of that
"""
    )


def test_lines_stay_within_the_width() -> None:
    data = {"a": {"b": ["word " * 50 + "end"], "c": list(range(60))}}
    text = dump(data, {("a", "b"): "comment " * 40})
    assert max(map(len, text.splitlines())) <= 100
    assert load_text(text, "f").data == data


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800", {"k" * 2000: 1}])
def test_refuses_values_that_yaml_cannot_hold(value: Any) -> None:
    with pytest.raises(ValueError, match=r"finite|surrogate|longer"):
        dump({"a": value})


@pytest.mark.parametrize("value", [{1: 2}, {"a": object()}, [b"x"], {"a": {1, 2}}])
def test_refuses_other_types(value: Any) -> None:
    with pytest.raises(TypeError, match=r"key must be text|cannot write"):
        dump(value)


def test_refuses_endless_nesting() -> None:
    data: list[Any] = []
    data.append(data)
    with pytest.raises(ValueError, match="deeper"):
        dump(data)
