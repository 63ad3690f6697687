"""A deterministic YAML writer: block style, short leaf lists in flow style, comments above keys."""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Collection, Mapping
from typing import Any

WIDTH = 100
MAX_DEPTH = 50
_MAX_KEY = 1000
_NO_COMMENTS: Mapping[tuple[str | int, ...], str] = {}

_INDICATOR_FIRST = frozenset("-?:,[]{}#&*!|>'\"%@`=<")
# Words that YAML 1.1 or 1.2 readers take for something other than text.
_SPECIAL_WORDS = frozenset({"", "~", "null", "true", "false", "yes", "no", "on", "off", "y", "n"})
_LIKE_A_NUMBER = re.compile(r"[-+.]?[0-9].*|[-+]?\.(inf|nan)", re.IGNORECASE)
# Representations such as 32x0e + 8x1o stay unquoted: no reader takes them for a number.
_MULTIPLICITY_FIRST = re.compile(r"[1-9][0-9]*x\S.*")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0"}


def dump(
    data: Any,
    comments: Mapping[tuple[str | int, ...], str] = _NO_COMMENTS,
    *,
    inline: Collection[str] = (),
) -> str:
    """Write ``data`` as YAML, the same bytes for the same data.

    Args:
        data: dictionaries with text keys, lists, tuples, text, numbers, booleans and None.
        comments: ``{path: text}``; the text stands as ``# text`` above the key or item at the path,
            and that of the empty path at the top of the file.
        inline: names of keys whose mapping of scalars is written on one line when it fits.

    Returns:
        Text that ends with a line break; ``load_value`` of it equals ``data``, tuples as lists.

    Raises:
        TypeError: a value of another type, or a key that is not text.
        ValueError: a number that is not finite, text with lone surrogates, or nesting too deep.

    >>> print(dump({"size": [28, 28], "name": "no"}), end="")
    size: [28, 28]
    name: "no"
    """
    writer = _Writer(comments, frozenset(inline))
    writer.comment((), 0)
    writer.block(data, (), 0)
    return "\n".join(writer.lines) + "\n"


def entry_lines(
    value: Any, key: str | None = None, indent: int = 0, inline: Collection[str] = ()
) -> list[str]:
    """Return the lines of one entry of a block collection: ``key: value``, or ``- value`` without a key."""
    writer = _Writer(_NO_COMMENTS, frozenset(inline))
    pad = " " * indent
    if key is None:
        writer.item(pad, value, (0,), indent)
    else:
        writer.entry(f"{pad}{key_text(key)}:", value, (key,), indent)
    return writer.lines


