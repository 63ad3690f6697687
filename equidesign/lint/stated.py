"""Stated: findings about values that say otherwise than the request implies, and what repairs them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from equidesign.lint.agreement import NOTHING, Difference
from equidesign.lint.finding import AddKey, Edit, Fix, RemoveKey, SetValue
from equidesign.lint.reading import ABSENT
from equidesign.lint.registry import Issue
from equidesign.lint.strays import is_strayed
from equidesign.spec.field import Space
from equidesign.spec.yamlio import KeyPath

if TYPE_CHECKING:
    from equidesign.lint.context import Context
    from equidesign.lint.witness import Suspicion

_SHOWN = 80


def contradictions(context: Context, *pattern: str) -> Iterator[Difference]:
    """Yield contradictions at paths that begin like a pattern; ``*`` stands for any key."""
    for path, each in context.contradictions.items():
        fits = all(want in ("*", step) for want, step in zip(pattern, path, strict=False))
        if not fits or len(path) < len(pattern):
            continue
        if not (is_strayed(context, path) or _follows_layers(context, path)):
            yield each


def _follows_layers(context: Context, path: KeyPath) -> bool:
    """Tell whether a value follows the layer that writes the latent code, and that is at fault."""
    if path[:3] != ("interface", "outputs", "latent") or context.spec is None:
        return False
    writers = {i for i, layer in enumerate(context.spec.layers) if layer.writes == "latent"}
    last = ("layers", max(writers, default=-1))
    return any(
        fault.path[:2] == last
        or (fault.label == "unwritten-output" and fault.path[:1] == ("layers",))
        for fault in context.faults
    )


def issue(context: Context, path: KeyPath, message: str, value: Any, safe: bool = True) -> Issue:
    """Return an issue at ``path`` that is repaired by writing ``value`` there; `NOTHING` removes the entry."""
    return Issue(path, message, _order(value), fix_to(context, path, value, safe))


def fix_to(context: Context, path: KeyPath, value: Any, safe: bool = True) -> Fix:
    """Return what writes ``value`` at ``path``, or removes the entry for `NOTHING`."""
    edit: Edit
    if value is NOTHING:
        edit = RemoveKey(path)
    elif context.value(path) is ABSENT:
        edit = AddKey(path[:-1], str(path[-1]), plain(value))
    else:
        edit = SetValue(path, plain(value))
    return Fix(_order(value), safe, (edit,))


def _order(value: Any) -> str:
    return "leave it out" if value is NOTHING else f"write {shown(value)}"


def plain(value: Any) -> Any:
    """Return a value as YAML holds it."""
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    return value.value if isinstance(value, Space) else value


def shown(value: Any) -> str:
    """Return a value for a message, as it would be written."""
    value = plain(value)
    if value is NOTHING or value is ABSENT:
        return "nothing"
    if isinstance(value, list):
        text = "[" + ", ".join(map(shown, value)) + "]"
    elif isinstance(value, dict):
        text = "{" + ", ".join(f"{key}: {shown(each)}" for key, each in value.items()) + "}"
    elif value is None or isinstance(value, bool):
        text = "null" if value is None else str(value).lower()
    elif isinstance(value, int) and value.bit_length() > 200:
        text = "a number of many digits"
    else:
        text = str(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."


def suspected(context: Context, *fields: KeyPath) -> Iterator[Issue]:
    """Yield the issue about the request if one of these fields of it is to blame, and it is not refused."""
    found = context.suspicion
    if found is None or found.change is None or found.refusal or found.change[0] not in fields:
        return
    said = suspicion_issue(context)
    if said is not None:
        yield said


def suspicion_issue(context: Context, found: Suspicion | None = None) -> Issue | None:
    """Return the issue about the field of the request that is to blame."""
    found = found or context.suspicion
    if found is None or found.change is None or _is_misspelt(context, found.change[0]):
        return None
    path, value = found.change
    name = ".".join(map(str, path))
    written = context.value((*context.request_path, *path))
    here = shown(written) if written is not ABSENT else "left out"
    message = (
        f"`{name}` is {here}, and the rest of the file is made for {shown(value)}"
        if value is not None
        else f"`{name}` is {here}, and the rest of the file is made without it"
    )
    if found.refusal is not None:
        message = f"{found.refusal.what}; everything else here is made for {shown(value)}"
    hint = f"{_order(NOTHING if value is None else value)}, or design again"
    return Issue(found.path, message, hint, _suspicion_fix(context, path, value))


def _is_misspelt(context: Context, field: KeyPath) -> bool:
    """Tell whether a field that is missed may be there under a wrong name, which is said already."""
    whole = (*context.request_path, *field)
    return any(
        each.sort == "unknown" and each.path[:-1] == whole[:-1] and context.value(whole) is ABSENT
        for each in context.complaints
    )


def _suspicion_fix(context: Context, path: KeyPath, value: Any) -> Fix | None:
    """Return what puts the request back; parts that are not written can't be added to."""
    whole = (*context.request_path, *path)
    if value is None:
        return None if context.value(whole) is ABSENT else fix_to(context, whole, NOTHING, False)
    if not isinstance(context.value(whole[:-1]), dict) or isinstance(value, dict):
        return None
    return fix_to(context, whole, value, False)
