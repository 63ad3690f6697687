"""How well the model computes, apart from any symmetry."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from equidesign.verify.actions import Tensors
from equidesign.verify.trials import Context, deviation
from equidesign.verify.verdict import EPS32, Precision

# Steps far below and above what float32 can tell apart at one.
TINY, SMALL, LARGE = 1e-10, 1e-8, 1e-4
JITTER = 1e-4 * EPS32
LOW = (torch.float32, torch.float16, torch.bfloat16)


class _LowPrecisionSeen(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Notes whether any operation returns less than float64."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.seen = False

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        for value in result if isinstance(result, tuple | list) else (result,):
            self.seen = self.seen or (isinstance(value, Tensor) and value.dtype in LOW)
        return result


def measure_precision(context: Context) -> Precision:
    """Measure what rounding alone does to the outputs.

    That an operation in float32 occurs in a float64 run is not enough: it may be without effect. The
    output must also follow a tiny change of the input in jumps, or not at all.
    """
    subject, base = context.subject, context.base
    reference = context.outputs(base, torch.float64, False)
    rounding = _largest(context, context.outputs(base, torch.float32, False), reference)
    with _LowPrecisionSeen() as watch:
        subject.run(base, torch.float64)
    if not watch.seen:
        return Precision(rounding)
    tiny, small, large = (_response(context, step) for step in (TINY, SMALL, LARGE))
    ratio = TINY / SMALL
    jumps, still = 0.0, False
    for name in context.interface.outputs:
        size = float(reference[name].abs().max())
        if name in context.dead or not size:
            continue
        jumps = max(jumps, float((tiny[name] - ratio * small[name]).abs().max()) / size)
        still = still or (not bool(tiny[name].any()) and bool(large[name].any()))
    if jumps <= JITTER and not still:
        return Precision(rounding)
    return Precision(rounding, max(jumps, EPS32))


def _response(context: Context, step: float) -> Tensors:
    """Return the change of the outputs when every float of the input changes by a part ``step``."""
    generator = context.generator(5)
    moved = {
        name: value
        * (1 + step * torch.randn(value.shape, generator=generator, dtype=torch.float64))
        if value.is_floating_point()
        else value
        for name, value in context.base.items()
    }
    found = context.subject.run(moved)
    reference = context.outputs(context.base, torch.float64, False)
    return {name: found[name] - reference[name] for name in reference}


def _largest(
    context: Context, found: Mapping[str, Tensor], expected: Mapping[str, Tensor]
) -> float:
    errors = [
        deviation(found[name], expected[name], spec, context.actor.rep(spec)).error
        for name, spec in context.interface.outputs.items()
        if name not in context.dead
    ]
    return max((error for error in errors if math.isfinite(error)), default=0.0)
