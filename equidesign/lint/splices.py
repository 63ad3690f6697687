"""Splices: which stretches of a text change when one entry of it is set, added, renamed or removed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from equidesign.lint.layout import Entry, Layout, Splice, is_block, is_block_scalar
from equidesign.spec.yamlio import KeyPath
from equidesign.spec.yamltree import Node
from equidesign.spec.yamlwrite import WIDTH, entry_lines, flow_text, key_text, quoted


def replace_value(layout: Layout, path: KeyPath, value: Any) -> Iterator[Splice]:
    """Yield what changes when the value at ``path`` becomes another one."""
    parent = layout.node(path[:-1])
    entry = _entry(layout, parent, path[-1])
    node = entry.node
    if parent.flow or layout.is_json:
        indent = _line_indent(layout, entry.head)
        new = _inline(layout, value, indent)
        yield from _replace_token(layout, entry, _in_quotes_of(layout, node, value) or new)
        return
    lead, rest = _lead_and_rest(layout, entry, path[-1], value)
    if isinstance(value, dict | list) and node.flow and not node.alias:
        lead, rest = flow_text(value), []
    elif (same := _in_quotes_of(layout, node, value)) is not None:
        lead, rest = same, []
    if node.alias or not (is_block(node) or is_block_scalar(node)):
        below = layout.next_line(entry.end)
        if rest and layout.line_start(entry.start) > layout.line_start(entry.anchor):
            # What is below has to be below the key or dash, and text right below its ``|``.
            yield entry.anchor, entry.anchor, f" {lead}" if lead else ""
            below = layout.next_line(entry.anchor if lead[:1] in ("|", ">") else entry.end)
            lead = ""
        yield from _replace_token(layout, entry, lead)
        if rest:
            yield layout.inserted(below, rest)
    elif is_block_scalar(node):
        header = layout.header_end(node)
        start = entry.start if lead else layout.blanks_before(entry.start)
        yield start, header, lead
        line = layout.line_end(header)
        yield line, max(line, entry.end), "".join(f"\n{each}" for each in rest)
    elif layout.line_start(entry.start) == layout.line_start(entry.anchor):
        yield entry.start, entry.end, lead
        if rest:
            yield layout.inserted(layout.next_line(entry.end), rest)
    else:
        yield entry.anchor, entry.anchor, f" {lead}" if lead else ""
        body_follows = lead[:1] in ("|", ">")
        if body_follows:
            yield layout.inserted(layout.next_line(entry.anchor), rest)
        yield layout.lines_cut(entry.start, entry.end, [] if body_follows else rest)


def rename_key(layout: Layout, path: KeyPath, name: str) -> Iterator[Splice]:
    """Yield what changes when the last key of ``path`` gets another name; it stays in its quotes."""
    node = layout.node(path[:-1])
    layout.check_own(node, path[:-1])
    line, column, end_line, end_column = node.keys[str(path[-1])]
    start, end = layout.offset(line, column), layout.offset(end_line, end_column)
    yield start, end, _key(layout, name, layout.text[start])


def insert_entry(
    layout: Layout, parent: KeyPath, name: str | None, at: int, value: Any
) -> Iterator[Splice]:
    """Yield what changes when an entry comes behind the one before ``at``."""
    node = layout.node(parent)
    layout.check_own(node, parent)
    entries = layout.entries(node)
    if node.flow:
        yield from _insert_in_flow(layout, node, entries, name, at, value)
        return
    entry = entries[at - 1]
    inline = _written_inline(layout)
    lines = entry_lines(value, name, layout.column(entry.head), inline)
    yield layout.inserted(layout.next_line(entry.end), lines)


def remove_entry(layout: Layout, path: KeyPath) -> Iterator[Splice]:
    """Yield what changes when the entry at ``path`` goes, with the comment on its line."""
    node = layout.node(path[:-1])
    layout.check_own(node, path[:-1])
    entries = layout.entries(node)
    at = list(node.value).index(path[-1]) if isinstance(path[-1], str) else path[-1]
    entry = entries[at]
    if node.flow:
        yield from _remove_in_flow(layout, entries, at)
    elif len(entries) == 1:
        yield from _remove_last(layout, node, entry, path[:-1])
    elif not layout.before(entry.head).strip():
        yield layout.lines_cut(entry.head, entry.end)
    else:  # the first entry, on the line of a dash
        following = entries[1].head
        if layout.next_line(entry.end) == layout.line_start(following):
            yield entry.head, following, ""
        else:
            yield layout.blanks_before(entry.head), layout.line_end(entry.end), ""


def _entry(layout: Layout, parent: Node, step: str | int) -> Entry:
    at = list(parent.value).index(step) if isinstance(step, str) else step
    return layout.entries(parent)[at]


def _replace_token(layout: Layout, entry: Entry, new: str) -> Iterator[Splice]:
    """Replace a value that stands on one line, or in quotes or brackets."""
    start, end = entry.start, entry.end
    if layout.bounds(entry.node)[0] == layout.bounds(entry.node)[1]:
        between = layout.text[entry.anchor : start]
        start = end = start if entry.colon and not between.strip(" ") else entry.anchor
        colon = "" if entry.colon else ":"
        gap = " " if colon or layout.text[start - 1 : start] not in (" ", "\t") else ""
        yield start, end, f"{colon}{gap}{new}" if new else ""
    elif new:
        yield start, end, new
    elif layout.before(start).strip():
        yield layout.blanks_before(start), end, ""
    elif layout.after(end).strip():
        yield start, layout.line_end(end) - len(layout.after(end).lstrip(" \t")), ""
    else:
        yield layout.lines_cut(start, end)


def _lead_and_rest(
    layout: Layout, entry: Entry, step: str | int, value: Any
) -> tuple[str, list[str]]:
    """Return what comes behind the colon or dash, and the lines below."""
    key = step if isinstance(step, str) else None
    indent = layout.column(entry.head)
    empty = entry_lines(None, key, indent)[0].removesuffix(" null")
    first, *rest = entry_lines(value, key, indent, _written_inline(layout))
    return first.removeprefix(empty).strip(" "), rest


def _remove_last(layout: Layout, node: Node, entry: Entry, path: KeyPath) -> Iterator[Splice]:
    """Remove the only entry of a block collection: ``{}`` or ``[]`` is left."""
    empty = "{}" if isinstance(node.value, dict) else "[]"
    if path:
        own = _entry(layout, layout.node(path[:-1]), path[-1])
        if layout.line_start(own.anchor) != layout.line_start(own.start):
            yield own.anchor, own.anchor, f" {empty}"
            yield layout.lines_cut(entry.head, entry.end)
            return
    yield entry.head, entry.end, empty


def _insert_in_flow(
    layout: Layout, node: Node, entries: list[Entry], name: str | None, at: int, value: Any
) -> Iterator[Splice]:
    opening = layout.opening(node)
    if not entries:
        indent = _line_indent(layout, opening)
        new = _pair(layout, node, name, value, indent)
        yield opening + 1, opening + 1, new
        return
    entry = entries[at - 1]
    head = entries[0].head
    apart = layout.line_start(head) != layout.line_start(opening)
    indent = layout.column(head) if apart else _line_indent(layout, opening)
    new = _pair(layout, node, name, value, indent)
    comma = layout.skip(entry.end)
    after = comma + 1 if layout.follows(comma, ",") else entry.end
    if not apart:
        yield entry.end, entry.end, f", {new}"
    elif not layout.ends_line(after):
        yield entry.end, entry.end, f",\n{' ' * indent}{new}"
    elif after == entry.end:
        yield entry.end, entry.end, ","
        yield layout.inserted(layout.next_line(entry.end), [" " * indent + new])
    else:
        yield layout.inserted(layout.next_line(after), [f"{' ' * indent}{new},"])


def _remove_in_flow(layout: Layout, entries: list[Entry], at: int) -> Iterator[Splice]:
    entry = entries[at]
    comma = layout.skip(entry.end)
    if layout.follows(comma, ","):
        end = comma + 1
        if not layout.before(entry.head).strip() and layout.ends_line(end):
            yield layout.lines_cut(entry.head, end)
        elif layout.ends_line(end):
            yield layout.blanks_before(entry.head), end, ""
        else:
            rest = layout.after(end)
            yield entry.head, end + len(rest) - len(rest.lstrip(" \t")), ""
        return
    start, end = entry.head, entry.end
    if at:
        previous = layout.skip(entries[at - 1].end)
        between = layout.text[previous + 1 : start]
        beside = not between.strip(" \t")
        if beside or (not between.strip() and not layout.ends_line(end)):
            yield previous, end, ""
            return
        yield previous, previous + 1, ""
    if not layout.before(start).strip() and layout.ends_line(end):
        yield layout.lines_cut(start, end)
    else:
        yield start, end, ""


# --- values as text ------------------------------------------------------------------------------


def _pair(layout: Layout, node: Node, name: str | None, value: Any, indent: int) -> str:
    text = _inline(layout, value, indent)
    if name is None:
        return text
    quotes = {layout.text[layout.offset(*place[:2])] for place in node.keys.values()}
    return f"{_key(layout, name, quotes.pop() if len(quotes) == 1 else '')}: {text}"


def _key(layout: Layout, name: str, quote: str) -> str:
    plain = key_text(name)  # refuses what can't be a key
    if layout.is_json:
        return _json(name, layout)
    if quote == "'" and name.isprintable():
        return _single(name)
    return quoted(name) if quote == '"' else plain


def _in_quotes_of(layout: Layout, node: Node, value: Any) -> str | None:
    """Return text in the quotes that it stands in already, if it stands in some."""
    if not isinstance(value, str) or node.alias or layout.is_json:
        return None
    if node.style == "'" and value.isprintable():
        return _single(value)
    return quoted(value) if node.style == '"' else None


def _single(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _inline(layout: Layout, value: Any, indent: int) -> str:
    """Return a value inside brackets; long ones of a JSON file go over several lines."""
    if not layout.is_json:
        return flow_text(value)
    text = _json(value, layout)
    if len(text) + indent <= WIDTH or not isinstance(value, dict | list):
        return text
    pad = " " * (indent + 2)
    if isinstance(value, dict):
        parts = [
            f"{_json(key, layout)}: {_inline(layout, each, indent + 2)}"
            for key, each in value.items()
        ]
    else:
        parts = [_inline(layout, each, indent + 2) for each in value]
    body = ",\n".join(pad + part for part in parts)
    first, last = "{}" if isinstance(value, dict) else "[]"
    return f"{first}\n{body}\n{' ' * indent}{last}"


def _json(value: Any, layout: Layout) -> str:
    if isinstance(value, dict):
        pairs = (f"{_json(key, layout)}: {_json(each, layout)}" for key, each in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_json(each, layout) for each in value) + "]"
    if not isinstance(value, str):
        return flow_text(value)
    quoted(value)  # refuses lone surrogates
    if not layout.document.source.endswith(".json"):
        return quoted(value)
    letters = (each if each.isprintable() else json.dumps(each)[1:-1] for each in value)
    escaped = (json.dumps(each)[1:-1] if each in '"\\' else each for each in letters)
    return '"' + "".join(escaped) + '"'


def _line_indent(layout: Layout, offset: int) -> int:
    line = layout.before(offset)
    return len(line) - len(line.lstrip(" "))


def _written_inline(layout: Layout) -> frozenset[str]:
    """Return the keys whose mappings are written in brackets in this file."""
    found: set[str] = set()
    stack = [layout.document.root]
    while stack:
        node = stack.pop()
        if node is None or node.alias or not isinstance(node.value, dict | list):
            continue
        if isinstance(node.value, dict):
            found.update(
                key for key, each in node.value.items() if each.flow and each.value and each.keys
            )
            stack.extend(node.value.values())
        else:
            stack.extend(node.value)
    return frozenset(found)
