"""A YAML file as its lines, edited in place: everything but what is edited stays as it is, comments included."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import yaml

Path = tuple[str | int, ...]


class Sheet:
    """The text of a generated YAML file, and the lines of its keys and values (counted from 1)."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = text.split("\n")

    @cached_property
    def data(self) -> Any:
        """The content."""
        return yaml.load(self.text, Loader=yaml.CSafeLoader)

    @cached_property
    def _root(self) -> Any:
        return yaml.compose(self.text, Loader=yaml.CSafeLoader)

    def _entry(self, path: Path) -> tuple[Any, Any]:
        """Return the nodes of the key (of an item: of the value) and of the value."""
        key, node = None, self._root
        for step in path:
            if isinstance(node, yaml.MappingNode):
                key, node = next((k, v) for k, v in node.value if k.value == step)
            else:
                node = node.value[step]
                key = node
        return key or node, node

    def has(self, path: Path) -> bool:
        """Tell whether there is a value at ``path``."""
        data = self.data
        for step in path:
            if not isinstance(data, dict | list):
                return False
            if step not in (data if isinstance(data, dict) else range(len(data))):
                return False
            data = data[step]
        return True

    def get(self, path: Path, default: Any = None) -> Any:
        """Return the value at ``path``."""
        if not self.has(path):
            return default
        data = self.data
        for step in path:
            data = data[step]
        return data

    def find(self, *pattern: str | int) -> list[Path]:
        """Return the paths that fit a pattern, in which ``*`` is any key or index."""
        found: list[Path] = [()]
        for step in pattern:
            longer: list[Path] = []
            for path in found:
                data = self.get(path)
                if step == "*":
                    keys = data if isinstance(data, dict) else range(len(data or ()))
                    longer += [(*path, key) for key in keys]
                elif self.has((*path, step)):
                    longer.append((*path, step))
            found = longer
        return found

    def scalars(self) -> Iterator[Path]:
        """Yield the paths of all scalars."""
        stack: list[Path] = [()]
        while stack:
            path = stack.pop()
            data = self.get(path)
            if isinstance(data, dict | list):
                keys = data if isinstance(data, dict) else range(len(data))
                stack += [(*path, key) for key in reversed(list(keys))]
            else:
                yield path

    def line(self, path: Path) -> int:
        """Return the line of the key at ``path``, or of the item."""
        return int(self._entry(path)[0].start_mark.line) + 1

    def last(self, path: Path) -> int:
        """Return the last line of the value at ``path``."""
        node = self._entry(path)[1]
        if isinstance(node, yaml.ScalarNode):
            last = node.end_mark.line + (0 if node.style in ("|", ">") else 1)
            while node.style in ("|", ">") and not self.lines[last - 1].strip():
                last -= 1
            return int(last)
        if node.flow_style or not node.value:
            return int(node.end_mark.line) + 1
        child = node.value[-1]
        key = child[0].value if isinstance(child, tuple) else len(node.value) - 1
        return self.last((*path, key))

    def span(self, path: Path) -> range:
        """Return the lines of the entry at ``path``, key and value."""
        return range(self.line(path), self.last(path) + 1)

    def block(self, path: Path) -> list[str]:
        """Return the lines of the entry at ``path``."""
        return self.lines[self.line(path) - 1 : self.last(path)]

    def source(self, path: Path) -> str:
        """Return the value at ``path`` as written (of one line)."""
        node = self._entry(path)[1]
        line = self.lines[node.start_mark.line]
        return line[node.start_mark.column : node.end_mark.column]

    def set(self, path: Path, source: str) -> str:
        """Return the text with the value at ``path`` replaced by ``source``."""
        node = self._entry(path)[1]
        start, end = node.start_mark, node.end_mark
        first = self.lines[start.line]
        if start.line == end.line:
            made = first[: start.column] + source + first[end.column :]
            return self.joined(start.line + 1, start.line + 1, [made])
        key = self._entry(path)[0]
        head = self.lines[key.start_mark.line]
        made = f"{head[: key.end_mark.column]}: {source}"
        return self.joined(key.start_mark.line + 1, self.last(path), [made])

    def rename(self, path: Path, name: str) -> str:
        """Return the text with the key at ``path`` renamed."""
        key = self._entry(path)[0]
        line = self.lines[key.start_mark.line]
        made = line[: key.start_mark.column] + name + line[key.end_mark.column :]
        return self.joined(key.start_mark.line + 1, key.start_mark.line + 1, [made])

    def drop(self, path: Path) -> str:
        """Return the text without the entry at ``path``."""
        parent = self._entry(path[:-1])[1]
        if parent.flow_style:
            kept = {k: v for k, v in self.get(path[:-1]).items() if k != path[-1]}
            return self.set(path[:-1], flow(kept))
        first, last = self.line(path), self.last(path)
        lines = self.lines[first - 1 : last]
        rest = self.lines[last] if last < len(self.lines) else ""
        dash = lines[0].lstrip().startswith("- ") and not isinstance(path[-1], int)
        if dash and rest.startswith(" " * indent(lines[0]) + "  "):
            # The next key of the item takes the dash.
            made = " " * indent(lines[0]) + "- " + rest.lstrip()
            return self.joined(first, last + 1, [made])
        return self.joined(first, last, [])

    def joined(self, first: int, last: int, lines: Sequence[str]) -> str:
        """Return the text with the lines from ``first`` to ``last`` replaced."""
        return "\n".join([*self.lines[: first - 1], *lines, *self.lines[last:]])

    def after(self, line: int, *lines: str) -> str:
        """Return the text with lines put in after ``line``."""
        return self.joined(line + 1, line, lines)


def indent(line: str) -> int:
    """Return how far a line is indented."""
    return len(line) - len(line.lstrip(" "))


def flow(value: Any) -> str:
    """Return a value in flow style, plain wherever that is possible.

    >>> flow({"space": "atoms", "rep": "8x0e + 4x1o", "size": [3, 4]})
    '{space: atoms, rep: 8x0e + 4x1o, size: [3, 4]}'
    """
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    text = str(value)
    if isinstance(value, str) and (
        yaml.safe_load(text) != text or any(c in ",[]{}#:" for c in text) or text != text.strip()
    ):
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return text


def typo(word: str, rng: random.Random) -> str:
    """Return the word with a slip of the finger in it: two letters swapped, one missing, one twice."""
    for _ in range(100):
        at = rng.randrange(1, max(len(word) - 1, 2))
        made = rng.choice(
            (
                word[: at - 1] + word[at : at + 1] + word[at - 1] + word[at + 1 :],
                word[:at] + word[at + 1 :],
                word[:at] + word[at - 1] + word[at:],
            )
        )
        if made not in (word, "") and made[0].isalpha():
            return made
    raise ValueError(word)
