"""Are parameters and costs right, within the budget, and sensible?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from equidesign.scoring.evidence import Evidence, is_count, is_number
from equidesign.scoring.measured import Defect, Measure, Measured, held, judged, missed, shown

TOTAL = ("parameters", "total")
PER_LAYER = ("parameters", "per_layer")
MEASURES = ("flops", "activations", "memory_mb")


def counts_given(evidence: Evidence) -> Measured:
    """Parameters are given in total and for every layer, and what one sample costs."""

    def defects() -> Iterator[Defect]:
        if not is_count(evidence.value(*TOTAL)):
            yield Defect("the number of parameters is missing", TOTAL, "give parameters.total")
        if not evidence.mapping(*PER_LAYER):
            text = "the layers' parameters are missing"
            yield Defect(text, PER_LAYER, "give parameters.per_layer")
        if not evidence.entries("layers"):
            yield Defect("there are no layers to count", ("layers",), "list the layers")
        for index, layer in enumerate(evidence.entries("layers")):
            if not isinstance(layer, dict) or "parameters" not in layer:
                yield Defect(f"layer {index + 1} has no count", ("layers", index), "give its count")
        for key in MEASURES:
            if not is_number(evidence.value("cost", key)):
                yield Defect(f"cost.{key} is missing", ("cost", key), f"give cost.{key}")

    return judged(
        defects(), f"{evidence.value(*TOTAL)} parameters, and the cost of a sample", TOTAL
    )


def counts_exact(evidence: Evidence) -> Measured:
    """The parameters of every layer and their sum are what follows from the types."""
    completed = evidence.completed or ()
    counts = {layer.name: layer.parameters for layer in completed}
    per_layer, total = evidence.mapping(*PER_LAYER), sum(counts.values())

    def defects() -> Iterator[Defect]:
        for index, layer in enumerate(completed):
            path = ("layers", index, "parameters")
            if (value := evidence.value(*path)) != layer.parameters:
                text = f"'{layer.name}' has {layer.parameters:,} parameters, the file says {shown(value)}"
                yield Defect(text, path, f"write {layer.parameters}")
            if (value := per_layer.get(layer.name)) != layer.parameters:
                text = f"'{layer.name}' in per_layer is {shown(value)}"
                yield Defect(text, (*PER_LAYER, layer.name), f"{layer.name}: {layer.parameters}")
        for name in sorted(per_layer.keys() - counts.keys()):
            text = f"per_layer lists '{name}', which is no layer"
            yield Defect(text, (*PER_LAYER, name), f"drop {name}")
        if (value := evidence.value(*TOTAL)) != total:
            text = f"the layers have {total:,} parameters, the file says {shown(value)}"
            yield Defect(text, TOTAL, f"write {total}")

    return judged(defects(), f"{total:,} parameters, counted from the types", TOTAL)


def underived(evidence: Evidence) -> Measured:
    """Return why no cost follows from the layers."""
    path = ("training", "batch_size")
    if not is_count(evidence.value(*path)):
        text = f"no cost follows: the batch size is {shown(evidence.value(*path))}"
        return missed(text, path, "choose a whole number from 1")
    repair = "give the sizes of a sample, whole numbers from 1"
    return missed("no cost follows from cost.sizes", ("cost", "sizes"), repair)


def cost_exact(evidence: Evidence) -> Measured:
    """FLOPs, activations and memory are what follows from the types, with a formula for every layer."""
    cost, path = evidence.cost, ("cost",)
    if cost is None:
        return underived(evidence)
    right = cost.model_dump(mode="json")

    def defects() -> Iterator[Defect]:
        for key in MEASURES:
            if (value := evidence.value("cost", key)) != right[key]:
                text = f"{key} follows as {right[key]}, the file says {shown(value)}"
                yield Defect(text, ("cost", key), f"{key}: {right[key]}")
        formulas = evidence.mapping("cost", "formulas")
        for name in sorted(right["formulas"].keys() - formulas.keys()):
            yield Defect(f"no formula for {name}", ("cost", "formulas"), f"give that of {name}")

    text = f"{cost.flops:,} FLOPs, {cost.memory_mb} MB for a training step, recomputed"
    return judged(defects(), text, path)


def sizes_asked(evidence: Evidence) -> Measured:
    """The cost is given for a sample of the size that the data have."""
    assert evidence.reference is not None
    expected, written = evidence.reference.problem.sizes, evidence.mapping("cost", "sizes")

    def defects() -> Iterator[Defect]:
        for key in sorted({*expected, *written}):
            value, right = written.get(key), expected.get(key)
            if value != right:
                text = f"{key} is {shown(value)}, the data have {shown(right)}"
                repair = f"drop {key}" if right is None else f"{key}: {right}"
                yield Defect(text, ("cost", "sizes", key), repair)

    sample = ", ".join(f"{key} {value}" for key, value in expected.items()) or "no sizes"
    return judged(defects(), f"for a sample of {sample}", ("cost", "sizes"))


def budget_kept(evidence: Evidence) -> Measured:
    """What was measured stays within the budgets of the request."""
    assert evidence.request is not None
    limits = evidence.request.constraints
    total = sum(layer.parameters for layer in evidence.completed or ())
    memory = evidence.cost.memory_mb if evidence.cost else None

    def defects() -> Iterator[Defect]:
        most = limits.max_parameters
        if most is not None and total > most:
            yield Defect(
                f"{total:,} parameters, at most {most:,} allowed", TOTAL, "lower the width"
            )
        if limits.max_memory_mb is not None and (memory is None or memory > limits.max_memory_mb):
            path = ("cost", "memory_mb")
            text = f"{memory} MB a training step, at most {limits.max_memory_mb:g} allowed"
            yield Defect(text, path, "lower width, depth or batch size")

    if limits.max_parameters is None and limits.max_memory_mb is None:
        return held(f"{total:,} parameters; no budget is set", TOTAL)
    return judged(defects(), f"{total:,} parameters, {memory} MB: within the budget", TOTAL)


def size_sensible(evidence: Evidence, factor: float) -> Measured:
    """The model is about as large as the sizing rule makes it for the budget and the priority."""
    assert evidence.designed is not None
    total = sum(layer.parameters for layer in evidence.completed or ())
    usual = evidence.designed.parameters.total
    text = f"{total:,} parameters; the sizing rule gives {usual:,}"
    if not usual / factor <= total <= usual * factor:
        repair = f"between {usual / factor:,.0f} and {usual * factor:,.0f} parameters"
        return missed(text, TOTAL, repair)
    return held(text, TOTAL)


PREDICATES: Mapping[str, Measure] = {
    "counts-given": counts_given,
    "counts-exact": counts_exact,
    "cost-exact": cost_exact,
    "sizes-asked": sizes_asked,
    "budget-kept": budget_kept,
    "size-sensible": size_sensible,
}
