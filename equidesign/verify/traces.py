"""What every named layer of a model received and returned during one run."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

DEPTH = 4


@dataclass(frozen=True)
class Captured:
    """A tensor as it was at one moment.

    Attributes:
        value: a detached copy; complex numbers as pairs of real ones.
        key: names the tensor object in this state, so that an output is known again where it is an input.
        kind: the field type of an escnn GeometricTensor, None for plain tensors.
    """

    value: Tensor
    key: tuple[int, int]
    kind: Any = None


@dataclass
class Call:
    """One call of a layer.

    Attributes:
        path: as in ``named_modules()``, empty for the model itself.
        number: how often the layer had been called before.
        started: how many calls, of any layer, had been completed when this one began.
    """

    path: str
    module: nn.Module
    number: int
    started: int
    inputs: list[Captured] = field(default_factory=list)
    outputs: list[Captured] = field(default_factory=list)


@dataclass
class Trace:
    """All calls of one run, in the order of their completion."""

    calls: list[Call] = field(default_factory=list)
    # Objects stay alive, or another tensor could get the same identity.
    _kept: list[Any] = field(default_factory=list)
    _open: dict[str, list[Call]] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)

    def enter(self, path: str, module: nn.Module, args: Any, kwargs: Any) -> None:
        """Note what a layer receives."""
        number = self._counts.get(path, 0)
        self._counts[path] = number + 1
        call = Call(path, module, number, len(self.calls))
        call.inputs = self._captured((args, kwargs))
        self._open.setdefault(path, []).append(call)

    def leave(self, path: str, module: nn.Module, args: Any, kwargs: Any, result: Any) -> None:
        """Note what it returns."""
        if self._open.get(path):
            call = self._open[path].pop()
            call.outputs = self._captured(result)
            self.calls.append(call)

    def _captured(self, value: Any) -> list[Captured]:
        found = []
        with contextlib.suppress(Exception):
            for tensor, kind in tensors_in(value):
                copy = tensor.detach().clone()
                if copy.is_complex():
                    copy = torch.view_as_real(copy)
                self._kept.append(tensor)
                found.append(Captured(copy, (id(tensor), _version(tensor)), kind))
        return found


def _version(tensor: Tensor) -> int:
    return 0 if tensor.is_inference() else tensor._version


def tensors_in(value: Any, depth: int = 0) -> Iterator[tuple[Tensor, Any]]:
    """Yield the tensors in nested tuples, mappings, dataclasses and graph objects, each with its field type."""
    if isinstance(value, Tensor):
        yield value, None
    elif depth > DEPTH or value is None or isinstance(value, str | int | float | nn.Module):
        return
    elif isinstance(getattr(value, "tensor", None), Tensor) and hasattr(value, "type"):
        yield value.tensor, value.type
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from tensors_in(item, depth + 1)
    elif isinstance(value, tuple | list):
        for item in value:
            yield from tensors_in(item, depth + 1)
    elif is_dataclass(value):
        for place in fields(value):
            yield from tensors_in(getattr(value, place.name, None), depth + 1)
    elif callable(getattr(value, "to_dict", None)):
        yield from tensors_in(value.to_dict(), depth + 1)


@contextlib.contextmanager
def traced(model: nn.Module) -> Iterator[Trace]:
    """Record all calls while the context lasts; hooks are taken off and buffers put back afterwards.

    Private parts of libraries (paths with a leading underscore) and compiled ones are left out.
    """
    trace = Trace()
    handles: list[Any] = []
    buffers = [(buffer, buffer.detach().clone()) for buffer in model.buffers()]
    try:
        for path, module in model.named_modules():
            hidden = any(part.startswith("_") for part in path.split("."))
            if not hidden and not isinstance(module, torch.jit.ScriptModule):
                handles.append(
                    module.register_forward_pre_hook(partial(_enter, trace, path), with_kwargs=True)
                )
                handles.append(
                    module.register_forward_hook(partial(_leave, trace, path), with_kwargs=True)
                )
        yield trace
    finally:
        for handle in handles:
            handle.remove()
        with torch.no_grad():
            for buffer, value in buffers:
                buffer.copy_(value)


def _enter(trace: Trace, path: str, module: nn.Module, args: Any, kwargs: Any) -> None:
    trace.enter(path, module, args, kwargs)


def _leave(trace: Trace, path: str, module: nn.Module, args: Any, kwargs: Any, result: Any) -> None:
    trace.leave(path, module, args, kwargs, result)


def aligned(before: Trace, after: Trace) -> list[tuple[Call, Call]]:
    """Pair the calls of two runs: the same layer, called the same number of times before."""
    others = {(call.path, call.number): call for call in after.calls}
    return [
        (call, others[call.path, call.number])
        for call in before.calls
        if (call.path, call.number) in others
    ]
