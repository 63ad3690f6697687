"""The model under test: built afresh for every precision and mode, with shaken parameters."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from equidesign.spec.specification import Interface
from equidesign.verify.actions import Tensors

STRENGTHS = (0.5, 0.15, 0.05, 0.0)
WARM_UP = 3
SINGLE = "output"


class UnusableError(Exception):
    """The model cannot be run as its interface says; the text says why."""


@dataclass
class Subject:
    """A model, how to build it and what to feed it.

    Attributes:
        build: returns a new model in float32.
        example: returns inputs for (batch size, seed), floats in float32.
        interface: names of the inputs and outputs.
        seed: seed of the parameters.
    """

    build: Callable[[], nn.Module]
    example: Callable[[int, int], Mapping[str, Tensor]]
    interface: Interface
    seed: int = 0
    notes: list[str] = field(default_factory=list)
    _models: dict[tuple[torch.dtype, bool], nn.Module] = field(default_factory=dict)
    _reference: nn.Module | None = None
    needs_grad: bool = False

    def inputs(self, batch: int = 2, seed: int = 0) -> Tensors:
        """Return example inputs; floats are float64 numbers that float32 can hold."""
        found = dict(self.example(batch, 1000 * self.seed + seed))
        return {
            name: value.detach().float().double() if value.is_floating_point() else value
            for name, value in found.items()
        }

    def model(self, dtype: torch.dtype, training: bool) -> nn.Module:
        """Return the model in a precision and mode; always the same parameters."""
        key = (dtype, training)
        if key not in self._models:
            reference = self._shaken_reference()
            model = self._fresh(dtype)
            _copy_state(reference, model)
            self._models[key] = model.train(training)
        return self._models[key]

    def run(
        self,
        inputs: Mapping[str, Tensor],
        dtype: torch.dtype = torch.float64,
        training: bool = False,
        grad: bool = False,
    ) -> Tensors:
        """Run the model; outputs come back detached, in float64, unless ``grad`` is set."""
        return self.call(self.model(dtype, training), inputs, dtype, training, grad)

    def call(
        self,
        model: nn.Module,
        inputs: Mapping[str, Tensor],
        dtype: torch.dtype,
        training: bool = False,
        grad: bool = False,
    ) -> Tensors:
        """Run a given model on inputs cast to ``dtype``."""
        # Copies: a model may write into what it is given.
        cast = {
            name: value if grad and value.requires_grad else _cast(value, dtype)
            for name, value in inputs.items()
        }
        with _seeded(self.seed), torch.set_grad_enabled(grad or training or self.needs_grad):
            outputs = self._named(model(**cast))
        if grad:
            return outputs
        return {name: value.detach().double() for name, value in outputs.items()}

    def _named(self, result: Any) -> Tensors:
        names = list(self.interface.outputs)
        if isinstance(result, Tensor):
            found = {names[0]: result} if len(names) == 1 else {SINGLE: result}
        elif isinstance(result, Mapping):
            found = {str(k): v for k, v in result.items() if isinstance(v, Tensor)}
        elif isinstance(result, tuple | list):
            fields = getattr(result, "_fields", names)
            found = {k: v for k, v in zip(fields, result, strict=False) if isinstance(v, Tensor)}
        else:
            raise UnusableError(
                f"the model returned {type(result).__name__}, not a tensor, dictionary or tuple"
            )
        missing = [name for name in names if name not in found]
        if missing:
            raise UnusableError(
                f"the model did not return '{missing[0]}'; it returned: {', '.join(found) or 'nothing'}"
            )
        for name in names:
            expected = len(self.interface.outputs[name].shape)
            if found[name].dim() != expected:
                raise UnusableError(
                    f"output '{name}' has shape {tuple(found[name].shape)}, the interface says "
                    f"{self.interface.outputs[name].shape}"
                )
        return {name: found[name] for name in names}

    def _fresh(self, dtype: torch.dtype) -> nn.Module:
        with _seeded(self.seed):
            model = self.build()
        # escnn wants float32 at construction, then the precision, then the mode.
        return model.train().to(dtype)

    def _shaken_reference(self) -> nn.Module:
        if self._reference is None:
            for strength in STRENGTHS:
                model = self._fresh(torch.float32)
                shake(model, strength, self.seed)
                if self._settle(model):
                    break
            if strength < STRENGTHS[0]:
                self.notes.append(
                    f"parameters could be shaken only by {strength:g} of their size before the output overflows"
                )
            self._reference = model
        return self._reference

    def _settle(self, model: nn.Module) -> bool:
        """Let running statistics see some data; return whether the outputs are finite in both modes."""
        self._probe_gradients(model)
        finite = True
        for step in range(WARM_UP):
            inputs = self.inputs(4, 100 + step)
            outputs = self.call(model, inputs, torch.float32, training=True)
            finite = finite and all(bool(v.isfinite().all()) for v in outputs.values())
        return finite

    def _probe_gradients(self, model: nn.Module) -> None:
        """Find out whether the model needs gradients switched on, as those do that differentiate an energy."""
        if self.needs_grad:
            return
        try:
            self.call(model, self.inputs(2, 99), torch.float32)
        except RuntimeError as error:
            if "require grad" not in str(error) and "grad" not in str(error):
                raise
            self.needs_grad = True


def shake(model: nn.Module, strength: float, seed: int) -> None:
    """Add noise to every trainable parameter, zero-initialised ones included, so that nothing hides behind a zero."""
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


def _cast(value: Tensor, dtype: torch.dtype) -> Tensor:
    value = value.detach()
    return value.to(dtype, copy=True) if value.is_floating_point() else value.clone()


def _copy_state(source: nn.Module, target: nn.Module) -> None:
    parameters = dict(source.named_parameters())
    statistics = {n: b for n, b in source.named_buffers() if "running_" in n or n.endswith("_var")}
    with torch.no_grad():
        for name, parameter in target.named_parameters():
            parameter.copy_(parameters[name])
        for name, buffer in target.named_buffers():
            if name in statistics:
                buffer.copy_(statistics[name])


@contextlib.contextmanager
def _seeded(seed: int) -> Iterator[None]:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield
