"""YAML and JSON files read with the place of every key and value, and written back the same way.

The dialect is the core schema of YAML 1.2: only ``true`` and ``false`` are booleans, so ``no``,
``on`` and ``yes`` are text (and nobelium stays nobelium), ``010`` is ten, and dates are text. Tags,
merge keys and infinite or undefined numbers are refused. Nothing in a file is ever executed.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from equidesign.spec.document import Document, KeyPath, dotted
from equidesign.spec.yamltree import Node, TreeBuilder, UnreadableError
from equidesign.spec.yamlwrite import dump

__all__ = [
    "Document",
    "KeyPath",
    "Node",
    "decode_text",
    "dotted",
    "dump",
    "load_file",
    "load_text",
    "load_value",
    "read_text",
]

MAX_BYTES = 1_000_000

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CONFLICT = re.compile(r"^(?:<{7}|={7}|>{7}|\|{7})(?: |$)")
_OPEN_QUOTE = re.compile(r"""[\s-]*(?:[\w.-]+:\s+)?(?P<quote>["'])(?:(?!(?P=quote)).)*$""")
_KEY = re.compile(r"\s*(?:- )?[\w.-]+:(?:\s|$)")
SURROGATE_PAIR = re.compile(
    r"(?<!\\)((?:\\\\)*)\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})"
)


def load_file(path: str | os.PathLike[str]) -> Document:
    """Read a YAML or JSON file whose top level is a mapping.

    Raises:
        InputError: the file cannot be read, is too large, or is not what it should be.
    """
    return load_text(read_text(path), str(path))


def read_text(path: str | os.PathLike[str]) -> str:
    """Read a regular text file in UTF-8, without a byte order mark.

    Raises:
        InputError: the file cannot be read, is too large, or is no text.
    """
    file, source = Path(path), str(path)
    try:
        mode = file.stat().st_mode
        if stat.S_ISDIR(mode):
            raise UnreadableError(f"'{source}' is a folder", expected="a YAML or JSON file")
        if not stat.S_ISREG(mode):
            raise UnreadableError(
                f"'{source}' is not a regular file", expected="a YAML or JSON file"
            )
        with file.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise UnreadableError(
            f"there is no file '{source}'", expected="a YAML or JSON file"
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableError(f"cannot read {source!r}: {reason}") from None
    return decode_text(raw, source)


def decode_text(raw: bytes, source: str) -> str:
    """Return the text of a file's bytes: UTF-8, without a byte order mark.

    Raises:
        InputError: they are too many, or no text.
    """
    if len(raw) > MAX_BYTES:
        raise UnreadableError(
            "the file is too large", where=source, expected=f"at most {MAX_BYTES // 1000} kB"
        )
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        good = raw[: error.start].decode("utf-8", errors="replace")
        raise UnreadableError(
            f"byte 0x{raw[error.start]:02x} is not UTF-8 text",
            where=_at_end_of(source, good),
            expected="a text file in UTF-8",
        ) from None


def load_text(text: str, source: str) -> Document:
    """Parse YAML or JSON text whose top level is a mapping.

    Args:
        text: the text.
        source: the file's name, for messages.

    Raises:
        InputError: with ``file:line:col``.
    """
    root = _parse(text, source)
    if not isinstance(root.value, dict):
        raise UnreadableError(
            "the file is empty" if root.value is None else "the top level is not a mapping",
            where=f"{source}:{root.line}:{root.column}",
            expected="lines such as 'name: value'",
            sort="no-mapping",
        )
    return Document(root.plain(), source, root)


def load_value(text: str, source: str) -> Any:
    """Parse one YAML value of any kind, such as ``3`` or ``[28, 28]`` (for ``--set``)."""
    return _parse(text, source).plain()


def _parse(text: str, source: str) -> Node:
    text = text.removeprefix("\ufeff")
    if len(text) > MAX_BYTES:
        raise UnreadableError(
            "the text is too large", where=source, expected=f"at most {MAX_BYTES // 1000} kB"
        )
    if bad := _FORBIDDEN.search(text):
        code = ord(bad.group())
        name = "a NUL byte" if code == 0 else f"the control character U+{code:04X}"
        raise UnreadableError(
            f"{name} is not allowed in a text file", where=_at_end_of(source, text[: bad.start()])
        )
    if source.endswith(".json"):
        text = SURROGATE_PAIR.sub(join_surrogates, text)
    try:
        return TreeBuilder(source).build(yaml.parse(text, Loader=_LOADER))
    except yaml.MarkedYAMLError as error:
        raise _syntax_error(error, text, source) from None
    except yaml.YAMLError as error:
        raise UnreadableError(
            f"not valid YAML: {error}", where=source, sort="yaml-syntax"
        ) from None


def _at_end_of(source: str, before: str) -> str:
    line = before.count("\n") + 1
    return f"{source}:{line}:{len(before) - before.rfind(chr(10))}"


def join_surrogates(match: re.Match[str]) -> str:
    """Return the one escape that stands for the pair that `SURROGATE_PAIR` found."""
    high, low = int(match[2], 16), int(match[3], 16)
    return f"{match[1]}\\U{0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00):08x}"


def _first(pattern: re.Pattern[str], lines: Sequence[str]) -> int | None:
    return next((number for number, line in enumerate(lines) if pattern.match(line)), None)


def _open_quote(lines: Sequence[str]) -> tuple[int, int] | None:
    """Return line and column of a quote that runs over a key on the line below it."""
    told = [(n, line) for n, line in enumerate(lines) if line.strip() and line.lstrip()[0] != "#"]
    for (number, line), (_, below) in pairwise(told):
        opened = _OPEN_QUOTE.match(line)
        if opened and _KEY.match(below):
            return number, opened.start("quote")
    return None


def _margin(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _syntax_error(error: yaml.MarkedYAMLError, text: str, source: str) -> UnreadableError:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    lines = text.splitlines()
    written = lines[line] if line < len(lines) else ""
    indent = _margin(written)
    problem = error.problem or error.context or "unreadable"
    hint = "text with ': ', '#', quotes or brackets in it must be quoted"
    opened = error.context_mark
    above = next((text for text in reversed(lines[:line]) if text.strip()), "")
    if (marker := _first(_CONFLICT, lines)) is not None:
        line, column = marker, 0
        problem, hint = "a conflict of a merge is left in it", "keep one of the two versions"
    elif "\t" in indent or written[column : column + 1] == "\t":
        problem, hint = "a tab is used as indentation", "indent with spaces"
    elif (quoted := _open_quote(lines[: line + 1])) is not None:
        line, column = quoted
        problem, hint = "a quote opens here and is not closed on its line", "close it"
    elif opened and opened.line < line and "flow" in (error.context or ""):
        line, column = opened.line, opened.column
        problem, hint = f"'{lines[line][column]}' opens here and is not closed", "close it"
    elif written.count(":") == 1 and _KEY.match(written) and len(_margin(above)) < len(indent):
        hint = (
            "it is indented deeper than the line above; keys of one mapping stand below each other"
        )
    return UnreadableError(
        f"not valid YAML: {problem}",
        where=f"{source}:{line + 1}:{column + 1}",
        hint=hint,
        sort="yaml-syntax",
    )
