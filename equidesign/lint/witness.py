"""Witness: whether the request in a specification was edited, or what was made of it.

The same fact stands at several places of a file: the number of classes in the request, in a shape, in a
representation, in the last layer. Two that disagree do not say which is wrong; the others do. A field of the request
is to blame if one other value there takes most contradictions away and brings no new one. Where only one value
speaks against it, the whole design is asked, then the `request.yaml` beside the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from equidesign.errors import EquidesignError, InputError
from equidesign.lint.agreement import differences
from equidesign.lint.candidates import Change, changes
from equidesign.lint.reading import ABSENT, leaves
from equidesign.lint.spelling import well_spelt
from equidesign.lint.tags import request_beside
from equidesign.spec.request import Request, parse_request
from equidesign.spec.specification import Specification
from equidesign.spec.yamlio import KeyPath, load_text

if TYPE_CHECKING:
    from equidesign.lint.context import Context


@dataclass(frozen=True)
class Suspicion:
    """A field of the request that is to blame.

    Attributes:
        path: in the file.
        request: the request that everything else speaks for, None if nobody knows it.
        change: what makes it of the one that is written: path in the request and value, None to leave it out.
        refusal: why design refuses the request as it is written, if it does.
    """

    path: KeyPath
    request: Request | None = None
    change: Change | None = None
    refusal: InputError | None = None


def suspicion(context: Context) -> Suspicion | None:
    """Return the field of the request that is to blame for what contradicts it, None if no field is."""
    spec, request, refusal = context.spec, context.request, context.understood.error
    if request is None:
        return None
    if context.wrong_tag is not None:
        path = written_path(context, context.wrong_tag[0])
        return Suspicion(path, request, context.wrong_tag)
    if spec is None:
        return against_echo(context, refusal) or _refused(context, refusal) if refusal else None
    if refusal is not None:
        return _explained(context, spec, request, refusal) or _refused(context, refusal)
    return _contradicted(context, spec, request) if context.understood.differences else None


def _refused(context: Context, refusal: InputError) -> Suspicion:
    """Blame the field that design names, or its nearest parent that is there."""
    path = tuple((refusal.where or "symmetry.group").split("."))
    return Suspicion(written_path(context, path), refusal=refusal)


def against_echo(context: Context, refusal: InputError) -> Suspicion | None:
    """Blame the one field of a refused request.yaml that is not what the specification beside it was designed for."""
    beside, request = request_beside(context.bundle), context.request
    if beside is None or request is None:
        return None
    written, designed = dict(leaves(request.to_data())), dict(leaves(beside.to_data()))
    paths = written.keys() | designed.keys()
    other = [path for path in paths if written.get(path) != designed.get(path)]
    if len(other) != 1:
        return None
    change = other[0], designed.get(other[0])
    return Suspicion(written_path(context, other[0]), beside, change, refusal)


def _explained(
    context: Context, spec: Specification, request: Request, refusal: InputError
) -> Suspicion | None:
    """Blame the field that, changed, leaves nothing refused and least contradicted."""
    best: tuple[int, Change, Request] | None = None
    for change in changes(spec, request):
        changed = _changed(request, change)
        against = _against(spec, changed)
        if against is not None and len(against) > _MOST_DIFFERENCES:
            return None
        if against is not None and changed is not None and (best is None or len(against) < best[0]):
            best = len(against), change, changed
    if best is None or best[0] > 1:
        return None
    return Suspicion(written_path(context, best[1][0]), best[2], best[1], refusal)


def _contradicted(context: Context, spec: Specification, request: Request) -> Suspicion | None:
    """Blame the field that, changed, takes most contradictions away and adds none."""
    if len(context.understood.differences) > _MOST_DIFFERENCES:
        return None
    before = well_spelt(context.understood.differences)
    ranked: list[tuple[int, Change, Request]] = []
    for change in changes(spec, request):
        changed = _changed(request, change)
        after = _against(spec, changed)
        if after is not None and changed is not None and after < before:
            ranked.append((len(before - after), change, changed))
    ranked.sort(key=lambda each: -each[0])
    for gain, change, changed in ranked[:_MOST_DESIGNS]:
        if gain < ranked[0][0]:
            break
        if gain > 1 or _outweighs(context, spec, request, change, changed):
            return Suspicion(written_path(context, change[0]), changed, change)
    return None


_MOST_DESIGNS = 6
"""So many equally good changes are weighed by a whole design each."""
_MOST_DIFFERENCES = 200
"""No single field explains more, and each is looked at for every change."""


def _against(spec: Specification, request: Request | None) -> set[KeyPath] | None:
    """Return what contradicts a request, None if it is none or means nothing."""
    from equidesign.design.understand import resolve

    if request is None:
        return None
    try:
        return well_spelt(differences(spec, resolve(request)[0]))
    except InputError:
        return None


def _outweighs(
    context: Context, spec: Specification, request: Request, change: Change, changed: Request
) -> bool:
    """Tell whether one contradiction is enough: the whole design, or another witness, is for the change."""
    now, then = distance(spec, request), distance(spec, changed)
    if then is None or now is None:
        return then is not None
    if then != now - 1:
        return then < now - 1
    return _is_written(context, change) and not _confirmed(context, request)


def distance(spec: Specification, request: Request) -> int | None:
    """Return how many values of a specification differ from what design makes of a request."""
    from equidesign.lint.reference import designed_like

    made = designed_like(request, spec)
    if made is None:
        return None
    return _differing(_by_name(spec), _by_name(made))


def _differing(one: Any, other: Any) -> int:
    """Count the values that differ; a part that is in one of them only counts once."""
    if not (isinstance(one, Mapping) and isinstance(other, Mapping)):
        return int(one != other)
    shared = one.keys() & other.keys()
    alone = len(one.keys() ^ other.keys())
    return alone + sum(_differing(one[key], other[key]) for key in shared)


def _by_name(spec: Specification) -> dict[str, Any]:
    """Return all values but those of the request; items of lists go by name, or by number."""
    data = spec.to_data()
    del data["request"]
    data["layers"] = {layer["name"]: layer for layer in data["layers"]}
    for key in ("decisions", "alternatives"):
        data[key] = dict(enumerate(data[key]))
    return data


def _is_written(context: Context, change: Change) -> bool:
    """Tell whether the field is written: where it is left out, nobody edited it.

    Of two values against each other, one in the request and one in a layer, the request is then blamed: it says what
    was asked for, and was not followed up when the layer changed, or it changed alone.
    """
    return context.value((*context.request_path, *change[0])) is not ABSENT


def _confirmed(context: Context, request: Request) -> bool:
    """Tell whether the request.yaml of the bundle says the same as the request here."""
    text = context.bundle.texts.get("request.yaml") if context.bundle else None
    if text is None:
        return False
    try:
        return parse_request(load_text(text, "request.yaml")) == request
    except EquidesignError:
        return False


def _changed(request: Request, change: Change) -> Request | None:
    """Return the request with a change, None if it is no request then."""
    from equidesign.design.repair import patched

    path, value = change
    try:
        return patched(request, {".".join(map(str, path)): value})
    except EquidesignError:
        return None


def written_path(context: Context, path: KeyPath) -> KeyPath:
    """Return where a field of the request stands in the file, or its nearest parent that is there."""
    path = (*context.request_path, *path)
    while len(path) > 1 and context.value(path) is ABSENT:
        path = path[:-1]
    return path