def flow_text(value: Any) -> str:
    """Return a value on one line, with collections in brackets."""
    if isinstance(value, dict):
        pairs = (f"{key_text(key)}: {flow_text(each)}" for key, each in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(flow_text(each) for each in value) + "]"
    return _flow_scalar(value)


class _Writer:
    def __init__(
        self, comments: Mapping[tuple[str | int, ...], str], inline: frozenset[str]
    ) -> None:
        self.comments = comments
        self.inline = inline
        self.lines: list[str] = []

    def comment(self, path: tuple[str | int, ...], indent: int) -> None:
        text = self.comments.get(path)
        if text is None:
            return
        pad = " " * indent
        for line in text.splitlines():
            clean = "".join(letter if letter.isprintable() else " " for letter in line)
            for part in textwrap.wrap(clean, max(WIDTH - indent - 2, 20)) or [""]:
                self.lines.append(f"{pad}# {part}".rstrip())

    def block(self, data: Any, path: tuple[str | int, ...], indent: int) -> None:
        if len(path) > MAX_DEPTH:
            raise ValueError(f"nested deeper than {MAX_DEPTH} levels")
        pad = " " * indent
        if isinstance(data, dict) and data:
            for key, value in data.items():
                self.comment((*path, key), indent)
                self.entry(f"{pad}{key_text(key)}:", value, (*path, key), indent)
        elif isinstance(data, list | tuple) and data:
            if not path and (flow := self.flow(data, 0)) is not None:
                self.lines.append(flow)
                return
            for index, value in enumerate(data):
                self.comment((*path, index), indent)
                self.item(pad, value, (*path, index), indent)
        else:
            self.entry("", data, path, indent - 2)

    def entry(self, head: str, value: Any, path: tuple[str | int, ...], indent: int) -> None:
        """Write ``head value``, on one line or with an indented block below."""
        lead = f"{head} " if head else ""
        if isinstance(value, dict | list | tuple):
            flow = self.flow(value, len(lead), path[-1] if path else None)
            if flow is None:
                self.lines.append(head)
                self.block(value, path, indent + 2)
            else:
                self.lines.append(lead + flow)
        else:
            self.lines.extend(_scalar_lines(lead, value, indent + 2))

    def item(self, pad: str, value: Any, path: tuple[str | int, ...], indent: int) -> None:
        """Write ``- value``; a block value starts on the line of its dash."""
        nested = isinstance(value, dict | list | tuple)
        if not nested or self.flow(value, indent + 2) is not None:
            self.entry(f"{pad}-", value, path, indent)
            return
        start = len(self.lines)
        self.block(value, path, indent + 2)
        # The first line that is not a comment takes the dash; comments before it keep their place.
        for at in range(start, len(self.lines)):
            line = self.lines[at]
            if not line.lstrip().startswith("#"):
                self.lines[at] = f"{pad}- {line[indent + 2 :]}"
                return
            self.lines[at] = pad + line.lstrip()

    def flow(self, value: Any, used: int, name: str | int | None = None) -> str | None:
        """Return a list of scalars (or an allowed mapping) on one line, or None."""
        if not value:
            return "{}" if isinstance(value, dict) else "[]"
        if isinstance(value, dict):
            if name not in self.inline or any(_nested(each) for each in value.values()):
                return None
            pairs = (f"{key_text(key)}: {_flow_scalar(each)}" for key, each in value.items())
            text = "{" + ", ".join(pairs) + "}"
        else:
            if any(_nested(each) for each in value):
                return None
            text = "[" + ", ".join(_flow_scalar(each) for each in value) + "]"
        return text if used + len(text) <= WIDTH else None


def _nested(value: Any) -> bool:
    return isinstance(value, dict | list | tuple)


def key_text(key: Any) -> str:
    """Return a key as it is written in block and in flow style.

    Raises:
        TypeError: the key is not text.
        ValueError: it is too long.
    """
    if not isinstance(key, str):
        raise TypeError(f"a key must be text, not {type(key).__name__}")
    text = key if _is_plain(key, flow=True) else quoted(key)
    if len(text) > _MAX_KEY:
        raise ValueError(f"a key is longer than {_MAX_KEY} characters")
    return text


def _flow_scalar(value: Any) -> str:
    if isinstance(value, str):
        return value if _is_plain(value, flow=True) else quoted(value)
    return _atom(value)


def _atom(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError("a number is not finite")
        text = repr(float(value))
        # YAML 1.1 readers take 1e-05 for text: a float needs its point.
        return text.replace("e", ".0e") if "e" in text and "." not in text else text
    raise TypeError(f"cannot write a {type(value).__name__} as YAML")


def _scalar_lines(lead: str, value: Any, indent: int) -> list[str]:
    if not isinstance(value, str):
        return [lead + _atom(value)]
    pad = " " * max(indent, 2)
    if lead and "\n" in value and _fits_literal(value):
        mark = "|" if value.endswith("\n") else "|-"
        body = value.removesuffix("\n").split("\n")
        return [lead + mark, *(f"{pad}{line}" if line else "" for line in body)]
    plain = value if _is_plain(value, flow=False) else quoted(value)
    if lead and len(lead) + len(plain) > WIDTH and _fits_folded(value):
        words = textwrap.wrap(
            value, max(WIDTH - len(pad), 20), break_long_words=False, break_on_hyphens=False
        )
        return [f"{lead}>-", *(pad + line for line in words)]
    return [lead + plain]


def _fits_literal(text: str) -> bool:
    lines = text.removesuffix("\n").split("\n")
    return (
        bool(lines[0])
        and not lines[0].startswith(" ")
        and bool(lines[-1])
        and all(line.isprintable() and line == line.rstrip() for line in lines)
    )


def _fits_folded(text: str) -> bool:
    return text.isprintable() and text == " ".join(text.split()) and " " in text


def _is_plain(text: str, *, flow: bool) -> bool:
    if text.lower() in _SPECIAL_WORDS or not text.isprintable() or text != text.strip():
        return False
    if text[0] in _INDICATOR_FIRST or text.startswith(("...", "---")) or text.endswith(":"):
        return False
    if _LIKE_A_NUMBER.fullmatch(text) and not _MULTIPLICITY_FIRST.fullmatch(text):
        return False
    if ": " in text or " #" in text:
        return False
    return not (flow and any(letter in ",[]{}:#?" for letter in text))


def quoted(text: str) -> str:
    """Return text in double quotes, with escapes.

    Raises:
        ValueError: the text holds a lone surrogate.
    """
    return '"' + "".join(_escaped(letter) for letter in text) + '"'


def _escaped(letter: str) -> str:
    if letter in _ESCAPES:
        return _ESCAPES[letter]
    if letter.isprintable():
        return letter
    code = ord(letter)
    if 0xD800 <= code <= 0xDFFF:
        raise ValueError("text holds a lone surrogate")
    return (
        f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"
    )
