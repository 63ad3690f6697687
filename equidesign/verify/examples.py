"""A model's own ``example_inputs``, whatever its signature, held against the interface."""

from __future__ import annotations

import inspect
import random
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from equidesign.errors import InputError
from equidesign.spec.specification import Interface
from equidesign.verify.reasons import FailedError, said

NAME = "example_inputs"
BATCH = ("batch_size", "batch", "num_samples", "samples", "bs", "n_samples")
SEED = ("seed", "rng_seed", "random_seed")
LARGEST_SEED = 2**32 - 1


def example_function(
    function: Callable[..., Any], interface: Interface
) -> Callable[[int, int], Mapping[str, Tensor]]:
    """Return a function of (batch size, seed) that gives the inputs by name.

    Raises:
        InputError: when called: what it gives does not fit the interface.
        FailedError: when called: it raises.
    """

    def examples(batch: int, seed: int) -> Mapping[str, Tensor]:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            random.seed(seed)
            try:
                found = function(**_arguments(function, batch, seed))
            except (MemoryError, InputError):
                raise
            except BaseException as error:
                raise FailedError(f"{NAME}() failed: {said(error)}") from error
        return _checked(_named(found, interface), interface)

    return examples


def _arguments(function: Callable[..., Any], batch: int, seed: int) -> dict[str, Any]:
    """Return the arguments that the function takes out of (batch size, seed, dtype)."""
    given: dict[str, Any] = {"dtype": torch.float32}
    given |= dict.fromkeys(BATCH, batch) | dict.fromkeys(SEED, seed % LARGEST_SEED)
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return {}
    chosen: dict[str, Any] = {}
    for parameter in parameters:
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        if parameter.name in given:
            chosen[parameter.name] = given[parameter.name]
        elif parameter.default is parameter.empty:
            raise InputError(
                f"{NAME}() needs '{parameter.name}'",
                expected=f"{NAME}(batch_size=2, seed=0, dtype=torch.float32), or fewer of these",
            )
    return chosen


def _named(found: Any, interface: Interface) -> dict[str, Any]:
    names = list(interface.inputs)
    if isinstance(found, Mapping):
        return {str(key): value for key, value in found.items()}
    values = list(found) if isinstance(found, tuple | list) else [found]
    if len(values) != len(names):
        raise InputError(
            f"{NAME}() gives {len(values)} values, the interface has {len(names)} inputs",
            expected=f"a dictionary with {', '.join(names)}",
        )
    return dict(zip(names, values, strict=True))


def _checked(found: Mapping[str, Any], interface: Interface) -> dict[str, Tensor]:
    names = list(interface.inputs)
    for name in names:
        if name not in found:
            given = ", ".join(found) or "nothing"
            raise InputError(
                f"{NAME}() does not give '{name}'; it gives {given}",
                expected=f"a dictionary with {', '.join(names)}",
            )
    if extra := [name for name in found if name not in names]:
        raise InputError(
            f"{NAME}() gives '{extra[0]}', which the interface does not have",
            expected=f"a dictionary with {', '.join(names)}",
            hint=f"add '{extra[0]}' below `inputs` of the interface",
        )
    sizes: dict[str, int] = {}
    return {name: _tensor(name, found[name], interface, sizes) for name in names}


def _tensor(name: str, value: Any, interface: Interface, sizes: dict[str, int]) -> Tensor:
    try:
        tensor = torch.as_tensor(value).detach().cpu()
    except (TypeError, ValueError, RuntimeError):
        kind = type(value).__name__
        raise InputError(f"{NAME}() gives '{name}' as {kind}", expected="a tensor") from None
    spec = interface.inputs[name]
    fits = tensor.dim() == len(spec.shape)
    for want, got in zip(spec.shape, tensor.shape, strict=False):
        fits = fits and got == (sizes.setdefault(want, got) if isinstance(want, str) else want)
    if not fits:
        known = "".join(f", {size} = {count}" for size, count in sizes.items())
        raise InputError(
            f"{NAME}() gives '{name}' of shape {list(tensor.shape)}",
            expected=f"[{', '.join(map(str, spec.shape))}]{known}, as the interface says",
        )
    whole = spec.dtype in ("bool", "int64", "int32", "int16", "int8", "uint8")
    if whole == tensor.is_floating_point():
        raise InputError(
            f"{NAME}() gives '{name}' as {str(tensor.dtype).removeprefix('torch.')}",
            expected=f"{spec.dtype}, as the interface says",
        )
    return tensor
