"""Outputs are continuous where a point leaves the cutoff of another."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from equidesign.verify.actions import Tensors
from equidesign.verify.trials import Context
from equidesign.verify.verdict import Row, Verdict

GAPS = (1e-3, 1e-5)
FALLS_BY = 20.0
NEGLIGIBLE = 1e-9


def check(context: Context) -> Iterator[Row]:
    """Yield a row where the model has a cutoff: the jump across it must vanish with the distance to it."""
    cutoff = context.claims.cutoff
    if (
        cutoff is None
        or not {"pos", "batch"} <= context.base.keys()
        or context.dtypes[0] != torch.float64
    ):
        return
    wide, near = (_jump(context, cutoff, gap) for gap in GAPS)
    good = near <= NEGLIGIBLE or near <= wide / FALLS_BY
    what = f"outputs are continuous at {cutoff:g}, eval mode"
    if good:
        yield Row("cutoff", what, None, near)
        return
    yield Row(
        "cutoff",
        what,
        None,
        near,
        None,
        Verdict.broken,
        f"an output jumps by {near:.1e} of its size when a point crosses the cutoff",
        cause="no envelope: a neighbour's contribution is not zero where the neighbour drops out of the list",
        repair="multiply every message by a smooth cutoff function that is zero at the cutoff (cosine or polynomial)",
    )


def _jump(context: Context, cutoff: float, gap: float) -> float:
    """Return the relative change of the outputs when a pair goes from inside to outside the cutoff."""
    inside, outside = (_pair(context, cutoff * (1 + sign * gap)) for sign in (-1, 1))
    dtype = context.dtypes[0]
    first, second = (context.subject.run(inputs, dtype) for inputs in (inside, outside))
    worst = 0.0
    for name in context.interface.outputs:
        size = float(first[name].abs().max())
        if size and name not in context.dead and name not in MOVED:
            worst = max(worst, float((first[name] - second[name]).abs().max()) / size)
    return worst


# A centre moves along with the points.
MOVED = ("translation",)


def _pair(context: Context, distance: float) -> Tensors:
    """Return a small sample whose last point is at a distance from the first one."""
    labels, base = context.labels, context.base
    part, _ = labels.take(base, [0])
    count = len(part["batch"])
    if count < 3:
        return part
    pos = part["pos"].clone()
    spread = pos[:-1] - pos[0]
    direction = -spread.mean(0)
    pos[-1] = pos[0] + distance * direction / direction.norm()
    return {**part, "pos": pos}
