"""What is shown: the six steps, a question, its answers, its help, what follows. Text only, wrapped by the caller."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from equidesign.errors import EquidesignError
from equidesign.report.layout import Line, columns, facts
from equidesign.wizard.flow import Flow, Notice, Status, Step
from equidesign.wizard.question import Kind, Option, Question, Stage

if TYPE_CHECKING:
    from equidesign.design.pipeline import Design
    from equidesign.wizard.preview import Candidate

MARKS = {Status.done: "[x]", Status.current: "[>]", Status.open: "[ ]"}
_STYLES = {Status.done: "green", Status.current: "bold", Status.open: "dim"}


def checklist(steps: Sequence[Step]) -> Iterator[Line]:
    """Yield the six steps, one a line, with what was chosen."""
    for step in steps:
        head = f"{MARKS[step.status]} {step.stage.value} {step.stage.title}"
        style = _STYLES[step.status]
        if step.chosen:
            yield Line(step.chosen, head=f"{head}: ", head_style=style)
        else:
            yield Line(head, style=style)


def progress(steps: Sequence[Step]) -> Iterator[Line]:
    """Yield the six steps in one line, for low screens."""
    now = next((step for step in steps if step.status is Status.current), None)
    marks = " ".join(f"{MARKS[step.status]}{step.stage.value}" for step in steps)
    text = f"Step {now.stage.value} of {len(steps)}: {now.stage.title}" if now else "All answered"
    yield Line(f"{text}   {marks}", style="bold", keep=True)


def notices(found: Sequence[Notice]) -> Iterator[Line]:
    """Yield what the last answer brought about."""
    signs = {"found": ("+ ", "green"), "dropped": ("- ", "yellow")}
    for notice in found:
        head, style = signs.get(notice.sort, (f"{notice.sort}: ", "bold yellow"))
        yield Line(notice.text, head=head, head_style=style)
        if notice.hint:
            yield Line(notice.hint, head="hint: ", indent=2, head_style="cyan")


def asked(question: Question) -> Iterator[Line]:
    """Yield a question in plain words, and a picture of what it means."""
    yield Line(question.text, style="bold")
    if question.picture:
        yield Line(question.picture, indent=2)


def option_lines(
    question: Question, option: Option, number: int, *, pointed: bool = False, more: bool = True
) -> Iterator[Line]:
    """Yield one answer: its number and label, why one would take it, and what it costs.

    Args:
        pointed: whether it is the one that Enter takes.
        more: whether reason and cost are shown too.
    """
    label = option.label
    if option.value == question.default and len(question.options) > 1:
        label += " (recommended)"
    pointer = "> " if pointed else "  "
    style = "bold cyan" if pointed else ""
    head = f"{pointer}{number}  "
    reason = f": {option.why}" if option.why and more else ""
    yield Line(f"{label}{reason}", head=head, head_style=style, style=style if pointed else "")
    if option.cost and more:
        yield Line(option.cost, head="cost: ", indent=len(head), head_style="cyan")


def typed_hint(question: Question) -> Iterator[Line]:
    """Yield what Enter alone takes at a question that is answered by typing."""
    if question.default is None:
        return
    if shown := question.show(question.default):
        yield Line(f"Enter takes {shown}", indent=2, style="dim")


def help_page(question: Question, keys: Sequence[tuple[str, str]]) -> Iterator[Line]:
    """Yield what ``?`` shows."""
    yield Line(question.text, style="bold")
    yield Line(question.picture, indent=2)
    yield Line()
    for text in question.help.splitlines():
        yield Line(text)
    yield Line()
    for number, option in enumerate(question.options, 1):
        yield from option_lines(question, option, number)
    if question.kind is not Kind.choice:
        yield from typed_hint(question)
    yield Line()
    yield from facts(keys, indent=0)


def error_lines(error: EquidesignError) -> Iterator[Line]:
    """Yield what was wrong with an answer, and the nearest one that is right."""
    yield Line(error.what, head="! ", head_style="bold red")
    for name, text in (("expected", error.expected), ("hint", error.hint)):
        if text:
            yield Line(text, head=f"{name}: ", indent=2, head_style="cyan")


def preview(design: Design, width: int) -> Iterator[Line]:
    """Yield what follows from the answers: the layers with their representations, parameters, cost, library."""
    from equidesign.backends.registry import backend_of

    spec = design.specification
    yield Line(f"What follows: {spec.family} under {spec.symmetry.canonical}", style="bold")
    rows = [
        [
            layer.name,
            layer.kind,
            f"{layer.out.space.value}: {layer.out.rep}",
            f"{spec.parameters.per_layer.get(layer.name, 0):,}",
        ]
        for layer in spec.layers
    ]
    table = columns([["layer", "kind", "output", "parameters"], *rows])
    if max(map(len, table)) + 2 <= width:
        yield Line(table[0], indent=2, style="cyan", keep=True)
        for row in table[1:]:
            yield Line(row, indent=2, keep=True)
    else:
        pairs = [(name, f"{rep}; {count} parameters") for name, _, rep, count in rows]
        yield from facts(pairs)
    backend = backend_of(spec)
    yield from facts(
        [
            ("total", price(design)),
            ("library", f"{backend.title} {backend.version}"),
            ("install", backend.install),
            *(("note", note) for note in backend.install_notes),
        ]
    )


def price(design: Design) -> str:
    """Return the exact number of parameters and the cost."""
    from equidesign.wizard.preview import si

    spec = design.specification
    return (
        f"{spec.parameters.total:,} parameters, {si(spec.cost.flops)}FLOP a sample, "
        f"{spec.cost.memory_mb:g} MB a step"
    )


def side_by_side(found: Sequence[Candidate], width: int) -> Iterator[Line]:
    """Yield the families that can serve the answers, in columns; nothing where the columns do not fit."""
    from equidesign.wizard.preview import si

    if len(found) < 2:
        return
    rows = [["", "library", "parameters", "FLOP", "MB", "expressive", "speed", "memory"]]
    for each in found:
        if each.design is None:
            continue
        spec = each.design.specification
        numbers = [
            f"{spec.parameters.total:,}",
            si(spec.cost.flops).strip(),
            f"{spec.cost.memory_mb:.0f}",
        ]
        rows.append([each.title, each.library, *numbers, *map(str, each.marks)])
    table = columns(rows)
    if max(map(len, table)) + 2 > width:
        return
    yield Line("Side by side (marks from 1 to 5, 5 is best)", style="bold")
    yield Line(table[0], indent=2, style="cyan", keep=True)
    for row in table[1:]:
        yield Line(row, indent=2, keep=True)


def follows(flow: Flow, stage: Stage, width: int) -> Iterator[Line]:
    """Yield what follows from the answers at one of the later steps."""
    if stage is Stage.group:
        return
    if stage is Stage.family:
        table = list(side_by_side(flow.candidates, width))
        yield from table
        if table:
            yield Line()
    if flow.design is not None:
        yield from preview(flow.design, width)


def review(flow: Flow, width: int) -> Iterator[Line]:
    """Yield the specification that the answers led to: decisions, layers, cost."""
    design = flow.design
    if design is None:
        return
    yield Line(design.specification.name, style="bold")
    for decision in design.specification.decisions:
        head = f"{decision.step.value:<14}"
        yield Line(f"{decision.choice}: {decision.why}", head=head, indent=2, head_style="cyan")
    yield Line()
    yield from preview(design, width)
    for warning in design.warnings:
        text = f"{warning.message} [{warning.code}]"
        yield from notices([Notice("warning", text, warning.hint)])
