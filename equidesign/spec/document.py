"""Document: data of a file with the place of every key and value."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from equidesign.errors import InputError, InputErrors
from equidesign.spec.yamltree import Node, short

KeyPath = tuple[str | int, ...]


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
