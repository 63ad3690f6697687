"""Conflicts: which edits can be made together, and in what order."""

from __future__ import annotations

from collections.abc import Iterable

from equidesign.lint.finding import AddKey, DeleteText, Edit, RemoveKey, RenameKey, SetValue
from equidesign.spec.document import KeyPath


def conflict(first: Edit, second: Edit) -> bool:
    """Tell whether two edits touch the same key, value or stretch of text, so that only one can be made."""
    if isinstance(first, DeleteText) or isinstance(second, DeleteText):
        if not (isinstance(first, DeleteText) and isinstance(second, DeleteText)):
            return False
        one, other = sorted((first.place, second.place))
        return (other.line, other.column) < (one.end_line, one.end_column) or one == other
    return (
        _covers(first, second)
        or _covers(second, first)
        or bool(_names(first) & _names(second))
        or (
            isinstance(first, RenameKey)
            and _path(first) == _path(second)
            and type(first) is type(second)
        )
    )


def _covers(outer: Edit, inner: Edit) -> bool:
    """Tell whether an edit replaces or removes what another one changes."""
    path, within = _path(outer), _path(inner)
    if not isinstance(outer, SetValue | RemoveKey) or within[: len(path)] != path:
        return False
    if within != path:
        return True
    # A value and its key are two things, and a key that goes may come back at the end.
    return (type(outer), type(inner)) not in ((SetValue, RenameKey), (RemoveKey, AddKey))


def _names(edit: Edit) -> set[KeyPath]:
    if isinstance(edit, AddKey):
        return {(*edit.parent, edit.name)}
    return {(*edit.path[:-1], edit.name)} if isinstance(edit, RenameKey) else set()


def _path(edit: Edit) -> KeyPath:
    if isinstance(edit, DeleteText):
        return ()
    return (*edit.parent, edit.name) if isinstance(edit, AddKey) else edit.path


def in_order(edits: Iterable[Edit]) -> list[Edit]:
    """Return edits in an order in which none changes the path of a later one."""
    return sorted(edits, key=_order, reverse=True)


def _order(edit: Edit) -> tuple[tuple[int, int, int, str], ...]:
    """Sort, backwards: what lies deeper first, and lists from their end.

    Among the keys of one mapping: values, then removals, new names, new keys (those in the order given).
    """
    rank = {SetValue: 4, RemoveKey: 3, RenameKey: 2, AddKey: 1}[type(edit)]
    path = _path(edit)
    steps = []
    for at, step in enumerate(path, 1):
        last = at == len(path)
        own = rank if last else 5
        name = "" if last and isinstance(edit, AddKey) else step
        steps.append((1, step, own, "") if isinstance(step, int) else (0, own, 0, str(name)))
    return tuple(steps)
