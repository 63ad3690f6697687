"""YAML and JSON files read with the place of every key and value, and written back the same way.

The dialect is the core schema of YAML 1.2: only ``true`` and ``false`` are booleans, so ``no``,
``on`` and ``yes`` are text (and nobelium stays nobelium), ``010`` is ten, and dates are text. Tags,
merge keys and infinite or undefined numbers are refused. Nothing in a file is ever executed.
"""

from __future__ import annotations

import copy
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from equidesign.errors import InputError, InputErrors
from equidesign.spec.yamltree import Node, TreeBuilder, UnreadableError, short
from equidesign.spec.yamlwrite import dump

__all__ = [
    "Document",
    "KeyPath",
    "Node",
    "dotted",
    "dump",
    "load_file",
    "load_text",
    "load_value",
    "read_text",
]

MAX_BYTES = 1_000_000

KeyPath = tuple[str | int, ...]

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SURROGATE_PAIR = re.compile(
    r"(?<!\\)((?:\\\\)*)\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})"
)


@dataclass(frozen=True)
class Document:
    """Data and the place of each of its keys and values.

    Attributes:
        data: dictionaries, lists and scalars.
        source: the name of the file, or what stands for it in messages.
        root: the tree of places; None when the data did not come from a file.
        overrides: places of values that were set from outside the file (the command line).
    """

    data: Any
    source: str
    root: Node | None = None
    overrides: Mapping[KeyPath, str] = field(default_factory=dict)

    def where(self, path: KeyPath = ()) -> str:
        """Return ``file:line:col`` of the value at ``path``, or of its nearest parent."""
        return self._place(path, key=False)

    def where_key(self, path: KeyPath) -> str:
        """Return ``file:line:col`` of the key at ``path``, or of its nearest parent."""
        return self._place(path, key=True)

    def order(self, path: KeyPath) -> tuple[int, int]:
        """Return (line, column) of ``path``, to sort messages by place."""
        line, column, _ = self._walk(path, key=True)
        return line, column

    def span(self, path: KeyPath = (), key: bool = False) -> tuple[int, int, int, int]:
        """Return (line, column, end line, end column) of what a caret can mark for ``path``.

        This is the value, or its key with ``key``. For a value that is a block collection, is empty
        or goes over several lines it is the key, or the first key of a list's item; for an absent
        value its nearest parent's key.
        """
        if self.root is None:
            return 1, 1, 1, 1
        node, named = self.root, None
        for at, step in enumerate(path, 1):
            child = _child(node, step)
            if child is None:
                return named or _first(node)
            if isinstance(step, str):
                named = node.keys[step]
                if key and at == len(path):
                    return named
            else:
                named = None
            node = child
        one_line = node.line == node.end_line and node.column < node.end_column
        block = isinstance(node.value, dict | list) and not node.flow
        return named if named and (block or not one_line) else _first(node)

    def placed(self, error: InputError) -> InputError:
        """Return an error about a dotted field (``symmetry.group``) with that field's place in the file."""
        if isinstance(error, InputErrors):
            return InputErrors(self.placed(part) for part in error.errors)
        steps = (error.where or "").split(".")
        path = tuple(int(step) if step.isdecimal() else step for step in steps)
        if self.root is None or path[0] not in self.data:
            return error
        placed = copy.copy(error)
        placed.where = self.where(path)
        return placed

    def part(self, path: KeyPath) -> Document:
        """Return the document of the value at ``path``: its places are those in the whole file."""
        data, node = self.data, self.root
        for step in path:
            data = data[step]
            node = _child(node, step) if node else None
        return Document(data, self.source, node)

    def _place(self, path: KeyPath, *, key: bool) -> str:
        for length in range(len(path), 0, -1):
            if path[:length] in self.overrides:
                return self.overrides[path[:length]]
        if self.root is None:
            return f"{self.source}: {dotted(path)}" if path else self.source
        line, column, _ = self._walk(path, key=key)
        return f"{self.source}:{line}:{column}"

    def _walk(self, path: KeyPath, *, key: bool) -> tuple[int, int, Node | None]:
        node = self.root
        if node is None:
            return 0, 0, None
        line, column = node.line, node.column
        for step in path:
            child = _child(node, step)
            if child is None:
                # An absent key is reported at its parent, where the person would add it.
                break
            line, column = child.line, child.column
            if key and isinstance(step, str):
                line, column = node.keys[step][:2]
            node = child
        return line, column, node


def dotted(path: KeyPath) -> str:
    """Return a path as a person writes it: ``data.species[2]``."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f"{'.' if text else ''}{short(step)}"
    return text


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
        text = _SURROGATE_PAIR.sub(_join_surrogates, text)
    try:
        return TreeBuilder(source).build(yaml.parse(text, Loader=_LOADER))
    except yaml.MarkedYAMLError as error:
        raise _syntax_error(error, text, source) from None
    except yaml.YAMLError as error:
        raise UnreadableError(
            f"not valid YAML: {error}", where=source, sort="yaml-syntax"
        ) from None


def _child(node: Node, step: str | int) -> Node | None:
    if isinstance(node.value, dict) and isinstance(step, str):
        return node.value.get(step)
    if isinstance(node.value, list) and isinstance(step, int) and 0 <= step < len(node.value):
        child: Node = node.value[step]
        return child
    return None


def _first(node: Node) -> tuple[int, int, int, int]:
    """Return what to mark of a value without a key: a block collection's first key, or the value."""
    while isinstance(node.value, list) and node.value and not node.flow:
        node = node.value[0]
    if node.keys and not node.flow:
        return next(iter(node.keys.values()))
    if node.line < node.end_line:
        return node.line, node.column, node.line, node.column + 1
    if node.column == node.end_column:
        return node.line, max(node.column - 1, 1), node.line, max(node.column, 2)
    return node.line, node.column, node.end_line, node.end_column


def _at_end_of(source: str, before: str) -> str:
    line = before.count("\n") + 1
    return f"{source}:{line}:{len(before) - before.rfind(chr(10))}"


def _join_surrogates(match: re.Match[str]) -> str:
    high, low = int(match[2], 16), int(match[3], 16)
    return f"{match[1]}\\U{0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00):08x}"


def _syntax_error(error: yaml.MarkedYAMLError, text: str, source: str) -> UnreadableError:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    lines = text.splitlines()
    written = lines[line] if line < len(lines) else ""
    indent = written[: len(written) - len(written.lstrip())]
    problem = error.problem or error.context or "unreadable"
    hint = "text with ': ', '#', quotes or brackets in it must be quoted"
    if "\t" in indent or written[column : column + 1] == "\t":
        problem, hint = "a tab is used as indentation", "indent with spaces"
    return UnreadableError(
        f"not valid YAML: {problem}",
        where=f"{source}:{line + 1}:{column + 1}",
        hint=hint,
        sort="yaml-syntax",
    )
