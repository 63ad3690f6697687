"""The story of a specification: what was asked, what follows and from what, layer by layer, at what cost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from equidesign.comparison.alternatives import Priced, priced_alternatives
from equidesign.comparison.family import family_marks
from equidesign.comparison.measured import Measured, MeasuredLayer, measure
from equidesign.comparison.symmetry import parts_of
from equidesign.design.codes import step_rules
from equidesign.design.family import all_families
from equidesign.groups.irrep import Irrep
from equidesign.report.layout import Line, bullets, columns, facts, heading
from equidesign.report.spoken import counted, listed, short_number, spoken_irrep, spoken_rep, value
from equidesign.report.symmetry_words import Setting, promise
from equidesign.spec.decision import Decision, Step
from equidesign.spec.descriptions import describe_fields
from equidesign.spec.domains import DOMAINS
from equidesign.spec.layer import Level
from equidesign.spec.specification import Specification
from equidesign.spec.tasks import TASKS

# Longer sums of irreps are shown as they are written and not spelled out.
MAX_WORDS = 4


def story(spec: Specification) -> list[Line]:
    """Return the decisions of a specification as a readable story."""
    side = measure(spec)
    lines = [Line(f"{spec.name}: why it is what it is", style="bold")]
    for part in (_asked, _group, _family, _layers, _types, _cost, _checks, _caveats):
        lines += part(spec, side)
    if side.faults or side.fiber is None:
        first = side.faults[0] if side.faults else None
        where = f" (the first fault: {first.where}: {first.message})" if first else ""
        lines += [
            Line(),
            Line(
                f"it does not type-check{where}: run `equidesign lint` on it",
                head="! ",
                style="bold red",
            ),
        ]
    return lines


def _decision(spec: Specification, step: Step) -> Decision | None:
    return next((decision for decision in spec.decisions if decision.step is step), None)


def _told(decision: Decision | None) -> Iterator[Line]:
    """Yield why a step was decided so, by which rule, and what was rejected."""
    if decision is None:
        return
    yield Line(decision.why, indent=2)
    rule = step_rules().get(decision.rule, "")
    more = f" ({rule})" if rule else f" (`equidesign explain {decision.rule}`)"
    pairs = [("rule", decision.rule + more), ("source", decision.cite)]
    yield from facts(pairs, indent=4)
    for rejected in decision.rejected:
        yield Line(rejected.why, head=f"not {rejected.option}: ", indent=4, head_style="red")


def _asked(spec: Specification, side: Measured) -> Iterator[Line]:
    request = spec.request
    yield from heading("1. What was asked")
    if request.description:
        yield Line(request.description, indent=2)
    domain, task = request.data.domain, request.task.type
    for model, name, key in ((DOMAINS[domain], domain, "data"), (TASKS[task], task, "task")):
        doc = (model.__doc__ or "").strip().split("\n")[0]
        yield Line(f"{name.replace('_', ' ')}: {doc}", head=f"{key}  ", indent=2, head_style="cyan")
        texts = describe_fields(model)
        written = request.to_data()[key]
        for field, item in written.items():
            if field not in ("domain", "type"):
                yield Line(f"{value(item)} ({texts.get(field, '')})", head=f"{field}  ", indent=8)
    yield Line(request.symmetry.group, head="symmetry  ", indent=2, head_style="cyan")
    wishes = request.to_data().get("constraints", {})
    for field, item in wishes.items():
        yield Line(value(item), head=f"{field.replace('_', ' ')}  ", indent=2, head_style="cyan")


def _group(spec: Specification, side: Measured) -> Iterator[Line]:
    decision = _decision(spec, Step.group)
    yield from heading(f"2. The symmetry that follows: {spec.symmetry.canonical}")
    yield from _told(decision)
    moves = "stays the same" if spec.symmetry.type == "invariant" else "moves with the input"
    yield Line(f"the output {moves}: {spec.symmetry.type}", indent=2)
    if side.group is not None:
        for part, extent in parts_of(side.group).items():
            text = promise(part, extent, Setting.of(spec))
            yield Line(text, head="+ ", indent=4, head_style="green")
    yield Line(f"features carry representations of {spec.symmetry.acts_on_features}", indent=2)


def _family(spec: Specification, side: Measured) -> Iterator[Line]:
    decision = _decision(spec, Step.family)
    known = all_families().get(spec.family)
    title = decision.choice if decision else spec.family
    yield from heading(f"3. The architecture: {title} in {spec.library.name}")
    if known:
        yield Line(known.idea, indent=2)
    yield from _told(decision)
    for step in (Step.topology, Step.library):
        found = _decision(spec, step)
        if found:
            yield Line(
                f"{found.choice}: {found.why}", head=f"{step.value}  ", indent=4, head_style="cyan"
            )
    if not spec.alternatives:
        return
    yield Line()
    yield Line("Also legal, best first, and what the same request would cost with them:", indent=2)
    own = family_marks(spec)
    for other in priced_alternatives(spec):
        yield from _alternative(other, own)


def _alternative(other: Priced, own: Any) -> Iterator[Line]:
    chosen = other.alternative
    yield Line(
        chosen.why_not, head=f"{chosen.family} ({chosen.library})  ", indent=4, head_style="cyan"
    )
    names = ("expressiveness", "speed", "memory")
    marks = [f"{name} {getattr(chosen, name)}" + (f" instead of {own[name]}" if name in own else "")
             for name in names if own.get(name) != getattr(chosen, name)]  # fmt: skip
    if marks:
        yield Line(f"{', '.join(marks)} (marks from 1 to 5)", indent=8)
    if other.why:
        yield Line(f"it cannot be designed within the request: {other.why}", indent=8)
        return
    costs = []
    for figure, unit in zip(other.figures, ("parameters", "FLOPs", "MB in training"), strict=True):
        if figure.after is not None:
            number = value(figure.after) if unit != "FLOPs" else short_number(figure.after)
            ratio = f" (×{figure.ratio:.3g})" if figure.ratio else ""
            costs.append(f"{number} {unit}{ratio}")
    yield Line(", ".join(costs), indent=8)


def _layers(spec: Specification, side: Measured) -> Iterator[Line]:
    decision = _decision(spec, Step.layers)
    yield from heading(f"4. How large: {decision.choice if decision else 'as written'}")
    yield from _told(decision)


def _types(spec: Specification, side: Measured) -> Iterator[Line]:
    yield from heading(
        f"5. Layer by layer: what happens to the types in {counted(len(spec.layers), 'layer')}"
    )
    rows = []
    for number, one in enumerate(side.layers, 1):
        layer = one.layer
        count = value(layer.parameters if one.parameters is None else one.parameters)
        rows.append([f"{number}.", layer.name, one.kind.title if one.kind else layer.kind, count])
    for text, one in zip(columns(rows), side.layers, strict=True):
        yield Line(f"{text} parameters", indent=2, keep=True)
        yield Line(_flow(one), indent=6)
        if one.layer.why:
            yield Line(one.layer.why, indent=6, style="dim")
        if one.exactness.level is not Level.exact:
            loud = "bold red" if one.exactness.level is Level.broken else "yellow"
            level = one.exactness.level.value.upper() if loud == "bold red" else "approximate"
            yield Line(f"{level}: {one.exactness.why}", head="! ", indent=6, style=loud)


def _flow(one: MeasuredLayer) -> str:
    """Say what a layer makes of what it reads."""
    layer = one.layer
    same = layer.in_.space is layer.out.space
    spaces = f"on {layer.out.space.value}" if same else (
        f"from {layer.in_.space.value} to {layer.out.space.value}"
    )  # fmt: skip
    text = f"{layer.in_.rep} → {layer.out.rep}, {spaces}"
    acts = [
        item for item in (layer.nonlinearity, layer.normalization, layer.pooling) if item != "none"
    ]
    text += f", {', '.join(acts)}" if acts else ""
    if one.typed is None:
        return text
    before, after = one.typed.in_.rep, one.typed.out.rep
    news = [irrep for irrep in after.irreps if irrep not in before.irreps]
    gone = [irrep for irrep in before.irreps if irrep not in after.irreps]
    said = []
    if len(after.irreps) <= MAX_WORDS and not (news or gone):
        said.append(spoken_rep(after))
    if news:
        said.append(f"{_those(news)} appear")
    if gone:
        said.append(f"{_those(gone)} end here")
    return f"{text}: {'; '.join(said)}" if said else text


def _those(irreps: list[Irrep]) -> str:
    """Name some irreps in the plural; many by the first and the last."""
    if len(irreps) > MAX_WORDS:
        return f"{len(irreps)} irreps, {irreps[0]} to {irreps[-1]},"
    return listed([_plural(spoken_irrep(irrep)) for irrep in irreps])


def _plural(word: str) -> str:
    noun, *rest = word.split(" ", 1)
    return " ".join([f"{noun}s", *rest])


def _cost(spec: Specification, side: Measured) -> Iterator[Line]:
    total = spec.parameters.total if side.parameters is None else side.parameters
    yield from heading(f"6. What it costs: {value(total)} parameters")
    sizes = ", ".join(f"{name} {value(size)}" for name, size in spec.cost.sizes.items())
    flops, kept, memory = side.flops, side.activations, side.memory_mb
    yield from facts(
        [
            ("FLOPs", f"{short_number(flops)} for a sample of {sizes}" if flops is not None else ""),
            ("activations", f"{short_number(kept)} numbers a sample" if kept is not None else ""),
            ("memory", f"{value(memory)} MB in training" if memory is not None else ""),
            ("formula", f"memory = {spec.cost.formulas['memory_mb']}" if "memory_mb" in spec.cost.formulas else ""),
        ]
    )  # fmt: skip
    counts = [(one.parameters or 0, one.layer.name) for one in side.layers]
    largest = sorted(counts, key=lambda item: (-item[0], item[1]))[:3]
    if total:
        told = (f"{name} {100 * count / total:.0f} %" for count, name in largest if count)
        yield Line(f"most parameters are in {', '.join(told)}", indent=2)


def _checks(spec: Specification, side: Measured) -> Iterator[Line]:
    yield from heading("7. How it is checked")
    worst = side.worst.exactness if side.worst else None
    if worst is not None and worst.level is Level.exact:
        yield Line("every layer keeps the symmetry exactly, by its type", indent=2)
    elif worst is not None and side.worst is not None:
        yield Line(
            f"by the ledger {worst.level.value} from layer {side.worst.layer.name} on", indent=2
        )
    check = spec.verification
    errors = check.get("expected_relative_error", {})
    told = (
        [f"{value(item)} in {name}" for name, item in errors.items()]
        if isinstance(errors, dict)
        else []
    )
    yield from facts(
        [
            ("by numbers", str(check.get("command", ""))),
            ("by tests", str(check.get("test", ""))),
            ("expected relative error", listed(told)),
        ]
    )


def _caveats(spec: Specification, side: Measured) -> Iterator[Line]:
    if spec.caveats:
        yield from heading("8. What remains to be known")
        yield from bullets(spec.caveats)
