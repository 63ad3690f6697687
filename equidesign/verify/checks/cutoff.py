"""Outputs are continuous where a point leaves the cutoff of another."""

from __future__ import annotations

from collections.abc import Iterator

from equidesign.verify.actions import Tensors
from equidesign.verify.trials import Context
from equidesign.verify.verdict import Row, Verdict

GAPS = (1e-3, 1e-5)
FALLS_BY = 20.0
NEGLIGIBLE = 1e-9


def check(context: Context) -> Iterator[Row]:
    """Yield a row where the model has a cutoff: the jump across it must vanish with the distance to it."""
    cutoff = context.claims.cutoff
    if cutoff is None or "pos" not in context.base or "batch" not in context.base:
        return
    wide, near = (_jump(context, cutoff, gap) for gap in GAPS)
    good = near <= NEGLIGIBLE or near <= wide / FALLS_BY
    detail = "" if good else "an output jumps when a point crosses the cutoff: it needs an envelope"
    what = f"outputs are continuous at {cutoff:g}, eval mode"
    verdict = Verdict.exact if good else Verdict.broken
    yield Row("cutoff", what, None, near, None, verdict, detail)


def _jump(context: Context, cutoff: float, gap: float) -> float:
    """Return the relative change of the outputs when a pair goes from inside to outside the cutoff."""
    inside, outside = (_pair(context, cutoff * (1 + sign * gap)) for sign in (-1, 1))
    first, second = (context.subject.run(inputs) for inputs in (inside, outside))
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
