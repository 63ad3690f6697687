"""The order of points, elements, nodes, edges and samples has no meaning, nor does padding."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from equidesign.verify.actions import Tensors
from equidesign.verify.trials import Context, Trial, check_trials
from equidesign.verify.verdict import Row

NAMES = {"points": "points", "elements": "elements", "nodes": "nodes", "edges": "edges"}
PADDING = 3


def check(context: Context) -> Iterator[Row]:
    """Yield a row for each thing that can be permuted, in each mode, and one for padding."""
    sizes = context.labels.sizes(context.base)
    for training in (False, True):
        mode = "train mode" if training else "eval mode"
        for size in (*NAMES, "samples"):
            if size not in sizes or (size != "samples" and not context.claims.permutations):
                continue
            trials = _permutations(context, size, sizes)
            row = check_trials(context, "permutation", f"of {size}, {mode}", trials, training)
            if row is not None:
                yield row
    padded = _padded(context)
    if padded is not None:
        row = check_trials(context, "padding", "masked elements are ignored, eval mode", [padded])
        if row is not None:
            yield row


def _permutations(context: Context, size: str, sizes: dict[str, int]) -> list[Trial]:
    """Return trials: within samples first, then anyhow."""
    labels, base, generator = context.labels, context.base, context.generator(17)
    owner = labels.batch_of(base).get(size)
    trials = []
    orders = []
    if owner is not None:
        keys = owner.double() + 0.9 * torch.rand(len(owner), generator=generator).double()
        orders.append(("within samples", torch.argsort(keys)))
    count = sizes[size]
    orders.append(("at random", torch.randperm(count, generator=generator)))
    orders.append(("reversed", torch.arange(count - 1, -1, -1)))
    for label, order in orders:
        chosen = {size: order}
        trials.append(_trial(context, f"{size} reordered {label}", chosen))
    return trials


def _trial(context: Context, label: str, orders: dict[str, torch.Tensor]) -> Trial:
    labels, base = context.labels, context.base
    moved = labels.relabel(base, orders)
    return Trial(
        label,
        base,
        moved,
        lambda out: labels.masked(labels.relabel_outputs(out, orders), moved),
        lambda out: labels.masked(out, moved),
    )


def _padded(context: Context) -> Trial | None:
    """Append masked elements with random content."""
    inputs = context.interface.inputs
    names = [n for n, s in inputs.items() if s.role == "mask" and "elements" in s.shape]
    if not names:
        return None
    base, generator = context.base, context.generator(19)
    count = base[names[0]].shape[inputs[names[0]].shape.index("elements")]
    moved: Tensors = {}
    for name, value in base.items():
        spec = inputs[name]
        if "elements" in spec.shape:
            axis = spec.shape.index("elements")
            shape = list(value.shape)
            shape[axis] = PADDING
            if value.is_floating_point():
                extra = torch.randn(shape, generator=generator, dtype=value.dtype)
                extra = extra * 3 * value.abs().max()
            else:
                extra = torch.zeros(shape, dtype=value.dtype)
            value = torch.cat([value, extra], dim=axis)
        moved[name] = value
    kept = {"elements": torch.arange(count)}
    labels, outputs = context.labels, context.interface.outputs
    return Trial(
        f"{PADDING} masked elements appended",
        base,
        moved,
        lambda out: labels.masked(out, base),
        lambda out: labels.masked(labels.select(out, outputs, kept), base),
    )
