"""What is known about a layer that breaks a symmetry: what it is, what was changed, what came in and went out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor, nn

from equidesign.verify.fields import Fields, relative, table
from equidesign.verify.rows import Pair
from equidesign.verify.traces import Call, Captured
from equidesign.verify.trials import Trial

POINTWISE = {
    "ReLU", "ReLU6", "LeakyReLU", "PReLU", "RReLU", "ELU", "CELU", "SELU", "GELU", "SiLU", "Mish",
    "Tanh", "Sigmoid", "Softplus", "Softsign", "Hardtanh", "Hardswish", "Hardsigmoid",
    "LogSigmoid", "Softshrink", "Hardshrink", "Threshold", "Tanhshrink",
}  # fmt: skip
# A function of one number sweeps its range a few times, random numbers as often as there are of them.
MOST_SWEEPS, STEEPEST, BENT = 6.0, 30.0, 1e-2
FEWEST, FEWEST_ROWS = 48, 4
EXACT = 1e-9


@dataclass(frozen=True)
class Evidence:
    """A layer that breaks the symmetry, and what is known about it.

    Attributes:
        before: its call in the run on the inputs.
        after: its call in the run on the changed inputs.
        disguised: it turns its output by a matrix, but not by that of the representation.
        rotations_hold: the change was a reflection, and rotations alone are followed.
        other_mode_holds: in the other mode (train, eval) the symmetry holds.
        inside: it called other layers.
        good: what the layers inside returned before anything failed.
    """

    before: Call
    after: Call
    trial: Trial
    fields: Fields
    training: bool
    tolerance: float
    disguised: bool = False
    rotations_hold: bool = False
    other_mode_holds: bool = False
    inside: bool = False
    good: tuple[Captured, ...] = ()

    @property
    def module(self) -> nn.Module:
        """The layer."""
        return self.before.module

    @cached_property
    def names(self) -> set[str]:
        """The names of its class and of its parents."""
        return {cls.__name__ for cls in type(self.module).__mro__}

    def called(self, *parts: str) -> bool:
        """Whether one of the names contains a part."""
        own = type(self.module).__name__.lower()
        return any(part.lower() in own for part in parts)

    @property
    def turned(self) -> bool:
        """Whether directions or components were turned."""
        return self.fields.mixes

    @property
    def shifted(self) -> bool:
        """Whether all that happened is a shift."""
        element = self.trial.element
        return not self.turned and element is not None and element.translation is not None

    @property
    def padded(self) -> bool:
        """Whether masked elements were added, or their content was changed."""
        rows, trial = self.fields.rows, self.trial
        if trial.element is None and not trial.orders and not trial.kept:
            specs = self.fields.context.interface.inputs.values()
            return any(spec.role == "mask" for spec in specs)
        return any(rows.after[size] > rows.before[size] for size in self.trial.kept)

    @property
    def alone(self) -> bool:
        """Whether samples were left out."""
        return bool(self.trial.kept) and not self.padded

    @property
    def reordered(self) -> str:
        """The first of the sizes whose items were reordered."""
        return next(iter(self.trial.orders), "")

    @cached_property
    def on_grid(self) -> bool:
        """Whether images were turned."""
        return self.turned and self.fields.rows.is_grid

    @property
    def sources(self) -> tuple[Captured, ...]:
        """What the output may have been made of: what came in, and what the layers inside returned."""
        return (*self.before.inputs, *self.good)

    def tensors(self, side: str) -> Iterator[Pair]:
        """Yield the first readings of the float tensors that came in or went out."""
        for one, other in zip(getattr(self.before, side), getattr(self.after, side), strict=False):
            if one.value.is_floating_point() and one.value.numel():
                pair = next(self.fields.rows.pairs(one.value.double(), other.value.double()), None)
                if pair is not None:
                    yield pair

    def _alike(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield outputs with what they may have been made of, number by number."""
        for one in self.sources:
            for other in self.before.outputs:
                if one.value.shape == other.value.shape and one.value.is_floating_point():
                    yield one.value.double(), other.value.double()

    @cached_property
    def is_pointwise(self) -> bool:
        """Whether the output is a function of the number at the same place in the input."""
        if POINTWISE & self.names:
            return True
        return any(x.numel() >= FEWEST and _is_function(x, y) for x, y in self._alike())

    @cached_property
    def lines(self) -> tuple[bool, bool]:
        """Whether each component is a straight function of itself with its own slope, or with its own constant."""
        for x, y in self._alike():
            if x.dim() < 2:
                continue
            axis = 1 if self.on_grid and x.dim() == 4 else 0
            x, y = (v.movedim(1, -1).flatten(0, -2) if axis else v.flatten(1) for v in (x, y))
            dx, dy = x - x.mean(0), y - y.mean(0)
            slope = (dx * dy).sum(0) / dx.square().sum(0)
            if len(x) < FEWEST_ROWS or not slope.isfinite().all() or relative(x, y) < EXACT:
                continue
            if relative(slope * dx, dy) < EXACT:
                constant = y.mean(0) - slope * x.mean(0)
                size = float(y.abs().max())
                spread = float(slope.max() - slope.min())
                return spread > EXACT, float(constant.abs().max()) > EXACT * size
        return False, False

    @property
    def scales_columns(self) -> bool:
        """Whether every component was multiplied by a number of its own."""
        return self.lines[0]

    @cached_property
    def adds_constant(self) -> bool:
        """Whether a vector was added: the output follows the change once its mean over the rows is taken off."""
        if not self.turned or not self.fields.is_orthogonal:
            return False
        if self.lines == (False, True):
            return True
        for pair in self.tensors("outputs"):
            one, other = table(pair)
            if len(one) < 4 or relative(one @ one.T, other @ other.T) <= self.tolerance:
                continue
            one, other = one - one.mean(0), other - other.mean(0)
            if relative(one @ one.T, other @ other.T) <= 10 * self.tolerance:
                return True
        return False

    @cached_property
    def takes_maximum(self) -> bool:
        """Whether a column of the output is the largest of the components in the input."""
        for one in self.sources:
            for other in self.before.outputs:
                if one.value.dim() < 2 or not one.value.is_floating_point():
                    continue
                tops = [one.value.flatten(1).amax(1)] + [
                    one.value.amax(axis).flatten() for axis in range(1, one.value.dim())
                ]
                flat = other.value.flatten()
                if any(t.shape == flat.shape and torch.equal(t, flat) for t in tops):
                    return True
        return False

    @cached_property
    def permutes_components(self) -> bool:
        """Whether the output holds the components of the input in another order, or with other signs."""
        for one in self.sources:
            for other in self.before.outputs:
                a, b = one.value, other.value
                if a.shape != b.shape or a.dim() < 2 or torch.equal(a, b):
                    continue
                a, b = (value.reshape(len(value), -1).abs() for value in (a, b))
                if torch.allclose(a.sort(1).values, b.sort(1).values, rtol=1e-9, atol=0):
                    return True
        return False

    @property
    def misaligned(self) -> bool:
        """Whether a stride leaves pixels over on one side: (H + 2p - k) mod s is not 0."""
        for size in self._sizes():
            for k, s, p in self._geometry():
                if s > 1 and (size + 2 * p - k) % s:
                    return True
        return False

    def _sizes(self) -> list[int]:
        shapes = [c.value.shape for c in self.before.inputs if c.value.dim() >= 3]
        return [n for shape in shapes for n in shape[-2:]]

    def _geometry(self) -> Iterator[tuple[int, int, int]]:
        """Yield kernel, stride and padding of the layer and of those in it."""
        for module in self.module.modules():
            kernel, stride = getattr(module, "kernel_size", None), getattr(module, "stride", None)
            padding = getattr(module, "padding", 0)
            numbers = [v[0] if isinstance(v, tuple) and v else v for v in (kernel, stride, padding)]
            if all(isinstance(v, int) for v in numbers):
                yield tuple(numbers)  # type: ignore[misc]

    @property
    def even_kernel(self) -> bool:
        """Whether a kernel has no middle and its padding no centre."""
        return any(k % 2 == 0 and s != k for k, s, _ in self._geometry())


def _is_function(x: Tensor, y: Tensor) -> bool:
    """Whether y is a function of x that is no multiple of it, judged by the neighbours in the order of x."""
    x, y = x.flatten(), y.flatten()
    order = x.argsort()
    steps, rises = x[order].diff(), y[order].diff().abs()
    width, height = float(x.max() - x.min()), float(y.max() - y.min())
    if width == 0 or height == 0 or float(rises.sum()) > MOST_SWEEPS * height:
        return False
    steep = rises / height > STEEPEST * steps / width + EXACT
    if bool(steep.any()):
        return False
    slope = float((x @ y) / (x @ x))
    return relative(slope * x, y) > BENT
