"""What a model returns, by the names of its interface."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import Tensor

from equidesign.spec.specification import Interface
from equidesign.verify.actions import Tensors

SINGLE = "output"


class UnusableError(Exception):
    """The model cannot be run as its interface says; the text says why."""


def named_outputs(
    result: Any, interface: Interface, free: Mapping[str, tuple[bool, ...]]
) -> Tensors:
    """Return the declared outputs of a tensor, mapping, tuple, named tuple or object with attributes.

    Args:
        free: by output, which of its axes may have another length than the number declared, as samples may.

    Raises:
        UnusableError: an output is missing or of another shape than declared.
    """
    names = list(interface.outputs)
    found = _by_name(result, names)
    missing = [name for name in names if name not in found]
    if missing:
        returned = ", ".join(f"'{name}'" for name in found) or type(result).__name__
        raise UnusableError(
            f"the model did not return '{missing[0]}'; it returned {returned}. Name the outputs of the interface as "
            "the model does (a single tensor is called 'output')"
        )
    for name in names:
        declared = interface.outputs[name].shape
        shape = tuple(found[name].shape)
        fits = len(shape) == len(declared) and all(
            isinstance(want, str) or want == got or counted
            for want, got, counted in zip(
                declared, shape, free.get(name, (False,) * len(shape)), strict=False
            )
        )
        if not fits:
            raise UnusableError(
                f"output '{name}' has shape {list(shape)}, the interface says {list(declared)}"
            )
    return {name: found[name] for name in names}


def _by_name(result: Any, names: list[str]) -> Tensors:
    if isinstance(result, Tensor):
        return {names[0]: result} if len(names) == 1 else {SINGLE: result}
    if isinstance(result, Mapping):
        return {str(key): value for key, value in result.items() if isinstance(value, Tensor)}
    if isinstance(result, tuple | list):
        fields = [str(name) for name in getattr(result, "_fields", names)]
        tensors = dict(zip(fields, result, strict=False))
        if names[0] not in tensors and len(names) == len(result):
            tensors = dict(zip(names, result, strict=True))
        return {name: value for name, value in tensors.items() if isinstance(value, Tensor)}
    attributes = {name: getattr(result, name, None) for name in names}
    return {name: value for name, value in attributes.items() if isinstance(value, Tensor)}
