"""Layout: where the entries of a YAML or JSON text stand, as offsets into it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from equidesign.errors import EquidesignError
from equidesign.spec.yamlio import SURROGATE_PAIR, Document, KeyPath, dotted, join_surrogates
from equidesign.spec.yamltree import Node

_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_BREAKS = "\r\n\x85\u2028\u2029"
_BLANKS = " \t"
_PROPERTY = re.compile(r"&[^\s,\[\]{}]+[ \t]*")
_HEADER = re.compile(r"[|>][-+0-9]*")

Splice = tuple[int, int, str]
"""Start, end and what comes in between, with ``\\n`` for a line break."""


class CannotEditError(EquidesignError):
    """The text is written in a way in which this edit can't be made, such as behind an alias."""


@dataclass(frozen=True)
class Entry:
    """An entry of a list or mapping, as offsets.

    Attributes:
        head: where it starts: its key, its dash, or (a list in brackets) its value.
        anchor: the end of its colon, dash or, where there is neither, of its key: its value comes after it.
        start: where its value starts.
        end: where its value ends.
    """

    node: Node
    head: int
    anchor: int
    start: int
    end: int
    colon: bool = True


class Layout:
    """A text, the tree that was read from it, and how to get from one to the other.

    Attributes:
        text: the text as it was parsed: without a byte order mark, and in JSON files with one escape instead of a
            pair of surrogates.
    """

    def __init__(self, text: str, document: Document) -> None:
        self.mark = "\ufeff" if text.startswith("\ufeff") else ""
        self.original = text.removeprefix("\ufeff")
        self.document = document
        self.text = self.original
        self._pairs: list[int] = []
        if document.source.endswith(".json"):
            pairs = SURROGATE_PAIR.finditer(self.original)
            self._pairs = [match.end() - 2 * at for at, match in enumerate(pairs, 1)]
            self.text = SURROGATE_PAIR.sub(join_surrogates, self.original)
        self._starts = [0, *(match.end() for match in _BREAK.finditer(self.text))]

    @cached_property
    def newline(self) -> str:
        """The line break of the text: its first."""
        match = _BREAK.search(self.text)
        return match.group() if match else "\n"

    @cached_property
    def is_json(self) -> bool:
        """Whether the text is JSON, by its name or by its look."""
        root = self.document.root
        if self.document.source.endswith(".json"):
            return True
        keys = root.keys.values() if root is not None and root.flow else ()
        return bool(keys) and all(self.text[self.offset(*key[:2])] == '"' for key in keys)

    def spliced(self, splices: Iterable[Splice]) -> str:
        """Return the whole text with stretches replaced."""
        result = self.original
        for start, end, new in sorted(splices, key=lambda each: each[:2], reverse=True):
            written = new.replace("\n", self.newline)
            result = result[: self._outer(start)] + written + result[self._outer(end) :]
        return self.mark + result

    def _outer(self, offset: int) -> int:
        return offset + 2 * bisect_right(self._pairs, offset)

    # --- lines ---------------------------------------------------------------------------------

    def offset(self, line: int, column: int) -> int:
        """Return the offset of a place (line and column from 1).

        Raises:
            ValueError: there is no such place.
        """
        if not 1 <= line <= len(self._starts) or column < 1:
            raise ValueError(f"there is no place {line}:{column} in this text")
        offset = self._starts[line - 1] + column - 1
        if offset > (self._starts[line] if line < len(self._starts) else len(self.text)):
            raise ValueError(f"there is no place {line}:{column} in this text")
        return offset

    def line_start(self, offset: int) -> int:
        """Return where the line of an offset starts."""
        return self._starts[bisect_right(self._starts, offset) - 1]

    def next_line(self, offset: int) -> int:
        """Return where the line after that of an offset starts, or the end of the text."""
        at = bisect_right(self._starts, offset)
        return self._starts[at] if at < len(self._starts) else len(self.text)

    def line_end(self, offset: int) -> int:
        """Return where the line of an offset ends, before its break."""
        start, end = self.line_start(offset), self.next_line(offset)
        return start + len(self.text[start:end].rstrip(_BREAKS))

    def column(self, offset: int) -> int:
        """Return how many characters stand before an offset on its line."""
        return offset - self.line_start(offset)

    def before(self, offset: int) -> str:
        """Return what stands before an offset on its line."""
        return self.text[self.line_start(offset) : offset]

    def after(self, offset: int) -> str:
        """Return what stands after an offset on its line."""
        return self.text[offset : self.line_end(offset)]

    def ends_line(self, offset: int) -> bool:
        """Tell whether nothing but blanks and a comment follows on the line."""
        return self.after(offset).strip(_BLANKS)[:1] in ("", "#")

    def blanks_before(self, offset: int) -> int:
        """Return where the blanks before an offset start."""
        before = self.before(offset)
        return offset - (len(before) - len(before.rstrip(_BLANKS)))

    def skip(self, offset: int) -> int:
        """Return the offset of the next character that is neither blank nor in a comment."""
        text = self.text
        while offset < len(text):
            if text[offset] == "#":
                offset = self.line_end(offset)
            elif text[offset] in _BLANKS or text[offset] in _BREAKS:
                offset += 1
            else:
                break
        return offset

    def follows(self, offset: int, what: str) -> bool:
        """Tell whether ``what`` stands at an offset."""
        return self.text.startswith(what, offset)

    # --- pieces of text ------------------------------------------------------------------------

    def inserted(self, offset: int, lines: list[str]) -> Splice:
        """Return the splice that puts lines at the start of a line, or at the end of the text."""
        body = "\n".join(lines)
        if offset == len(self.text) and self.text and self.text[-1] not in _BREAKS:
            return offset, offset, f"\n{body}"
        return offset, offset, f"{body}\n"

    def lines_cut(self, start: int, end: int, lines: list[str] | None = None) -> Splice:
        """Return the splice that removes the whole lines from one offset to another, for other lines."""
        first, last = self.line_start(start), self.next_line(end)
        body = "".join(f"{line}\n" for line in lines or ())
        if (
            last == len(self.text) and self.text[-1] not in _BREAKS
        ):  # no last line break: none after
            body = body.removesuffix("\n")
            while not body and first:
                first = self.line_end(first - 1)
                if self.before(first).strip():
                    break
                first = self.line_start(first)  # a blank line
        return first, last, body

    # --- nodes ---------------------------------------------------------------------------------

    def node(self, path: KeyPath) -> Node:
        """Return the node at a path, which exists and is not behind an alias."""
        node = self.document.root
        assert node is not None
        for at, step in enumerate(path):
            self.check_own(node, path[:at])
            node = node.value[step]
        return node

    def check_own(self, node: Node, path: KeyPath) -> None:
        """Refuse to change what stands behind an alias.

        Raises:
            CannotEditError: it does.
        """
        if node.alias:
            where = f"{self.document.source}:{node.alias[0]}:{node.alias[1]}"
            raise CannotEditError(f"{dotted(path)} stands behind an alias", where=where)

    def entries(self, node: Node) -> list[Entry]:
        """Return the entries of a list or mapping."""
        return list(self._pairs_of(node) if isinstance(node.value, dict) else self._items(node))

    def _pairs_of(self, node: Node) -> Iterator[Entry]:
        for key, child in node.value.items():
            line, column, end_line, end_column = node.keys[key]
            head, after = self.offset(line, column), self.offset(end_line, end_column)
            colon = self.skip(after)
            found = self.follows(colon, ":")
            anchor = colon + 1 if found else after
            start, end = self.bounds(child)
            yield Entry(child, head, anchor, start, max(end, anchor), found)

    def _items(self, node: Node) -> Iterator[Entry]:
        at = self.offset(node.line, node.column)
        if not node.flow and (match := _PROPERTY.match(self.text, at)):
            at = match.end()
        for child in node.value:
            start, end = self.bounds(child)
            head = anchor = start
            if not node.flow:
                head = self.skip(at)
                anchor = head + 1
            yield Entry(child, head, anchor, start, max(end, anchor))
            at = max(end, anchor)

    def bounds(self, node: Node) -> tuple[int, int]:
        """Return start and end of a value: of its alias, if it stands behind one."""
        if node.alias:
            return self.offset(*node.alias[:2]), self.offset(*node.alias[2:])
        start = self.offset(node.line, node.column)
        while is_block(node) and not node.alias:
            node = node.value[-1] if isinstance(node.value, list) else [*node.value.values()][-1]
        if node.alias:
            return start, self.offset(*node.alias[2:])
        if is_block_scalar(node):
            return start, self._body_end(node)
        return start, self.offset(node.end_line, node.end_column)

    def opening(self, node: Node) -> int:
        """Return where a value starts behind its anchor."""
        start = self.offset(node.line, node.column)
        match = _PROPERTY.match(self.text, start)
        return self.skip(match.end()) if match else start

    def header_end(self, node: Node) -> int:
        """Return the end of what announces a block scalar: ``|``, ``>-`` and the like."""
        match = _HEADER.match(self.text, self.opening(node))
        return match.end() if match else self.opening(node)

    def _body_end(self, node: Node) -> int:
        header = self.header_end(node)
        raw = self.offset(node.end_line, node.end_column)
        if "+" in self.text[self.opening(node) : header]:  # blank lines at its end are part of it
            return self.line_end(raw - 1) if self.text[raw - 1] in _BREAKS else raw
        body = self.text[header:raw].rstrip(_BREAKS + _BLANKS)
        return self.line_end(header + len(body))


def is_block(node: Node) -> bool:
    """Tell whether a node is a list or mapping without brackets."""
    return isinstance(node.value, dict | list) and not node.flow


def is_block_scalar(node: Node) -> bool:
    """Tell whether a node is text after ``|`` or ``>``."""
    return node.style in ("|", ">")
