"""Samples of a batch do not influence each other in eval mode."""

from __future__ import annotations

from collections.abc import Iterator

from equidesign.verify.actions import Tensors
from equidesign.verify.trials import Context, Trial, check_trials, gravest
from equidesign.verify.verdict import Row


def check(context: Context) -> Iterator[Row]:
    """Yield one row: each sample alone, and a batch of two, against the whole batch."""
    labels, base = context.labels, context.base
    count = labels.sizes(base).get("samples", 1)
    if count < 2:
        return
    rows = []
    for samples in ([0], [count - 1], [count - 1, 0]):
        part, kept = labels.take(base, samples)

        def expected(outputs: Tensors, kept: Tensors = kept, part: Tensors = part) -> Tensors:
            found = labels.select(outputs, context.interface.outputs, kept)
            return labels.masked(found, part)

        label = "sample alone" if len(samples) == 1 else "two samples of the batch"

        def observed(outputs: Tensors, part: Tensors = part) -> Tensors:
            return labels.masked(outputs, part)

        trial = Trial(label, base, part, expected, observed)
        row = check_trials(context, "samples", "do not influence each other, eval mode", [trial])
        if row is not None:
            rows.append(row)
    if rows:
        yield gravest(rows)
