"""Conservative forces are minus the gradient of the energy, measured by finite differences of the energy itself."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from equidesign.verify.actions import Tensors
from equidesign.verify.trials import Context
from equidesign.verify.verdict import Row, Verdict

# A difference of order four errs by the fourth power of the step: with an eighth of it, a 4096th.
STEPS = (2e-3, 2.5e-4)
FALLS_BY = 100.0
NEGLIGIBLE, LARGEST = 1e-8, 1e-4
DIRECTIONS = 3


def check(context: Context) -> Iterator[Row]:
    """Yield a row where forces are claimed to be conservative."""
    outputs = context.interface.outputs
    if not context.claims.conservative or "forces" not in outputs or "pos" not in context.base:
        return
    if {"forces", "energy"} & context.dead:
        return
    with_energy = "energy" in outputs
    what = "equal -dE/dx" if with_energy else "have a symmetric Jacobian"
    coarse, fine = (_error(context, step, with_energy) for step in STEPS)
    good = fine <= NEGLIGIBLE or fine <= min(coarse / FALLS_BY, LARGEST)
    detail = (
        "" if good else f"the difference does not vanish with the step: {coarse:.1e}, {fine:.1e}"
    )
    verdict = Verdict.exact if good else Verdict.broken
    yield Row("conservative forces", f"{what}, eval mode", None, fine, None, verdict, detail)


def _error(context: Context, step: float, with_energy: bool) -> float:
    generator = context.generator(41)
    pos = context.base["pos"]
    scale = step * float(pos.std())
    worst = 0.0
    for _ in range(DIRECTIONS):
        u, v = (torch.randn(pos.shape, generator=generator, dtype=torch.float64) for _ in range(2))
        if with_energy:
            force = float((context.outputs(context.base, torch.float64, False)["forces"] * v).sum())
            slope = _slope(context, v, scale, "energy")
            difference, size = (
                abs(float(slope.sum()) + force),
                float(slope.abs().sum()) + abs(force),
            )
        else:
            one = float((_slope(context, v, scale, "forces") * u).sum())
            other = float((_slope(context, u, scale, "forces") * v).sum())
            difference, size = abs(one - other), abs(one) + abs(other)
        worst = max(worst, difference / size if size else 0.0)
    return worst


def _slope(context: Context, direction: torch.Tensor, step: float, name: str) -> torch.Tensor:
    """Return the derivative of an output along a direction, by the five-point formula."""

    def at(shift: float) -> torch.Tensor:
        moved: Tensors = {**context.base, "pos": context.base["pos"] + shift * step * direction}
        return context.subject.run(moved)[name]

    return (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * step)
