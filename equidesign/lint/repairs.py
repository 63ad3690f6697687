"""Repairs: the edit that mends a fault, where the right value is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from equidesign.layers.base import Fault
from equidesign.layers.registry import layer_kinds
from equidesign.lint.finding import AddKey, Fix, RemoveKey, RenameKey, SetValue
from equidesign.lint.registry import Issue
from equidesign.lint.stated import shown
from equidesign.spec.problems import Complaint
from equidesign.spec.yamlio import KeyPath

if TYPE_CHECKING:
    from equidesign.lint.context import Context


DERIVED = ("parameters", "cost", "exactness")
"""Keys of what a specification says about its layers, and no model is built from."""

OPTIONAL = ("source", "writes", "nonlinearity", "normalization", "pooling")
"""Keys of a layer that may be left out."""


def repair(context: Context, fault: Fault, blamed: KeyPath, moved: bool) -> Fix | None:
    """Return how to mend a fault at the value that is blamed.

    A misspelt word is put right, which is safe. Else what design writes at this place is restored, which may change
    parity, degrees or widths.
    """
    from equidesign.lint.context import ABSENT

    if fault.sort == "missing-option" and not moved:
        return _added(context, blamed, fault.nearest)
    if fault.sort == "unknown-option" and (fix := moving(context, blamed)) is not None:
        return fix
    made = context.reference.value(blamed)
    if fault.nearest and not moved and made in (ABSENT, fault.nearest):
        if fault.sort == "unknown-option":
            edit = RenameKey(blamed, fault.nearest)
            return Fix(f"write {fault.nearest}", safe=True, edits=(edit,))
        if made is not ABSENT or fault.sort in ("unknown-source", "unknown-skip", "unknown-kind"):
            return _set(blamed, fault.nearest, safe=True)
    return restoring(context, blamed)


def restoring(context: Context, path: KeyPath) -> Fix | None:
    """Return the fix that writes what design writes at a place; None if it writes the same, or nothing is known."""
    from equidesign.lint.context import ABSENT

    made, written = context.reference.value(path), context.value(path)
    if not context.reference.edited(path) or isinstance(made, dict):
        return None
    if made is not ABSENT and written is not ABSENT:
        return _set(path, made, safe=False)
    if made is not ABSENT and isinstance(context.value(path[:-1]), dict):
        edit = AddKey(path[:-1], str(path[-1]), made)
        return Fix(f"add {path[-1]}: {shown(made)}", safe=False, edits=(edit,))
    if written is ABSENT or (path[-1] not in OPTIONAL and path[-2:-1] != ("options",)):
        return None
    return Fix(f"remove {path[-1]}", safe=False, edits=(RemoveKey(path),))


def complaint_fix(context: Context, complaint: Complaint) -> Fix | None:
    """Return how to mend a key that is unknown or missing, or a value that has no meaning."""
    from equidesign.lint.context import ABSENT

    path, name = complaint.path, complaint.nearest
    if complaint.sort != "unknown":
        return supplied(context, path)
    if name and context.value((*path[:-1], name)) is ABSENT:
        return Fix(f"write {name}", safe=True, edits=(RenameKey(path, name),))
    return moving(context, path)


def moving(context: Context, path: KeyPath) -> Fix | None:
    """Return the fix that moves a key of a layer into its options, or out of them, where it is known there."""
    from equidesign.lint.context import ABSENT

    layer, name, kind = path[:2], str(path[-1]), context.value((*path[:2], "kind"))
    if path[:1] != ("layers",) or len(path) not in (3, 4) or not isinstance(kind, str):
        return None
    inside = path[2] == "options"
    target = layer if inside else (*layer, "options")
    known = (
        OPTIONAL if inside else tuple(layer_kinds()[kind].options if kind in layer_kinds() else ())
    )
    if name not in known or context.value((*target, name)) is not ABSENT:
        return None
    value, there = context.value(path), isinstance(context.value(target), dict)
    edit = AddKey(target, name, value) if there else AddKey(layer, "options", {name: value})
    title = "move it out of options" if inside else "move it into options"
    return Fix(title, safe=True, edits=(RemoveKey(path), edit))


def supplied(context: Context, path: KeyPath) -> Fix | None:
    """Return the fix that writes what design writes where a key is missing or its value has no meaning.

    Only what a file derives from its layers is safe: that can't be another in what it describes.
    """
    from equidesign.lint.context import ABSENT

    made, parent = context.reference.value(path), context.value(path[:-1])
    if made is ABSENT or not isinstance(parent, dict):
        return None
    name, safe = str(path[-1]), path[0] in DERIVED or path[-1] in DERIVED
    if name in parent:
        return Fix(f"write {shown(made)}", safe=safe, edits=(SetValue(path, made),))
    edit = AddKey(path[:-1], name, made)
    return Fix(f"add {name}: {shown(made)}", safe=safe, edits=(edit,))


def _set(path: KeyPath, value: Any, *, safe: bool) -> Fix:
    return Fix(f"write {shown(value)}", safe=safe, edits=(SetValue(path, value),))


def _added(context: Context, parent: KeyPath, name: str) -> Fix | None:
    """Return the fix that adds a missing option with the value that design gives it."""
    from equidesign.lint.context import ABSENT

    value = context.reference.value((*parent, name)) if name else ABSENT
    if value is ABSENT or not isinstance(context.value(parent), dict):
        return None
    edit = AddKey(parent, name, value)
    return Fix(f"add {name}: {shown(value)}", safe=False, edits=(edit,))


def restored(context: Context, path: KeyPath, message: str, hint: str = "") -> Issue:
    """Return an issue at a value, with what design writes there as its repair where that is another."""
    fix = restoring(context, path)
    return Issue(path, message, hint or (fix.title if fix is not None else ""), fix)
