"""The request as a file: what was answered, and a comment above every field that says why it is there."""

from __future__ import annotations

from equidesign.spec.yamlio import KeyPath, dump
from equidesign.wizard.flow import Flow
from equidesign.wizard.request_data import FOUND
from equidesign.wizard.stages.symmetry import inference
from equidesign.wizard.view import TRANSFORMATIONS, View


def request_text(flow: Flow) -> str:
    """Return the text of ``request.yaml``: read back, it is `Flow.data`, so it gives the same bundle to the byte."""
    data = flow.data
    comments: dict[KeyPath, str] = {
        (): "What was asked for. `equidesign design` makes specification and code from this file."
    }
    for question in flow.questions:
        path: KeyPath = tuple(question.id.split("."))
        if question.id.startswith("ask.") or not _holds(data, path):
            continue
        comments[path] = question.text
    group: KeyPath = ("symmetry", "group")
    if lines := _found(flow):
        comments[group] = "\n".join(lines)
    return dump(data, comments)


def _found(flow: Flow) -> list[str]:
    """Return the answers from which the group was found, and what followed from them."""
    if not flow.view.get(FOUND):
        return []
    lines = ["Found from these answers:"]
    for question in flow.questions:
        if question.id.startswith(TRANSFORMATIONS) and question.id in flow.view:
            lines.append(f"- {question.text} {question.show(flow.view[question.id])}")
    before = {name: value for name, value in flow.view.answers.items() if name != FOUND}
    _, steps = inference(View(before))
    if not steps:
        return []
    return [*lines, "so: " + "; ".join(steps)] if len(lines) > 1 else ["; ".join(steps)]


def _holds(data: object, path: KeyPath) -> bool:
    for key in path:
        if not isinstance(data, dict) or key not in data:
            return False
        data = data[key]
    return True
