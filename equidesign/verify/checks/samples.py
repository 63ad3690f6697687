"""Samples of a batch do not influence each other in eval mode."""

from __future__ import annotations

from collections.abc import Iterator

from equidesign.verify.actions import Tensors
from equidesign.verify.trials import Context, Trial, check_trials
from equidesign.verify.verdict import Row


def check(context: Context) -> Iterator[Row]:
    """Yield one row: each sample alone, and two of a batch of three, against the whole batch."""
    base = context.base
    count = context.labels.sizes(base).get("samples", 1)
    if count < 2:
        return
    if context.one_batch_size:
        detail = f"the interface gives {count} samples, and the model takes no other number"
        yield Row("samples", "do not influence each other, eval mode", verdict=None, detail=detail)
        return
    trials = [_part(context, base, [index]) for index in (0, count - 1)]
    larger = context.labels.sizes(context.larger).get("samples", 1)
    if larger > count and not context.quick:
        trials.append(_part(context, context.larger, [0, larger - 1]))
    row = check_trials(context, "samples", "do not influence each other, eval mode", trials)
    if row is not None:
        yield row


def _part(context: Context, base: Tensors, samples: list[int]) -> Trial:
    labels, outputs = context.labels, context.interface.outputs
    part, kept = labels.take(base, samples)
    names = " and ".join(str(sample + 1) for sample in sorted(samples))
    return Trial(
        f"sample {names} without the others",
        base,
        part,
        lambda found: labels.masked(labels.select(found, outputs, kept), part),
        lambda found: labels.masked(found, part),
        kept=kept,
    )
