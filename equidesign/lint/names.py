"""Names: inputs and outputs of the interface that should not be there, should be there, or are something else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from equidesign.errors import nearest
from equidesign.lint.agreement import NOTHING
from equidesign.lint.finding import AddKey, Fix, RemoveKey, RenameKey
from equidesign.lint.registry import Issue
from equidesign.lint.stated import contradictions, fix_to, issue, shown
from equidesign.spec.specification import Interface

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def name_issues(context: Context, kind: Literal["inputs", "outputs"]) -> Iterator[Issue]:
    """Yield inputs or outputs that are missing or unknown; a wrong name is one issue, not two."""
    root = ("interface", kind)
    found = {str(path[2]): each for path, each in context.contradictions.items() if len(path) == 3}
    found = {name: each for name, each in found.items() if each.path[:2] == root}
    missing = [name for name, each in found.items() if each.written is NOTHING]
    unknown = [name for name, each in found.items() if each.implied is NOTHING]
    for name in unknown:
        meant = nearest(name[:80], missing) or (missing[0] if len(missing) == 1 else None)
        if meant is None:
            fix = Fix("remove it", False, (RemoveKey((*root, name)),))
            message = f"the request asks for no {kind[:-1]} '{name[:80]}'"
            yield Issue((*root, name), message, "remove it", fix, on_key=True)
            continue
        missing.remove(meant)
        fix = Fix(f"write {meant}", True, (RenameKey((*root, name), meant),))
        message = f"the {kind[:-1]} is called {meant}, not '{name[:80]}'"
        yield Issue((*root, name), message, f"write {meant}", fix, on_key=True)
    for name in missing:
        data = found[name].implied.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
        add = Fix(f"add {name}", True, (AddKey(root, name, data),))
        message = f"the {kind[:-1]} '{name}' is missing"
        yield Issue((*root, name), message, f"add {name}: {shown(data)}", add)


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
