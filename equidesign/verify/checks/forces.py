"""Conservative forces are minus the gradient of the energy, measured by finite differences of the energy itself."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from equidesign.verify.actions import Tensors
from equidesign.verify.trials import Context
from equidesign.verify.verdict import Effort, Row, Verdict

# Central differences err by the square of the step; with half the step the two together cancel that.
STEPS, LONG_STEPS = (4e-4, 2e-4), (4e-2, 2e-2)
DIRECTIONS = {Effort.quick: 1, Effort.default: 1, Effort.thorough: 4}
# A force may differ from the difference by this, or by this part of what halving the step changed.
NEGLIGIBLE, PART, LARGEST = 1e-7, 0.05, 1e-4
NOISES = 20.0
CLAIM = "set `conservative: false` in the interface if they are meant to be predicted on their own"


def check(context: Context) -> Iterator[Row]:
    """Yield a row where forces are claimed to be conservative."""
    outputs = context.interface.outputs
    if not context.claims.conservative or "forces" not in outputs or "pos" not in context.base:
        return
    if {"forces", "energy"} & context.dead or context.dtypes[0] != torch.float64:
        return
    with_energy = "energy" in outputs
    what = "equal -dE/dx" if with_energy else "have a symmetric Jacobian"
    what += ", eval mode"
    count = DIRECTIONS[context.effort]
    error, doubt = max(_error(context, k, with_energy, STEPS) for k in range(count))
    allowed, note = max(NEGLIGIBLE, min(PART * doubt, LARGEST)), ""
    if error > allowed and context.precision.noise64:
        # Small differences drown in the rounding of a model that computes in float32 inside.
        error, doubt = max(_error(context, k, with_energy, LONG_STEPS) for k in range(count))
        allowed = max(PART * doubt, NOISES * context.precision.noise64 / LONG_STEPS[-1])
        note = "computed in float32 inside: smaller differences cannot be seen"
    if error <= allowed:
        yield Row("conservative forces", what, None, error, detail=note)
        return
    yield Row(
        "conservative forces",
        what,
        None,
        error,
        None,
        Verdict.broken,
        f"the relative difference is {error:.1e}; the step of the finite differences accounts for {doubt:.1e}",
        cause="the forces are not the gradient of the energy that is returned",
        repair=f"return minus the gradient of the energy by the positions; {CLAIM}",
    )


def _error(
    context: Context, salt: int, with_energy: bool, steps: tuple[float, float]
) -> tuple[float, float]:
    """Return the relative difference along a random direction, and how much of it the step may account for."""
    generator = context.generator(41 + salt)
    base = context.single
    u, v = (
        torch.randn(base["pos"].shape, generator=generator, dtype=torch.float64) for _ in range(2)
    )
    forces = context.outputs(base, torch.float64, False)["forces"]
    if with_energy:
        energies = [_slope(context, base, v, step, "energy").sum() for step in steps]
        coarse, fine = float(energies[0]), float(energies[1])
        best, other = (4 * fine - coarse) / 3, -float((forces * v).sum())
        size = float(forces.norm() * v.norm())
    else:
        along = [_slope(context, base, v, step, "forces") for step in steps]
        across = [_slope(context, base, u, step, "forces") for step in steps]
        coarse, fine = (float((value * u).sum()) for value in along)
        best = (4 * fine - coarse) / 3
        other = float(((4 * across[1] - across[0]) / 3 * v).sum())
        size = max(float(along[1].norm() * u.norm()), float(across[1].norm() * v.norm()))
    if size == 0:
        return 0.0, 0.0
    return abs(best - other) / size, abs(fine - coarse) / size


def _slope(context: Context, base: Tensors, direction: Tensor, step: float, name: str) -> Tensor:
    """Return the derivative of an output along a direction, by central differences."""
    shift = step * float(base["pos"].std()) * direction

    def at(sign: int) -> Tensor:
        moved: Tensors = {**base, "pos": base["pos"] + sign * shift}
        return context.subject.run(moved)[name]

    return (at(1) - at(-1)) / (2 * step * float(base["pos"].std()))
