"""Refusals: what design would say no to, with the nearest request that it would not refuse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from equidesign.errors import InputError
from equidesign.lint.finding import AddKey, Edit, Fix, RemoveKey, SetValue
from equidesign.lint.reading import ABSENT
from equidesign.lint.registry import Issue
from equidesign.lint.stated import plain
from equidesign.lint.witness import written_path
from equidesign.spec.yamlio import KeyPath

if TYPE_CHECKING:
    from equidesign.design.problem import Problem
    from equidesign.design.rules.engine import Choice
    from equidesign.lint.context import Context


def unexplained_refusal(context: Context) -> InputError | None:
    """Return why design refuses the request, unless the rest of the file says what it should be."""
    from equidesign.design.repair import with_repair

    request, found = context.request, context.suspicion
    prefix = context.request_path
    unknown = (each.path for each in context.complaints if each.sort == "unknown")
    if request is None or any(path[: len(prefix)] == prefix for path in unknown):
        return None  # what a misspelt field says may be what is missing
    if found is not None and found.refusal is not None:
        return None if found.change else with_repair(request, found.refusal)
    if context.is_architecture or context.problem is None:
        return None  # the layers are there: whether they fit is a question of its own
    return _refused_later(context.problem)


def _refused_later(problem: Problem) -> InputError | None:
    """Return why no family serves a problem, or none of any size."""
    from equidesign.design.family import family_by_id
    from equidesign.design.rules.engine import choose_family
    from equidesign.design.sizing import fit

    limits = problem.request.constraints
    try:
        choice = choose_family(problem)
        if limits.max_parameters is not None or limits.max_memory_mb is not None:
            fit(family_by_id(choice.family), problem)
    except InputError as error:
        return error
    return None


def chosen_family(problem: Problem) -> Choice | None:
    """Return the family that the rules choose, None if they refuse."""
    from equidesign.design.rules.engine import choose

    try:
        return choose(problem)
    except InputError:
        return None


def refusal_issue(context: Context, error: InputError) -> Issue:
    """Return a refusal at the field that it is about, with the repair that design offers."""
    where = tuple((error.where or "symmetry.group").split("."))
    hints = [f"expected {error.expected}" if error.expected else "", error.hint or ""]
    hint = "; ".join(filter(None, hints))
    return Issue(written_path(context, where), error.what, hint, _fix(context, error, where))


def _fix(context: Context, error: InputError, where: KeyPath) -> Fix | None:
    """Return the repair as edits, None if it is a whole section."""
    from equidesign.design.repair import repair_text

    repair = error.repair or {}
    edits = [_edit(context, tuple(name.split(".")), value) for name, value in repair.items()]
    made = tuple(edit for edit in edits if edit is not None)
    if not made or len(made) < len(edits):
        return None
    misspelt = set(repair) == {".".join(map(str, where))} and "did you mean" in (error.hint or "")
    return Fix(repair_text(repair), misspelt, made)


def _edit(context: Context, field: KeyPath, value: Any) -> Edit | None:
    path = (*context.request_path, *field)
    written, parent = context.value(path), context.value(path[:-1])
    if value is None:
        return None if written is ABSENT else RemoveKey(path)
    if isinstance(value, Mapping):
        return None
    if written is not ABSENT:
        return SetValue(path, plain(value))
    return AddKey(path[:-1], str(path[-1]), plain(value)) if isinstance(parent, dict) else None
