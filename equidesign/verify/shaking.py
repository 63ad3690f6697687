"""Parameters and statistics made generic, so that nothing hides behind a zero; copies of a model."""

from __future__ import annotations

import copy
import sys
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from equidesign.verify.outputs import UnusableError

STRENGTHS = (0.5, 0.15, 0.05, 0.0)
# Buffers that a model fills from data; while they are all zero or all one, what is done with them does not show.
STATISTICS = ("mean", "std", "var", "shift", "scale", "offset", "loc", "bias", "stat", "norm")
POSITIVE = ("std", "var", "scale", "norm")


def shake(model: nn.Module, strength: float, seed: int) -> None:
    """Add noise to every trainable parameter, zero-initialised ones included."""
    generator = torch.Generator().manual_seed(seed + 77)
    with torch.no_grad():
        for parameter in model.parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            if not parameter.requires_grad or not parameter.is_floating_point():
                continue
            size = float(parameter.square().mean().sqrt()) if parameter.numel() else 0.0
            if size == 0.0:
                fan = parameter.numel() / parameter.shape[0] if parameter.dim() > 1 else 10.0
                size = 2 * fan**-0.5
            parameter.add_(strength * size * noise.to(parameter))


def shake_statistics(model: nn.Module, seed: int) -> None:
    """Randomise running statistics, and buffers named like statistics that are still all zero or all one."""
    generator = torch.Generator().manual_seed(seed + 78)
    with torch.no_grad():
        for name, buffer in model.named_buffers():
            last = name.rsplit(".", 1)[-1].lower()
            if not buffer.is_floating_point() or not buffer.numel():
                continue
            noise = torch.randn(buffer.shape, generator=generator).to(buffer)
            running = last.startswith("running_")
            untouched = bool((buffer == 0).all() or (buffer == 1).all())
            if not running and not (untouched and any(word in last for word in STATISTICS)):
                continue
            if any(word in last for word in POSITIVE):
                buffer.mul_(torch.exp(0.5 * noise))
                if not bool(buffer.any()):
                    buffer.add_(torch.exp(0.5 * noise))
            else:
                buffer.add_(0.3 * noise)


def refuse_bad_values(model: nn.Module) -> None:
    """Look for parameters and buffers that are not finite.

    Raises:
        UnusableError: there is one.
    """
    for kind, items in (("parameter", model.named_parameters()), ("buffer", model.named_buffers())):
        for name, value in items:
            if nn.parameter.is_lazy(value) or not value.is_floating_point():
                continue
            bad = bool(value.isnan().any()) or (
                kind == "parameter" and not bool(value.isfinite().all())
            )
            if bad:
                raise UnusableError(
                    f"{kind} '{name}' holds {'NaN' if value.isnan().any() else 'infinity'}: load a "
                    "checkpoint with finite weights, or initialise them"
                )


def duplicate(model: nn.Module) -> nn.Module | None:
    """Return a deep copy, None if the model cannot be copied."""
    try:
        memo = {id(item): item for item in _shared(model)}
        return copy.deepcopy(model, memo)
    except Exception:
        return None


def _shared(model: nn.Module) -> Iterator[object]:
    """Yield what a copy may share with the original: escnn's groups and spaces, which are large and never change."""
    groups = sys.modules.get("escnn.group")
    spaces = sys.modules.get("escnn.gspaces")
    if groups is None or spaces is None:
        return
    kinds = (groups.Group, groups.Representation, spaces.GSpace)
    for module in model.modules():
        for value in vars(module).values():
            for item in (value, *_parts(value)):
                if isinstance(item, kinds):
                    yield item


def _parts(value: object) -> Iterator[object]:
    """Yield the group, space and representations of an escnn field type."""
    space = getattr(value, "gspace", None)
    if space is not None:
        yield space
        yield getattr(space, "fibergroup", None)
    representations = getattr(value, "representations", ())
    yield from representations if isinstance(representations, list | tuple) else ()


def copy_state(source: nn.Module, target: nn.Module) -> None:
    """Copy parameters, and the buffers that hold statistics; constants stay as the target has them.

    Raises:
        UnusableError: the two do not have the same parameters.
    """
    parameters = dict(source.named_parameters())
    if parameters.keys() != {name for name, _ in target.named_parameters()}:
        raise UnusableError("the factory builds another model each time it is called")
    buffers: dict[str, Tensor] = {
        name: value for name, value in source.named_buffers() if is_statistic(name)
    }
    with torch.no_grad():
        for name, parameter in target.named_parameters():
            parameter.copy_(parameters[name])
        for name, buffer in target.named_buffers():
            if name in buffers:
                buffer.copy_(buffers[name])


def is_statistic(name: str) -> bool:
    """Whether a buffer of that name holds what a model takes from data."""
    last = name.rsplit(".", 1)[-1].lower()
    return last.startswith("running_") or any(word in last for word in STATISTICS)


def uses_escnn(model: nn.Module) -> bool:
    """Whether some of the modules are escnn's."""
    return any(type(module).__module__.startswith("escnn") for module in model.modules())


def floats_of(model: nn.Module) -> torch.dtype:
    """Return the precision of a model's parameters, the default one where it has none."""
    found = (p.dtype for p in model.parameters() if p.is_floating_point())
    return next(found, torch.get_default_dtype())


def close(one: Tensor, other: Tensor) -> bool:
    """Whether two outputs are the same but for rounding in float32."""
    if one.shape != other.shape or not one.numel():
        return one.shape == other.shape
    return bool((one - other).abs().max() <= 1e-3 * max(float(other.abs().max()), 1e-30))


def cast_copy(value: Tensor, dtype: torch.dtype, requires_grad: bool) -> Tensor:
    """Return a copy of an input, floats in another precision."""
    value = value.detach()
    if not value.is_floating_point():
        return value.clone()
    return value.to(dtype, copy=True).requires_grad_(requires_grad)
