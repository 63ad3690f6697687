"""YAML events turned into a tree of values with places, within bounds and without recursion."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import yaml

from equidesign.errors import InputError
from equidesign.spec.yamlwrite import MAX_DEPTH

MAX_NODES = 100_000
MAX_ALIASED_NODES = 10_000
MAX_DIGITS = 40

_INTEGER = re.compile(r"[-+]?[0-9]+")
_OTHER_BASE = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_NUMBER_FIRST = frozenset("+-.0123456789")
_CONSTANTS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


@dataclass(slots=True, eq=False)
class Node:
    """A value of the file and where it stands (lines and columns from 1, the end exclusive).

    What stands behind an alias is the node of the anchor, with the anchor's place. A block collection
    ends with its last value; a block scalar (``|`` or ``>``) behind the blank lines that follow it.
    """

    line: int
    column: int
    value: Any = None
    """The scalar, or a list of nodes, or a mapping of names to nodes."""
    keys: dict[str, tuple[int, int, int, int]] = field(default_factory=dict)
    """For a mapping: line, column, end line and end column of each key."""
    size: int = 1
    height: int = 1
    end_line: int = 1
    end_column: int = 1
    flow: bool = False
    """Whether this is a list or mapping in brackets."""
    style: str | None = None
    """How a scalar is written: ``'``, ``"``, ``|``, ``>``, or None when it is plain."""
    alias: tuple[int, int, int, int] | None = None
    """Where the alias stands (line, column, end line, end column), for what stands behind one."""

    def plain(self) -> Any:
        """Return the value as dictionaries, lists and scalars, shared with nothing."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value


class UnreadableError(InputError):
    """A file that can't be read as data.

    Attributes:
        sort: ``unreadable-file``, ``yaml-syntax``, ``yaml-dialect`` (YAML that is refused), ``duplicate-key`` or
            ``no-mapping``.
    """

    def __init__(self, what: str, *, sort: str = "unreadable-file", **more: Any) -> None:
        super().__init__(what, **more)
        self.sort = sort


class TreeBuilder:
    """Turns the parser's events into a tree of nodes, without recursion and within bounds."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.stack: list[Node] = []
        self.pending: list[tuple[str, int, int] | None] = []
        self.anchors: dict[str, Node] = {}
        self.open_anchors: dict[str, Node] = {}
        self.count = 0
        self.aliased = 0
        self.end = (1, 1)
        self.root: Node | None = None

    def build(self, events: Iterator[Any]) -> Node:
        documents = 0
        for event in events:
            sort = type(event)
            if sort is yaml.ScalarEvent:
                self.scalar(event)
            elif sort is yaml.MappingStartEvent or sort is yaml.SequenceStartEvent:
                self.open(event)
            elif sort is yaml.MappingEndEvent or sort is yaml.SequenceEndEvent:
                self.close(event)
            elif sort is yaml.AliasEvent:
                self.alias(event)
            elif sort is yaml.DocumentStartEvent:
                documents += 1
                if documents > 1:
                    self.fail(event, "a second document starts here", expected="one document")
        return self.root or Node(1, 1)

    def fail(self, event: Any, what: str, sort: str = "yaml-dialect", **more: Any) -> None:
        line, column = _mark(event)
        raise UnreadableError(what, sort=sort, where=f"{self.source}:{line}:{column}", **more)

    def open(self, event: Any) -> None:
        self.check(event)
        if len(self.stack) >= MAX_DEPTH:
            self.fail(event, f"nested deeper than {MAX_DEPTH} levels")
        if self.expects_key():
            self.fail(event, "a key is a list or a mapping", expected="a name")
        node = Node(*_mark(event), {} if isinstance(event, yaml.MappingStartEvent) else [])
        node.flow = event.flow_style
        self.attach(node, event)
        self.stack.append(node)
        self.pending.append(None)
        if event.anchor:
            self.anchors.pop(event.anchor, None)
            self.open_anchors[event.anchor] = node

    def close(self, event: Any) -> None:
        node = self.stack.pop()
        if node.flow:
            self.end = _end(event)
        node.end_line, node.end_column = self.end
        self.pending.pop()
        children = list(node.value.values()) if isinstance(node.value, dict) else node.value
        node.size = 1 + sum(child.size for child in children)
        node.height = 1 + max((child.height for child in children), default=0)
        for name in [name for name, opened in self.open_anchors.items() if opened is node]:
            self.anchors[name] = self.open_anchors.pop(name)

    def scalar(self, event: Any) -> None:
        if event.tag is not None:
            self.check(event)
        value = event.value
        if not event.style and (value in _CONSTANTS or value[:1] in _NUMBER_FIRST):
            value = self.resolve(event)
        end = event.end_mark
        self.end = (end.line + 1, end.column + 1)
        if self.expects_key():
            self.key(event, value)
            return
        start = event.start_mark
        node = Node(start.line + 1, start.column + 1, value)
        node.end_line, node.end_column = self.end
        node.style = event.style or None
        self.attach(node, event)
        if event.anchor:
            self.anchors[event.anchor] = node

    def key(self, event: Any, value: Any) -> None:
        line, column = _mark(event)
        if event.value == "<<" and not event.style:
            self.fail(event, "merge keys '<<' are not supported", hint="write the fields out")
        if not isinstance(value, str):
            self.fail(
                event,
                f"the key '{short(event.value)}' is not text",
                expected="a name",
                hint=f'"{short(event.value)}" in quotes is text',
            )
        if value in self.stack[-1].keys:
            first = self.stack[-1].keys[value]
            self.fail(
                event,
                f"the key '{short(value)}' appears twice",
                "duplicate-key",
                hint=f"it stands at {self.source}:{first[0]}:{first[1]} already",
            )
        self.stack[-1].keys[value] = (line, column, *self.end)
        self.pending[-1] = (value, line, column)

    def alias(self, event: Any) -> None:
        name = event.anchor
        if self.expects_key():
            self.fail(event, f"the alias '*{short(name)}' is used as a key", expected="a name")
        if name in self.open_anchors:
            self.fail(event, f"the alias '*{short(name)}' refers to what contains it")
        if name not in self.anchors:
            self.fail(event, f"the alias '*{short(name)}' has no anchor above it")
        node = self.anchors[name]
        self.aliased += node.size
        if self.aliased > MAX_ALIASED_NODES:
            self.fail(event, f"aliases expand to more than {MAX_ALIASED_NODES} values")
        if len(self.stack) + node.height > MAX_DEPTH:
            self.fail(event, f"nested deeper than {MAX_DEPTH} levels")
        self.end = _end(event)
        # Only this place is an alias: the anchor's node stays as it is.
        self.attach(replace(node, alias=(*_mark(event), *self.end)), event)

    def attach(self, node: Node, event: Any) -> None:
        self.count += 1
        if self.count > MAX_NODES:
            self.fail(event, f"the file holds more than {MAX_NODES} values")
        if not self.stack:
            self.root = node
        elif isinstance(self.stack[-1].value, list):
            self.stack[-1].value.append(node)
        else:
            entry = self.pending[-1]
            if entry is not None:
                self.stack[-1].value[entry[0]] = node
            self.pending[-1] = None

    def expects_key(self) -> bool:
        return bool(self.stack) and isinstance(self.stack[-1].value, dict) and not self.pending[-1]

    def check(self, event: Any) -> None:
        if event.tag is not None:
            self.fail(
                event,
                f"the tag '{short(event.tag)}' is not allowed",
                expected="plain YAML without tags",
            )

    def resolve(self, event: Any) -> Any:
        text: str = event.value
        if text in _CONSTANTS:
            return _CONSTANTS[text]
        if _INTEGER.fullmatch(text) or _OTHER_BASE.fullmatch(text):
            if len(text) > MAX_DIGITS:
                self.fail(event, f"a number of {len(text)} digits is too long")
            return int(text, 0 if text[:2] in ("0o", "0x") else 10)
        if _NOT_FINITE.fullmatch(text):
            self.fail(event, f"{text} is not a finite number", expected="a finite number")
        if _FLOAT.fullmatch(text):
            number = float(text)
            if not math.isfinite(number):
                self.fail(event, f"{short(text)} is too large", expected="a finite number")
            return number
        return text


def _mark(event: Any) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1


def _end(event: Any) -> tuple[int, int]:
    return event.end_mark.line + 1, event.end_mark.column + 1


def short(text: str, limit: int = 60) -> str:
    """Return text fit for a message: cut, and without what would drive a terminal."""
    clean = "".join(letter if letter.isprintable() else "?" for letter in text[:limit])
    return clean if len(text) <= limit else f"{clean}..."
