"""Replacing what a layer returns on the changed inputs by what it should return, were it a scalar or a vector."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from equidesign.verify.fields import Fields, relative, turn
from equidesign.verify.traces import Call, tensors_in

# Relative errors below this are none: float64, with constants that may be float32.
NEGLIGIBLE = 1e-6


class NoPatchError(Exception):
    """What a layer returns is not what it should be in another basis."""


@dataclass(frozen=True)
class Patch:
    """A call of a layer in both runs, and what its output should have been."""

    fields: Fields
    before: Call
    after: Call

    @property
    def is_candidate(self) -> bool:
        """Whether all that came in is plain (scalars, vectors, positions as usual), and what went out is not."""
        return self._are_plain("inputs") and not self._are_plain("outputs")

    def _are_plain(self, side: str) -> bool:
        for one, other in zip(getattr(self.before, side), getattr(self.after, side), strict=False):
            a, b = one.value, other.value
            if not a.is_floating_point() or a.shape != b.shape:
                continue
            plain = any(
                error <= NEGLIGIBLE and not how.startswith("odd")
                for pair in self.fields.rows.pairs(a.double(), b.double())
                for how, error in self.fields.natural(pair)
            )
            if not plain:
                return False
        return True

    def axes(self) -> Iterator[int | None]:
        """Yield the axes, counted from the last, along which the output may be a vector; None for scalars."""
        matrix = self.fields.matrix
        shapes = {c.value.shape for c in self.before.outputs if c.value.is_floating_point()}
        if matrix is not None and not self.fields.rows.is_grid:
            size = len(matrix)
            yield from sorted(
                {len(s) - 1 - a for s in shapes for a in range(1, len(s)) if s[a] == size}
            )
        yield None

    @contextlib.contextmanager
    def applied(self, model: nn.Module, axis: int | None) -> Iterator[None]:
        """Replace the output of this call while the context lasts."""
        calls = 0

        def hook(module: nn.Module, args: Any, result: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls != self.before.number + 1:
                return None
            values = iter(self.before.outputs)
            return rebuilt(result, lambda tensor: self._wanted(tensor, next(values).value, axis))

        handle = model.get_submodule(self.before.path).register_forward_hook(hook)
        try:
            yield
        finally:
            handle.remove()

    def _wanted(self, tensor: Tensor, value: Tensor, axis: int | None) -> Tensor:
        matrix = self.fields.matrix
        if not value.is_floating_point() or value.shape != tensor.shape:
            return tensor
        place = value.dim() - 1 - axis if axis is not None else 0
        if matrix is None or place < 1 or value.shape[place] != len(matrix):
            return towards(tensor, value.to(tensor), -1)
        return towards(tensor, turn(value, matrix, place).to(tensor), place)


def towards(tensor: Tensor, wanted: Tensor, axis: int) -> Tensor:
    """Return the wanted values, as a linear map of the tensor: forces differentiate through it.

    Raises:
        NoPatchError: there is none, so that the layer does more than turn its output by a wrong matrix.
    """
    if relative(tensor.detach(), wanted) <= NEGLIGIBLE:
        return tensor
    if axis < 0:
        if not torch.equal(-tensor, wanted):
            raise NoPatchError
        return -tensor
    rows, goal = (t.detach().movedim(axis, -1).flatten(0, -2) for t in (tensor, wanted))
    fit = torch.linalg.lstsq(rows, goal).solution
    if len(rows) <= len(fit) or relative(rows @ fit, goal) > NEGLIGIBLE:
        raise NoPatchError
    return turn(tensor, fit.T, axis)


def rebuilt(result: Any, change: Callable[[Tensor], Tensor]) -> Any:
    """Return a copy of nested tuples, lists and mappings with every tensor replaced, in the order of ``tensors_in``."""
    if isinstance(result, Tensor):
        return change(result)
    if isinstance(result, dict):
        return {name: rebuilt(value, change) for name, value in result.items()}
    if isinstance(result, tuple) and hasattr(result, "_fields"):
        return type(result)(*(rebuilt(value, change) for value in result))
    if isinstance(result, tuple | list):
        return type(result)(rebuilt(value, change) for value in result)
    if any(True for _ in tensors_in(result)):
        raise TypeError(f"the tensors in a {type(result).__name__} cannot be replaced")
    return result
