"""The model under test: one copy for every precision, with shaken parameters, in either mode."""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import torch
from torch import Tensor, nn

from equidesign.spec.specification import Interface
from equidesign.verify.actions import Tensors
from equidesign.verify.buffers import Buffers
from equidesign.verify.outputs import UnusableError, named_outputs
from equidesign.verify.randomness import RandomState, quiet, seeded
from equidesign.verify.shaking import (
    STRENGTHS,
    cast_copy,
    close,
    copy_state,
    duplicate,
    floats_of,
    refuse_bad_values,
    shake,
    shake_statistics,
    uses_escnn,
)

__all__ = ["Subject", "UnusableError"]

DTYPES = (torch.float64, torch.float32)


@dataclass
class Subject:
    """A model, how to build it and what to feed it.

    Attributes:
        build: returns the model; called again where a copy cannot be made.
        example: returns inputs for (batch size, seed).
        interface: names of the inputs and outputs.
        seed: seed of the parameters and of what the model draws.
        rebuilds: whether ``build`` makes a new model each time, as a factory does.
        free: by output, which axes may be longer or shorter than declared: those that count samples or points.
        notes: what a reader should know of the model.
        passes: how many times the model was run.
    """

    build: Callable[[], nn.Module]
    example: Callable[[int, int], Mapping[str, Tensor]]
    interface: Interface
    seed: int = 0
    rebuilds: bool = True
    free: Mapping[str, tuple[bool, ...]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    passes: int = 0
    sharpened: bool = False
    failed: bool = False
    # 0: runs without gradients; 1: needs them switched on; 2: needs inputs that require them.
    grad_mode: int = 0
    # Whether the last call drew random numbers.
    drew: bool = False
    quiet: bool = False
    _models: dict[torch.dtype, nn.Module] = field(default_factory=dict)
    _buffers: dict[torch.dtype, Buffers] = field(default_factory=dict)
    _outputs: dict[tuple[int, torch.dtype, bool, bool], tuple[Mapping[str, Tensor], Tensors]] = (
        field(default_factory=dict)
    )

    # Whether it drew random numbers in train mode, with dropout on (False) and off (True).
    _drawing: set[bool] = field(default_factory=set)

    def inputs(self, batch: int = 2, seed: int = 0) -> Tensors:
        """Return example inputs; floats are float64 numbers that float32 can hold."""
        found = dict(self.example(batch, 1000 * self.seed + seed))
        return {
            name: value.detach().float().double() if value.is_floating_point() else value.detach()
            for name, value in found.items()
        }

    def model(self, dtype: torch.dtype, training: bool) -> nn.Module:
        """Return the model in a precision and mode; always the same parameters and buffers."""
        model = self._models.get(dtype)
        if model is None:
            model = self._copied(dtype)
            self._install(dtype, model)
        self._buffers[dtype].restore()
        if model.training != training:
            # escnn expands its filters into buffers when it goes into eval mode.
            model.train(training)
            self._buffers[dtype].keep()
        return model

    @cached_property
    def dtypes(self) -> tuple[torch.dtype, ...]:
        """The precisions that the model runs in, float64 first.

        Raises:
            UnusableError: it runs in none, with what it says in its own.
        """
        own, reasons = self._own_dtype, {}
        for dtype in DTYPES:
            try:
                self.outputs(self.base, dtype, False)
            except (UnusableError, MemoryError, torch.OutOfMemoryError):
                raise
            except (RuntimeError, TypeError, ValueError, NotImplementedError) as error:
                reasons[dtype] = error
        if len(reasons) == len(DTYPES):
            raise reasons.get(own, reasons[torch.float32])
        return tuple(dtype for dtype in DTYPES if dtype not in reasons)

    def run(
        self,
        inputs: Mapping[str, Tensor],
        dtype: torch.dtype = torch.float64,
        training: bool = False,
        grad: bool = False,
    ) -> Tensors:
        """Run the model; outputs come back detached, in float64, unless ``grad`` is set."""
        return self.call(self.model(dtype, training), inputs, dtype, training, grad)

    def outputs(self, inputs: Mapping[str, Tensor], dtype: torch.dtype, training: bool) -> Tensors:
        """Run the model, remembering the result for these very inputs."""
        key = (id(inputs), dtype, training, self.quiet)
        if key not in self._outputs:
            self._outputs[key] = (inputs, self.run(inputs, dtype, training))
            if training and self.drew:
                self._drawing.add(self.quiet)
        return self._outputs[key][1]

    def call(
        self,
        model: nn.Module,
        inputs: Mapping[str, Tensor],
        dtype: torch.dtype,
        training: bool = False,
        grad: bool = False,
        seed: int | None = None,
    ) -> Tensors:
        """Run a given model on inputs cast to ``dtype``.

        What it draws at random is the same in every call, unless another ``seed`` is given.
        """
        needs = self.grad_mode == 2
        # Copies: a model may write into what it is given.
        cast = {
            name: value if grad and value.requires_grad else cast_copy(value, dtype, needs)
            for name, value in inputs.items()
        }
        self.passes += 1
        on, start = grad or training or self.grad_mode > 0, self.seed if seed is None else seed
        with seeded(start), torch.set_grad_enabled(on):
            before = RandomState.now()
            with quiet(model) if self.quiet else contextlib.nullcontext():
                outputs = named_outputs(model(**cast), self.interface, self.free)
            self.drew = not before.same_as(RandomState.now())
        if grad:
            return outputs
        return {name: value.detach().double() for name, value in outputs.items()}

    def settle_randomness(self) -> None:
        """Switch dropout off in eval mode for a model that keeps it on there; say what is drawn at random."""
        self.run(self.base, self.dtypes[0])
        if not self.drew:
            return
        with self.without_dropout():
            self.run(self.base, self.dtypes[0])
            quiet = not self.drew
        self.quiet = quiet
        text = "its dropout was switched off" if quiet else "every run was given the same ones"
        self.notes.append(f"the model draws random numbers in eval mode: {text}")

    @cached_property
    def draws_in_training(self) -> bool:
        """Whether the model draws random numbers in train mode."""
        self.outputs(self.base, self.dtypes[0], True)
        drew = self.quiet in self._drawing
        if drew and not self.quiet:
            self.notes.append(
                "the model draws random numbers in train mode: its dropout was switched off where "
                "the order of what it draws would matter"
            )
        return drew

    @contextlib.contextmanager
    def without_dropout(self) -> Iterator[None]:
        """Run the model with its dropout switched off."""
        before, self.quiet = self.quiet, True
        try:
            yield
        finally:
            self.quiet = before

    def sharpen(self) -> bool:
        """Replace the model in float64 by one built in float64, whose constants are exact to that precision.

        Constants computed at construction, such as Clebsch-Gordan coefficients, are rounded to float32 where the
        model is built in it, which limits the symmetry to 1e-7 even in float64. Returns whether it could be done.
        """
        if self.sharpened or not self.rebuilds or torch.float64 not in self._models:
            return False
        if uses_escnn(self._shaken):
            return False  # escnn cannot build in float64, and its models share what they sample
        self.sharpened = True
        default = torch.get_default_dtype()
        try:
            torch.set_default_dtype(torch.float64)
            model = self._built().train().to(torch.float64)
            copy_state(self._models[torch.float64], model)
        except Exception:
            return False
        finally:
            torch.set_default_dtype(default)
        before = self._models[torch.float64], self._buffers[torch.float64]
        try:
            old = self.outputs(self.base, torch.float64, False)
            self._install(torch.float64, model)
            new = self.run(self.base, torch.float64)
        except Exception:
            new = {}
        if new and all(close(new[name], value) for name, value in old.items()):
            self._outputs.clear()
            return True
        self._models[torch.float64], self._buffers[torch.float64] = before
        return False

    @cached_property
    def base(self) -> Tensors:
        """The inputs that most checks start from: two samples."""
        return self.inputs(2, self.seed)

    @cached_property
    def _own_dtype(self) -> torch.dtype:
        return floats_of(self._shaken)

    def _built(self) -> nn.Module:
        with seeded(self.seed):
            model = self.build().cpu()
        # Another escnn model in this process may have been cast, and with it what the two share.
        return model.to(floats_of(model)) if uses_escnn(model) else model

    def _install(self, dtype: torch.dtype, model: nn.Module) -> None:
        self._models[dtype] = model
        self._buffers[dtype] = Buffers(model)

    def _copied(self, dtype: torch.dtype) -> nn.Module:
        source = self._shaken
        if dtype == self._own_dtype:
            return source
        # escnn wants float32 at construction, then the precision, then the mode.
        model = duplicate(source.train())
        if model is None:
            model = self._built().train()
            copy_state(source, model)
        return model.to(dtype)

    @cached_property
    def _shaken(self) -> nn.Module:
        """The model in its own precision, shaken, its running statistics filled."""
        model = self._built()
        refuse_bad_values(model)
        model.train()
        self._find_grad_mode(model)
        original = copy.deepcopy({k: v.detach() for k, v in model.state_dict().items()})
        strength = 0.0
        for strength in STRENGTHS:
            if strength != STRENGTHS[0]:
                model.load_state_dict(original, strict=False)
            shake(model, strength, self.seed)
            if self._finite(model):
                break
        if strength < STRENGTHS[0]:
            self.notes.append(
                f"parameters could be shaken only by {strength:g} of their size before the output overflows"
            )
        shake_statistics(model, self.seed)
        return model

    def _finite(self, model: nn.Module) -> bool:
        """Let running statistics see some data; return whether the outputs are finite."""
        dtype = floats_of(model)
        outputs = self.call(model, self.inputs(3, 100), dtype, training=True)
        return all(bool(value.isfinite().all()) for value in outputs.values())

    def _find_grad_mode(self, model: nn.Module) -> None:
        """Find out whether the model needs gradients, as those do that differentiate an energy."""
        dtype = floats_of(model)
        for mode in (0, 1, 2):
            self.grad_mode = mode
            try:
                self.call(model, self.base, dtype)
                return
            except RuntimeError as error:
                if mode == 2 or "grad" not in str(error):
                    self.grad_mode = 0
                    raise
