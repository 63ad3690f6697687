"""Gradients keep the symmetry: the gradient of ⟨g·w, f⟩ at g·x is g times the gradient of ⟨w, f⟩ at x."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import torch

from equidesign.spec.specification import TensorSpec
from equidesign.verify.actions import Tensors
from equidesign.verify.checks.group_elements import sample
from equidesign.verify.elements import Element
from equidesign.verify.trials import Context, Deviation, deviation
from equidesign.verify.verdict import Row, Verdict, judge

ELEMENTS = 2
# A derivative loses more digits to rounding than the value.
SLACK = 1024.0


def check(context: Context) -> Iterator[Row]:
    """Yield one row for the gradients with respect to every float input that carries the symmetry."""
    names = [
        name
        for name, value in context.base.items()
        if value.is_floating_point() and name in context.interface.inputs
    ]
    outputs = [name for name in context.interface.outputs if name not in context.dead]
    elements = [element for _, element in sample(context)][-ELEMENTS:]
    if not (names and outputs and elements):
        return
    weights = {
        name: torch.randn(value.shape, generator=context.generator(31), dtype=torch.float64)
        for name, value in context.outputs(context.base, torch.float64, False).items()
        if name in outputs
    }
    errors = {
        dtype: _largest(context, names, weights, elements, dtype)
        for dtype in (torch.float64, torch.float32)
    }
    top = errors[torch.float64]
    if top is None or errors[torch.float32] is None:
        detail = "the outputs cannot be differentiated with respect to the inputs"
        yield Row("gradients", "turn with the input, eval mode", verdict=None, detail=detail)
        return
    verdict = judge(errors[torch.float32].error, top.error, context.precision, SLACK)  # type: ignore[union-attr]
    detail = "" if verdict is Verdict.exact else f"gradient with respect to '{top.block}'"
    yield Row(
        "gradients",
        "turn with the input, eval mode",
        errors[torch.float32].error,  # type: ignore[union-attr]
        top.error,
        context.precision.rounding32,
        verdict,
        detail,
    )


def _largest(
    context: Context,
    names: list[str],
    weights: Tensors,
    elements: list[Element],
    dtype: torch.dtype,
) -> Deviation | None:
    actor, worst = context.actor, Deviation(0.0)
    before = gradient(context, context.base, names, weights, dtype)
    for element in elements:
        still = replace(element, translation=None)
        moved = actor.inputs(context.base, element)
        after = gradient(context, moved, names, actor.outputs(weights, still), dtype)
        if before is None or after is None:
            return None
        specs: dict[str, TensorSpec] = {n: context.interface.inputs[n] for n in names}
        for name, spec in specs.items():
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
