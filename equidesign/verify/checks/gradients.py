"""Gradients keep the symmetry: the gradient of ⟨g·w, f⟩ at g·x is g times the gradient of ⟨w, f⟩ at x.

So it is where g acts by orthogonal matrices, which it does on everything but the tensors of non-compact groups.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import torch

from equidesign.verify.actions import Tensors
from equidesign.verify.checks.group_elements import sample
from equidesign.verify.deviation import Deviation, deviation
from equidesign.verify.elements import Element
from equidesign.verify.rounding import SUSPICIOUS, decide
from equidesign.verify.trials import Context
from equidesign.verify.verdict import Effort, Row, Verdict

ELEMENTS = {Effort.quick: 1, Effort.default: 1, Effort.thorough: 4}
# A derivative loses more digits to rounding than the value.
SLACK = 16.0
WHAT = "turn with the input, eval mode"


def check(context: Context) -> Iterator[Row]:
    """Yield one row for the gradients with respect to every float input that carries the symmetry."""
    if context.explained:
        detail = "the outputs themselves do not turn with the input, so their gradients cannot"
        yield Row("gradients", WHAT, verdict=None, detail=detail)
        return
    base = context.single
    names = [
        name
        for name, value in base.items()
        if value.is_floating_point() and name in context.interface.inputs
    ]
    outputs = [name for name in context.interface.outputs if name not in context.dead]
    elements = [e for kind, e in sample(context) if kind != "translations"]
    elements = [e for e in elements if _is_orthogonal(e)][-ELEMENTS[context.effort] :]
    if not (names and outputs and elements) or (context.quick and len(context.dtypes) < 2):
        return
    generator = context.generator(31)
    weights = {
        name: torch.randn(value.shape, generator=generator, dtype=torch.float64)
        for name, value in context.outputs(base, context.dtypes[0], False).items()
        if name in outputs
    }
    errors: dict[torch.dtype, Deviation] = {}
    for dtype in context.dtypes:
        detail = "the outputs cannot be differentiated with respect to the inputs"
        try:
            found = _largest(context, base, names, weights, elements, dtype)
        except RuntimeError as error:
            found, detail = None, f"{detail}: {str(error).splitlines()[0]}"
        if found is None:
            yield Row("gradients", WHAT, verdict=None, detail=detail)
            return
        errors[dtype] = found
    single, double = (
        errors[dtype].error if dtype in errors else None for dtype in (torch.float32, torch.float64)
    )
    precision = context.precision_for(elements[-1])
    verdict, note = decide(single, double, context.rounding, precision, SLACK)
    if verdict is Verdict.broken and (double or 0.0) < SUSPICIOUS and context.subject.sharpen():
        context.__dict__.pop("precision", None)
        yield from check(context)
        return
    row = Row("gradients", WHAT, single, double, context.rounding or None, verdict, note)
    if verdict is not Verdict.exact:
        top = errors[context.dtypes[0]]
        row = replace(
            row,
            worst=elements[-1].label,
            detail=f"the gradient with respect to '{top.block}' does not turn with the input",
            cause="a backward pass of its own: a custom autograd function, a detach, a hook",
            repair="let autograd differentiate the same operations that the forward pass does",
        )
    yield row


def _is_orthogonal(element: Element) -> bool:
    if element.matrix is None:
        return True
    matrix = element.matrix
    eye = torch.eye(len(matrix), dtype=matrix.dtype)
    return bool((matrix @ matrix.T - eye).abs().max() < 1e-9)


def _largest(
    context: Context,
    base: Tensors,
    names: list[str],
    weights: Tensors,
    elements: list[Element],
    dtype: torch.dtype,
) -> Deviation | None:
    actor, worst = context.actor, Deviation(0.0)
    before = gradient(context, base, names, weights, dtype)
    for element in elements:
        still = replace(element, translation=None)
        moved = actor.inputs(base, element)
        after = gradient(context, moved, names, actor.outputs(weights, still), dtype)
        if before is None or after is None:
            return None
        # What no output depends on up to rounding has a gradient of rounding errors.
        size = max(float((before[n] * base[n]).abs().max()) for n in names)
        for name in names:
            spec = context.interface.inputs[name]
            if float((before[name] * base[name]).abs().max()) <= 1e-9 * size:
                continue
            expected = actor.act(before[name], spec, still)
            found = deviation(after[name], expected, spec, actor.rep(spec))
            if not found.error <= worst.error:
                worst = Deviation(found.error, name)
    return worst


def gradient(
    context: Context, inputs: Tensors, names: list[str], weights: Tensors, dtype: torch.dtype
) -> Tensors | None:
    """Return the gradient of the weighted sum of the outputs; None if there is none."""
    leaves = {name: inputs[name].detach().to(dtype, copy=True).requires_grad_() for name in names}
    with torch.enable_grad():
        outputs = context.subject.run({**inputs, **leaves}, dtype, grad=True)
        total = [(outputs[name] * weights[name].to(outputs[name])).sum() for name in weights]
        loss = torch.stack(total).sum()
        if not loss.requires_grad:
            return None
        found = torch.autograd.grad(loss, list(leaves.values()), allow_unused=True)
    return {
        name: (torch.zeros_like(leaf) if value is None else value).detach().double()
        for (name, leaf), value in zip(leaves.items(), found, strict=True)
    }
