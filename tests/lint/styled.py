"""YAML and JSON in every style that people write: the same data, laid out by the draw of a dice."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from equidesign.spec.yamlio import load_value
from equidesign.spec.yamlwrite import flow_text, quoted

Choose = Callable[[list[Any]], Any]

WORDS = ["a", "b", "rep", "in", "0e", "32x0e", "+", "8x1o,", "no", "yes", "#3", "é", "😀"]
WORDS += ["{", "}", "[", "]", ":", "-", "'x'", '"y"', "1", "~", "null"]
TEXTS = st.one_of(
    st.lists(st.sampled_from(WORDS), max_size=5).map(" ".join),
    st.lists(st.sampled_from([*WORDS, "\n", "\n\n"]), min_size=2, max_size=6).map(" ".join),
    st.lists(st.sampled_from(["one", "two words", "", "- three", "four:"]), min_size=2).map(
        "\n".join
    ),
    st.text(max_size=8),
    st.text(st.characters(codec="utf-8"), max_size=8),
)
KEYS = st.one_of(
    st.sampled_from(
        ["name", "layers", "in", "out", "rep", "why", "options", "a b", "no", "1", "é"]
    ),
    TEXTS,
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.floats(allow_nan=False, allow_infinity=False),
    TEXTS,
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(KEYS, inner, max_size=4),
        st.lists(st.sampled_from([1, 2, 28, "x", None]), min_size=1, max_size=6),
    ),
    max_leaves=12,
)
MAPPINGS = st.dictionaries(KEYS, VALUES, min_size=1, max_size=5)


class Writer:
    """Writes data in a style that ``choose`` picks anew at every turn."""

    def __init__(self, choose: Choose) -> None:
        self.choose = choose
        self.lines: list[str] = []
        self.comments = 0
        self.keeping = False  # whether a blank line would be a part of the text above

    def document(self, data: dict[str, Any]) -> str:
        """Return a whole text: with or without byte order mark, document start, last line break."""
        self.above(0)
        if self.choose([False, False, False, True]):
            self.lines.append("---")
        if not data or self.choose([False, False, False, True]):
            self.lines.append(self.flow(data, 0))
        else:
            self.block(data, 0, "")
        self.above(0)
        newline = self.choose(["\n", "\n", "\r\n"])
        text = newline.join("\n".join(self.lines).split("\n"))
        # The last line break is a part of text behind ``|`` that the file ends with.
        needed = repr(load_value(text, "drawn.yaml")) != repr(data)
        if needed or self.choose([True, True, False]):
            text += newline
        return self.choose(["", "", "\ufeff"]) + text

    def comment(self) -> str:
        self.comments += 1
        return f"# comment {self.comments}: [x], {{y}} 'z"

    def above(self, indent: int) -> None:
        """Write blank lines and comments, or nothing."""
        for _ in range(self.choose([0, 0, 0, 1, 2])):
            blank = self.choose([False, True]) and not self.keeping
            self.keeping = False
            self.lines.append("" if blank else " " * indent + self.comment())

    def beside(self) -> str:
        return self.choose(["", "", "", " ", f"   {self.comment()}"])

    def block(self, value: Any, indent: int, lead: str) -> None:
        """Write a collection that is not empty; ``lead`` stands on its first line (a dash, or nothing)."""
        pad = " " * indent
        items = value.items() if isinstance(value, dict) else ((None, each) for each in value)
        for at, (key, each) in enumerate(items):
            if at or not lead:
                self.above(indent)
            start = lead if lead and not at else pad
            self.entry(f"{start}{self.key(key)}:" if key is not None else f"{start}-", each, indent)

    def entry(self, head: str, value: Any, indent: int) -> None:
        self.keeping = False
        if isinstance(value, dict | list) and value and self.choose([True, True, False]):
            deeper = indent + self.choose([1, 2, 2, 4])
            compact = head.endswith("-") and self.choose([True, True, False])
            if compact:
                lead = head + " " * (deeper - len(head)) if deeper > len(head) else f"{head} "
                self.block(value, len(lead), lead)
                return
            if isinstance(value, list) and not head.endswith("-") and self.choose([False, True]):
                deeper = indent
            self.lines.append(head + self.beside())
            self.block(value, deeper, "")
            return
        inside = indent + self.choose([1, 2, 2, 4])
        if isinstance(value, dict | list):
            self.lines.append(f"{head} {self.flow(value, inside)}{self.beside()}")
        elif isinstance(value, str) and fits_block(value) and self.choose([True, True, False]):
            mark, body = block_scalar(value, self.choose([True, False]))
            self.lines.append(f"{head} {mark}{self.beside()}")
            self.lines += [f"{' ' * inside}{line}" if line else "" for line in body]
            self.keeping = "+" in mark
            self.lines += [""] * self.choose([0] if self.keeping else [0, 0, 1])
        elif value is None and self.choose([True, False]):
            self.lines.append(head + self.beside())
        elif self.choose([True, True, True, False]):
            self.lines.append(f"{head} {self.scalar(value, False, inside)}{self.beside()}")
        else:
            self.lines.append(head + self.beside())
            self.lines.append(" " * inside + self.scalar(value, False, inside) + self.beside())

    def flow(self, value: Any, indent: int) -> str:
        """Return a value in brackets, on one line or over several, with or without comments."""
        if not isinstance(value, dict | list):
            return self.scalar(value, True, indent)
        first, last = "{}" if isinstance(value, dict) else "[]"
        apart = self.choose([False, False, True])
        pad = f"\n{' ' * (indent + 2)}" if apart else ""
        parts = []
        for at, each in enumerate(value):
            part = self.key(each) if isinstance(value, dict) else self.flow(each, indent + 2)
            if isinstance(value, dict):
                inner = value[each]
                if inner is not None or self.choose([True, False]):
                    part += f": {self.flow(inner, indent + 2)}"
                elif self.choose([True, False]):
                    part += ": "
            comma = "," if at < len(value) - 1 or self.choose([False, False, True]) else ""
            parts.append(f"{pad}{part}{comma}{self.beside() if apart else ''}")
        close = f"\n{' ' * (indent + 1)}" if apart and self.choose([True, True, False]) else ""
        if apart and "#" in (parts or [""])[-1]:
            close = f"\n{' ' * (indent + 1)}"
        between = " " if not apart else ""
        return first + between.join(parts) + close + last

    def key(self, key: str) -> str:
        return self.scalar(key, True, 0) if len(key) < 100 else quoted(key)

    def scalar(self, value: Any, flow: bool, indent: int) -> str:
        """Return a scalar, in a style in which it reads back."""
        if not isinstance(value, str):
            return flow_text(value)
        style = self.choose(["plain", "plain", "single", "double"])
        if style == "single" and value.isprintable():
            return "'" + value.replace("'", "''") + "'"
        plain = flow_text(value)
        return quoted(value) if style == "double" else plain


def fits_block(text: str) -> bool:
    """Tell whether text can stand after ``|``: its lines neither start with a blank nor hold what must be escaped."""
    lines = text.split("\n")
    return (
        "\n" in text
        and bool(lines[0])
        and all(line.isprintable() and line == line.strip() for line in lines)
    )


def block_scalar(text: str, folded: bool) -> tuple[str, list[str]]:
    """Return the mark and the lines of text after ``|`` or ``>``."""
    body = text.rstrip("\n")
    ends = len(text) - len(body)
    chomp = {0: "-", 1: ""}.get(ends, "+")
    lines = body.split("\n")
    if folded and all(lines):
        lines = [part for line in lines for part in (line, "")][:-1]
        mark = f">{chomp}"
    else:
        mark = f"|{chomp}"
    return mark, lines + [""] * (ends - 1)


@st.composite
def documents(draw: st.DrawFn) -> tuple[dict[str, Any], str]:
    """Draw data and a YAML text that holds them."""
    data = draw(MAPPINGS)
    text = Writer(lambda options: draw(st.sampled_from(options))).document(data)
    assert repr(load_value(text, "drawn.yaml")) == repr(data)
    return data, text


@st.composite
def json_documents(draw: st.DrawFn) -> tuple[dict[str, Any], str]:
    """Draw data and a JSON text that holds them."""
    data = draw(MAPPINGS)
    indent = draw(st.sampled_from([None, 1, 2, 4, "\t"]))
    text = json.dumps(data, indent=indent, ensure_ascii=draw(st.booleans()))
    text = re.sub("[\x7f-\x9f\u2028\u2029]", lambda match: json.dumps(match.group())[1:-1], text)
    if draw(st.booleans()):
        text = text.replace("\n", "\r\n")
    return data, text + draw(st.sampled_from(["", "\n"]))
