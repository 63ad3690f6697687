"""Edits: changes to YAML and JSON text that leave its comments, order and formatting as they are."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Sequence
from difflib import SequenceMatcher
from typing import Any

from equidesign.errors import InputError
from equidesign.lint.conflicts import conflict, in_order
from equidesign.lint.finding import (
    AddKey,
    DeleteText,
    Edit,
    Place,
    RemoveKey,
    RenameKey,
    SetValue,
)
from equidesign.lint.layout import CannotEditError, Layout, Splice
from equidesign.lint.splices import insert_entry, remove_entry, rename_key, replace_value
from equidesign.spec.yamlio import Document, KeyPath, dotted, load_text

__all__ = ["CannotEditError", "apply_edits", "conflict"]


def apply_edits(text: str, document: Document, edits: Sequence[Edit]) -> str:
    """Return text with edits applied; paths and places are those of ``text`` before any of them.

    What is not touched stays byte for byte; a comment goes only with the value that it stands in or beside. The
    result reads back as the edited data, of that every edit is held against a new reading.

    Args:
        document: what ``text`` was read as (`load_text`).

    Raises:
        ValueError: two edits contradict each other, a path does not exist, a name is taken, a value can't be written,
            or a stretch that is to be deleted holds more than comments and blanks.
        CannotEditError: the text is written in a way that the edit can't be made in, such as behind an alias.
    """
    for at, edit in enumerate(edits):
        for other in edits[at + 1 :]:
            if conflict(edit, other):
                raise ValueError(f"the edits {edit} and {other} overlap")
    deletions = [edit for edit in edits if isinstance(edit, DeleteText)]
    if deletions:
        text, document = _without(text, document, deletions)
    editor = _Editor(text, document)
    for edit in in_order(edit for edit in edits if not isinstance(edit, DeleteText)):
        editor.apply(edit)
    return editor.text


def _without(
    text: str, document: Document, deletions: Iterable[DeleteText]
) -> tuple[str, Document]:
    layout = Layout(text, document)
    result = layout.spliced(_deleted(layout, edit.place) for edit in deletions)
    if document.root is None:
        return result, document
    try:
        changed = load_text(result, document.source)
    except InputError:
        changed = None
    if changed is None or not _same(changed.data, document.data):
        raise ValueError("a stretch that is to be deleted holds more than comments and blanks")
    return result, changed


def _deleted(layout: Layout, place: Place) -> Splice:
    start = layout.offset(place.line, place.column)
    end = layout.offset(place.end_line, place.end_column)
    if end < start:
        raise ValueError(f"{place} ends before it starts")
    if layout.after(end).strip():
        return start, end, ""
    if layout.before(start).strip():
        return layout.blanks_before(start), layout.line_end(end), ""
    return layout.lines_cut(start, end)


class _Editor:
    """A text and its data, changed one edit at a time; each change is read back."""

    def __init__(self, text: str, document: Document) -> None:
        self.text = text
        self.document = document

    def apply(self, edit: Edit) -> None:
        if isinstance(edit, SetValue):
            self.set(edit.path, _plain(edit.value))
        elif isinstance(edit, RemoveKey):
            self.remove(edit.path)
        elif isinstance(edit, RenameKey):
            self.rename(edit.path, edit.name)
        elif isinstance(edit, AddKey):
            parent = self.value(edit.parent)
            if not isinstance(parent, dict):
                raise ValueError(f"{dotted(edit.parent)} is no mapping")
            self.add(edit.parent, edit.name, len(parent), _plain(edit.value))

    def value(self, path: KeyPath) -> Any:
        value = self.document.data
        for step in path:
            fits = isinstance(step, str) if isinstance(value, dict) else isinstance(step, int)
            inside = fits and (
                step in value
                if isinstance(value, dict)
                else isinstance(value, list) and 0 <= int(step) < len(value)
            )
            if not inside:
                raise ValueError(f"there is no {dotted(path)}")
            value = value[step]
        return value

    def set(self, path: KeyPath, value: Any) -> None:
        """Change as little as makes the value what it should be; a key that is missing is added."""
        if not path:
            raise ValueError("the whole file can't be set")
        parent = self.value(path[:-1])
        if isinstance(path[-1], str) and isinstance(parent, dict) and path[-1] not in parent:
            self.add(path[:-1], path[-1], len(parent), value)
            return
        old = self.value(path)
        if _same(old, value):
            return
        before = self.text, self.document
        try:
            if self._set_parts(path, old, value):
                return
        except CannotEditError:
            self.text, self.document = before

        def change(data: Any) -> None:
            _at(data, path[:-1])[path[-1]] = value

        self.commit(lambda layout: replace_value(layout, path, value), change, path)

    def _set_parts(self, path: KeyPath, old: Any, value: Any) -> bool:
        """Change a list or mapping item by item, where that is what makes the difference."""
        if isinstance(old, dict) and isinstance(value, dict):
            kept = [key for key in old if key in value]
            if not kept or list(value)[: len(kept)] != kept:
                return False
            for key in [key for key in old if key not in value]:
                self.remove((*path, key))
            for at, (key, each) in enumerate(value.items()):
                if key in old:
                    self.set((*path, key), each)
                else:
                    self.add(path, key, at, each)
            return True
        if isinstance(old, list) and isinstance(value, list):
            codes = SequenceMatcher(
                None, [repr(each) for each in old], [repr(each) for each in value], autojunk=False
            ).get_opcodes()
            if not any(tag == "equal" for tag, *_ in codes) and len(old) != len(value):
                return False
            if not old or codes[0][0] == "insert":
                return False
            for _, start, end, new_start, new_end in reversed(codes):
                both = min(end - start, new_end - new_start)
                for at in reversed(range(start + both, end)):
                    self.remove((*path, at))
                for at in range(new_start + both, new_end):
                    self.add(path, None, start + at - new_start, value[at])
                for at in range(both):
                    self.set((*path, start + at), value[new_start + at])
            return True
        return False

    def remove(self, path: KeyPath) -> None:
        self.value(path)
        if not path:
            raise ValueError("the whole file can't be removed")

        def change(data: Any) -> None:
            del _at(data, path[:-1])[path[-1]]

        self.commit(lambda layout: remove_entry(layout, path), change, path)

    def rename(self, path: KeyPath, name: str) -> None:
        self.value(path)
        if not path or not isinstance(path[-1], str):
            raise ValueError(f"{dotted(path)} has no key to rename")
        parent = self.value(path[:-1])
        if name == path[-1]:
            return
        if name in parent:
            raise ValueError(f"there is a {dotted((*path[:-1], name))} already")

        def change(data: Any) -> None:
            entries = _at(data, path[:-1])
            renamed = {name if key == path[-1] else key: each for key, each in entries.items()}
            entries.clear()
            entries.update(renamed)

        self.commit(lambda layout: rename_key(layout, path, name), change, path)

    def add(self, parent: KeyPath, name: str | None, at: int, value: Any) -> None:
        """Add an entry to a mapping (at its end) or list (before item ``at``, which is not the first)."""
        entries = self.value(parent)
        if name is not None and name in entries:
            raise ValueError(f"there is a {dotted((*parent, name))} already")

        def change(data: Any) -> None:
            if name is None:
                _at(data, parent).insert(at, value)
            else:
                _at(data, parent)[name] = value

        self.commit(lambda layout: insert_entry(layout, parent, name, at, value), change, parent)

    def commit(
        self,
        splices: Callable[[Layout], Iterable[Splice]],
        change: Callable[[Any], None],
        path: KeyPath,
    ) -> None:
        """Change text and data alike, and see that the one still says the other."""
        layout = Layout(self.text, self.document)
        text = layout.spliced(splices(layout))
        wanted = copy.deepcopy(self.document.data)
        change(wanted)
        try:
            document = load_text(text, self.document.source)
        except InputError:
            document = None
        if document is None or not _same(document.data, wanted):
            raise CannotEditError(
                f"the way in which {dotted(path)} is written does not allow the change",
                where=self.document.where(path),
            )
        self.text, self.document = text, document


def _at(data: Any, path: KeyPath) -> Any:
    for step in path:
        data = data[step]
    return data


def _same(one: Any, other: Any) -> bool:
    """Tell whether data are the same in types and in the order of keys too: 1 is neither 1.0 nor true."""
    return repr(one) == repr(other)


def _plain(value: Any) -> Any:
    """Return a value in the types that a file can hold."""
    if isinstance(value, dict):
        return {_plain(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, bool) or value is None:
        return value
    return int(value) if isinstance(value, int) else value
