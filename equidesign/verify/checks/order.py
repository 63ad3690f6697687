"""The order of points, elements, nodes, edges and samples has no meaning, nor does padding."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import torch

from equidesign.verify.actions import Tensors
from equidesign.verify.trials import Context, Trial, check_trials
from equidesign.verify.verdict import Effort, Row, Verdict

PADDING = 3
KEPT = {Effort.quick: 1, Effort.default: 2, Effort.thorough: 3}


def check(context: Context) -> Iterator[Row]:
    """Yield a row for each thing that can be permuted, one for train mode, and one for padding."""
    sizes = context.labels.sizes(context.base)
    sizes = {size: count for size, count in sizes.items() if count > 1}
    claimed = [size for size in sizes if size == "samples" or context.claims.permutations]
    trials = {size: _permutations(context, size, sizes) for size in sizes}
    for size in claimed:
        row = check_trials(context, "permutation", f"of {size}, eval mode", trials[size])
        if row is not None:
            yield row
    for size in sizes:
        if size not in claimed:
            yield from _not_claimed(context, size, trials[size])
    yield from _in_training(context, claimed, sizes)
    masked = [trial for trial in (_refilled(context), _padded(context)) if trial is not None]
    row = check_trials(context, "padding", "masked elements are ignored, eval mode", masked)
    if row is not None:
        yield row


def _not_claimed(context: Context, size: str, trials: list[Trial]) -> Iterator[Row]:
    """Say so where the order matters although nobody claimed that it does not."""
    row = check_trials(context, "permutation", f"of {size}, eval mode", trials[:1], explain=False)
    if row is not None and row.verdict is Verdict.broken:
        detail = f"not claimed: the order of {size} matters; with S_n in the group this is a break"
        yield replace(row, verdict=None, detail=detail)


def _in_training(context: Context, claimed: list[str], sizes: dict[str, int]) -> Iterator[Row]:
    """Yield a row for everything permuted at once in train mode."""
    wanted = [size for size in claimed if sizes[size] > 1]
    if not wanted or (context.quick and wanted == ["samples"]):
        return
    what = f"of {' and '.join(wanted)}, train mode"
    orders = _orders(context, context.base, wanted, context.generator(18))
    trial = _trial(context, f"{' and '.join(wanted)} reordered", context.base, orders)
    if not context.subject.draws_in_training:
        row = check_trials(context, "permutation", what, [trial], training=True)
    else:
        with context.subject.without_dropout():
            context.subject.run(context.base, context.dtypes[0], training=True)
            if context.subject.drew:
                detail = (
                    "what the model draws at random in train mode goes by the order of its input"
                )
                yield Row("permutation", what, verdict=None, detail=detail)
                return
            row = check_trials(
                context, "permutation", f"{what}, dropout off", [trial], training=True
            )
    if row is not None:
        yield row


def _permutations(context: Context, size: str, sizes: dict[str, int]) -> list[Trial]:
    """Return trials; the second is on other inputs, in which other things may happen."""
    larger = context.labels.sizes(context.larger)
    batches = [context.base, context.larger, context.base][: KEPT[context.effort]]
    if larger.get(size, 0) < 2 or (context.one_batch_size and size == "samples"):
        batches = batches[:1]
    generator = context.generator(17)
    return [
        _trial(context, f"{size} reordered", base, _orders(context, base, [size], generator))
        for base in batches
    ]


def _orders(
    context: Context, base: Tensors, names: list[str], generator: torch.Generator
) -> dict[str, torch.Tensor]:
    """Return a new order of each of some sizes; points and nodes stay sorted by sample, as libraries expect it."""
    sizes, owners = context.labels.sizes(base), context.labels.batch_of(base)
    orders = {}
    if "samples" in names:
        orders["samples"] = _moving(sizes["samples"], generator)
    for size in dict.fromkeys([*names, *(owners if "samples" in names else ())]):
        if size == "samples":
            continue
        if size not in owners:
            orders[size] = _moving(sizes[size], generator)
            continue
        owner = owners[size]
        place = torch.argsort(orders["samples"])[owner] if "samples" in orders else owner
        within = torch.rand(len(owner), generator=generator, dtype=torch.float64)
        if size not in names:
            within = torch.linspace(0, 1, len(owner), dtype=torch.float64)
        orders[size] = torch.argsort(place.double() + 0.9 * within)
    return orders


def _moving(count: int, generator: torch.Generator) -> torch.Tensor:
    """Return a random order that is not the present one."""
    order = torch.randperm(count, generator=generator)
    return order.roll(1) if torch.equal(order, torch.arange(count)) else order


def _trial(context: Context, label: str, base: Tensors, orders: dict[str, torch.Tensor]) -> Trial:
    labels = context.labels
    moved = labels.relabel(base, orders)
    return Trial(
        label,
        base,
        moved,
        lambda out: labels.masked(labels.relabel_outputs(out, orders), moved),
        lambda out: labels.masked(out, moved),
        orders=orders,
    )


def _masks(context: Context) -> list[str]:
    return [name for name, spec in context.interface.inputs.items() if spec.role == "mask"]


def _noise(context: Context, like: torch.Tensor, shape: list[int]) -> torch.Tensor:
    """Return content for elements that do not exist: large numbers, or zeros for integers."""
    if not like.is_floating_point():
        return torch.zeros(shape, dtype=like.dtype)
    noise = torch.randn(shape, generator=context.generator(19), dtype=like.dtype)
    return 3 * like.abs().max() * noise


def _refilled(context: Context) -> Trial | None:
    """Give the elements that the mask leaves out another content."""
    names, base, labels = _masks(context), context.base, context.labels
    if not names or bool(base[names[0]].all()):
        return None
    mask = base[names[0]].bool()
    moved: Tensors = {}
    for name, value in base.items():
        if name not in names and value.shape[: mask.dim()] == mask.shape:
            hidden = ~mask[(...,) + (None,) * (value.dim() - mask.dim())].expand_as(value)
            value = torch.where(hidden, _noise(context, value, list(value.shape)), value)
        moved[name] = value
    return Trial(
        "another content of the masked elements",
        base,
        moved,
        lambda out: labels.masked(out, base),
        lambda out: labels.masked(out, base),
    )


def _padded(context: Context) -> Trial | None:
    """Append masked elements with random content."""
    inputs, base = context.interface.inputs, context.base
    names = [name for name in _masks(context) if "elements" in inputs[name].shape]
    if not names:
        return None
    count = base[names[0]].shape[inputs[names[0]].shape.index("elements")]
    moved: Tensors = {}
    for name, value in base.items():
        if "elements" in inputs[name].shape:
            axis = inputs[name].shape.index("elements")
            shape = list(value.shape)
            shape[axis] = PADDING
            extra = value.new_zeros(shape) if name in names else _noise(context, value, shape)
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
        kept=kept,
    )
