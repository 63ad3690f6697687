"""Names: inputs and outputs of the interface that should not be there, should be there, or are something else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Literal

from equidesign.errors import nearest
from equidesign.lint.agreement import NOTHING, Difference
from equidesign.lint.finding import AddKey, Fix, RemoveKey, RenameKey
from equidesign.lint.registry import Issue
from equidesign.lint.stated import contradictions, fix_to, issue, shown
from equidesign.spec.specification import Interface

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def name_issues(context: Context, kind: Literal["inputs", "outputs"]) -> Iterator[Issue]:
    """Yield inputs or outputs that are missing or unknown; a wrong name is one issue, not two."""
    root = ("interface", kind)
    found = [each for each in contradictions(context, *root) if len(each.path) == 3]
    yield from misnamed(found, kind[:-1])
    for each in rightly_named(found):
        path, name = each.path, str(each.path[2])
        if each.implied is NOTHING:
            fix = Fix("remove it", False, (RemoveKey(path),))
            message = f"the request asks for no {kind[:-1]} '{name[:80]}'"
            yield Issue(path, message, "remove it", fix, on_key=True)
            continue
        data = each.implied.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
        add = Fix(f"add {name}", True, (AddKey(root, name, data),))
        message = f"the {kind[:-1]} '{name}' is missing"
        yield Issue(path, message, f"add {name}: {shown(data)}", add)


def renamed(found: Iterable[Difference]) -> dict[str, str]:
    """Return unknown names with the missing ones that they stand for: the nearest, or the only one."""
    found = tuple(found)
    missing = [str(each.path[-1]) for each in found if each.written is NOTHING]
    unknown = [str(each.path[-1]) for each in found if each.implied is NOTHING]
    wrong: dict[str, str] = {}
    for name in unknown if missing else ():
        meant = nearest(name[:80], missing)
        if meant is None and len(missing) == len(unknown) == 1:
            meant = missing[0]
        if meant is not None:
            wrong[name] = meant
            missing.remove(meant)
    return wrong


def misnamed(found: Iterable[Difference], what: str) -> Iterator[Issue]:
    """Yield an issue for every name that stands for a missing one."""
    found = tuple(found)
    wrong = renamed(found)
    for each in found:
        name = str(each.path[-1])
        if each.implied is NOTHING and name in wrong:
            meant = wrong[name]
            fix = Fix(f"write {meant}", True, (RenameKey(each.path, meant),))
            message = f"the {what} is called {meant}, not '{name[:80]}'"
            yield Issue(each.path, message, f"write {meant}", fix, on_key=True)


def rightly_named(found: Iterable[Difference]) -> Iterator[Difference]:
    """Yield the differences that are not a matter of a wrong name."""
    found = tuple(found)
    wrong = renamed(found)
    for each in found:
        name = str(each.path[-1])
        if not (name in wrong and each.implied is NOTHING) and not (
            name in wrong.values() and each.written is NOTHING
        ):
            yield each


def tensor_issues(context: Context, kind: Literal["inputs", "outputs"]) -> Iterator[Issue]:
    """Yield fields of inputs or outputs that the request implies otherwise, but for those with rules of their own."""
    for found in contradictions(context, "interface", kind, "*", "*"):
        name, field = found.path[2], str(found.path[3])
        if field == "unit" or (kind == "outputs" and field == "shape"):
            continue
        written, implied = shown(found.written), shown(found.implied)
        message = f"'{field}' of '{name}' is {written}, and the request implies {implied}"
        if found.implied is None:
            message = f"'{name}' has no {field} by the request, and here it is {written}"
            yield Issue(found.path, message, "leave it out", fix_to(context, found.path, NOTHING))
        else:
            yield issue(context, found.path, message, found.implied)


def believed_interface(written: Interface, implied: Interface) -> Interface:
    """Return an interface with the names it should have: missing ones as implied, unknown ones left out."""
    if written.inputs.keys() == implied.inputs.keys() and (
        written.outputs.keys() == implied.outputs.keys()
    ):
        return written
    return written.model_copy(
        update={
            "inputs": {
                name: written.inputs.get(name, each) for name, each in implied.inputs.items()
            },
            "outputs": {
                name: written.outputs.get(name, each) for name, each in implied.outputs.items()
            },
        }
    )
