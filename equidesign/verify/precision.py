"""How well the model computes, apart from any symmetry; measured only where errors alone do not decide."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

from equidesign.verify.actions import Tensors
from equidesign.verify.context import Context
from equidesign.verify.rounding import EPS32, Precision
from equidesign.verify.shaking import is_statistic

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
    """Find out why an error of the size of float32's epsilon stays.

    That an operation in float32 occurs in a float64 run is not enough for a model that computes in float32 inside: it
    may be without effect. The output must also follow a tiny change of the input in jumps, or not at all.
    """
    if context.dtypes == (torch.float32,):
        return Precision(noise32=_response_size(context, EPS32, torch.float32))
    subject, base = context.subject, context.base
    with _LowPrecisionSeen() as watch:
        subject.run(base, torch.float64)
    rounded = _has_rounded_constants(subject.model(torch.float64, False))
    if not watch.seen:
        return Precision(constants=rounded)
    reference = context.outputs(base, torch.float64, False)
    tiny, small, large = (_response(context, step) for step in (TINY, SMALL, LARGE))
    ratio = TINY / SMALL
    jumps, still = 0.0, False
    for name in context.interface.outputs:
        if name in context.dead or not bool(reference[name].any()):
            continue
        step = {name: reference[name] + tiny[name] - ratio * small[name]}
        found = context.deviations(step, {name: reference[name]})
        jumps = max(jumps, found[name].error)
        still = still or (not bool(tiny[name].any()) and bool(large[name].any()))
    if jumps <= JITTER and not still:
        # Operations in float32 that do not depend on the input make constants of float32.
        return Precision(constants=True)
    # What rounding of the input to float32 does is done inside as well.
    noise = max(jumps, _response_size(context, EPS32, torch.float64), EPS32)
    return Precision(noise64=noise, constants=True)


def _has_rounded_constants(model: nn.Module) -> bool:
    """Whether some tensor of the model, no parameter of it, holds float64 numbers that are rounded to float32.

    Short fractions, such as 0.5, are the same in both and say nothing.
    """
    for module in model.modules():
        buffers = [b for name, b in module._buffers.items() if not is_statistic(name)]
        tensors = [*buffers, *vars(module).values()]
        frozen = [p for p in module._parameters.values() if p is not None and not p.requires_grad]
        for value in (*tensors, *frozen):
            if not isinstance(value, Tensor) or value.dtype != torch.float64 or not value.numel():
                continue
            value = value.detach()
            short = value * 2.0**12
            odd = value[short != short.round()]
            if odd.numel() and bool((odd.float().double() == odd).all()):
                return True
    return False


def _response(context: Context, step: float, dtype: torch.dtype = torch.float64) -> Tensors:
    """Return the change of the outputs when every float of the input changes by a part ``step``."""
    generator = context.generator(5)
    moved = {
        name: value
        * (1 + step * torch.randn(value.shape, generator=generator, dtype=torch.float64))
        if value.is_floating_point()
        else value
        for name, value in context.base.items()
    }
    found = context.subject.run(moved, dtype)
    reference = context.outputs(context.base, dtype, False)
    return {name: found[name] - reference[name] for name in reference}


def _response_size(context: Context, step: float, dtype: torch.dtype) -> float:
    reference = context.outputs(context.base, dtype, False)
    change = _response(context, step, dtype)
    moved = {name: reference[name] + change[name] for name in reference}
    found = context.deviations(moved, reference).values()
    return max((d.error for d in found if math.isfinite(d.error)), default=0.0)
