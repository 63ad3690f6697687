"""The first layer of a model that breaks the symmetry, with the likely cause and the repair.

The model runs on the inputs and on the changed inputs while every named layer is watched. A layer breaks the symmetry
if what it returns does not follow the change although all that it received does.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import torch
from torch import Tensor, nn

from equidesign.verify.actions import Tensors
from equidesign.verify.causes import Evidence, explain
from equidesign.verify.elements import Element, haar_rotation, is_planar, planar_element
from equidesign.verify.fields import Fields, relative, turn
from equidesign.verify.traces import Call, Captured, Trace, aligned, tensors_in, traced
from equidesign.verify.trials import Context, Trial

# A layer's error counts from this part of the output's error on, within bounds that rounding sets.
PART, FINEST, COARSEST = 1e-3, 1e-11, 1e-6
FLOAT32 = 3e-5
# Errors that come in are not to blame for those that go out when they are this much smaller.
GROWTH = 1e-3
MOST_PATCHES = 12


@dataclass(frozen=True)
class Place:
    """Where a symmetry breaks.

    Attributes:
        layer: path as in ``named_modules()``, or words for the model's own ``forward``.
        cause: what most likely breaks it.
        repair: what to change.
    """

    layer: str
    cause: str
    repair: str


@dataclass
class _Judged:
    """One call of a layer in both runs, and how far what came in and went out is from following the change."""

    before: Call
    after: Call
    received: float = 0.0
    returned: float = 0.0


def locate(context: Context, trial: Trial, training: bool) -> Place | None:
    """Return where a trial that failed fails first; None if that cannot be told."""
    try:
        return _Search(context, trial, training).place()
    except Exception:
        # A model may do anything with hooks on it; its verdict stands without a place.
        return None


@dataclass
class _Search:
    context: Context
    trial: Trial
    training: bool
    _known: dict[tuple[int, int], float] = field(default_factory=dict)

    @cached_property
    def fields(self) -> Fields:
        return Fields(self.context, self.trial)

    @cached_property
    def dtype(self) -> torch.dtype:
        return self.context.dtypes[0]

    def run(self, inputs: Tensors, training: bool | None = None) -> Tensors:
        mode = self.training if training is None else training
        return self.context.subject.run(inputs, self.dtype, mode)

    def watch(self, inputs: Tensors) -> tuple[Trace, Tensors]:
        subject = self.context.subject
        model = subject.model(self.dtype, self.training)
        with traced(model) as trace:
            return trace, subject.call(model, inputs, self.dtype, self.training)

    def place(self) -> Place | None:
        before, outputs = self.watch(self.trial.inputs)
        after, moved = self.watch(self.trial.moved)
        self.expected = self.trial.expected(outputs)
        final = self.error(moved)
        tolerance = self.tolerance(final)
        judged = [self.judge(pair) for pair in aligned(before, after)]
        if not judged or final <= 0:
            return None
        judged[-1].received, judged[-1].returned = 0.0, final
        culprit = self.first(judged, tolerance)
        if culprit is None:
            return None
        disguised = self.disguised(judged, culprit, tolerance, final)
        return self.describe(judged, disguised or culprit, tolerance, disguised is not None)

    def error(self, moved: Tensors) -> float:
        if self.trial.observed:
            moved = self.trial.observed(moved)
        errors = self.context.deviations(moved, self.expected).values()
        return max((e.error if math.isfinite(e.error) else math.inf for e in errors), default=0.0)

    def tolerance(self, final: float) -> float:
        if self.dtype == torch.float32:
            return FLOAT32
        found = min(max(PART * final, FINEST), COARSEST)
        precision = self.context.precision
        if precision.noise64 or precision.constants:
            found = max(found, min(FLOAT32 if precision.noise64 else COARSEST, 0.1 * final))
        return found

    def judge(self, pair: tuple[Call, Call]) -> _Judged:
        before, after = pair
        reps = {"in": self.reps(before, "in"), "out": self.reps(before, "out")}
        judged = _Judged(before, after)
        for one, other in zip(before.inputs, after.inputs, strict=False):
            judged.received = max(judged.received, self.follows(one, other, reps["in"]))
        for one, other in zip(before.outputs, after.outputs, strict=False):
            judged.returned = max(judged.returned, self.follows(one, other, reps["out"], True))
        return judged

    def follows(
        self, one: Captured, other: Captured, reps: list[str], output: bool = False
    ) -> float:
        """Return the error of a tensor; what was found for it as another layer's output counts as well."""
        earlier = self._known.get(one.key)
        if earlier is not None and not (output and reps):
            return earlier
        found = max(self.fields.error(one, other, reps) or 0.0, earlier or 0.0)
        self._known[one.key] = found
        return found

    def reps(self, call: Call, side: str) -> list[str]:
        """Return the representations that are known: from the specification, or from a module of e3nn."""
        found = []
        if side == "out" and call.path in self.context.types:
            found.append(self.context.types[call.path])
        if type(call.module).__module__.startswith("e3nn"):
            names = ("irreps_out",) if side == "out" else ("irreps_in", "irreps_in1", "irreps_in2")
            found += [str(v) for n in names if (v := getattr(call.module, n, None)) is not None]
        return found

    def first(self, judged: list[_Judged], tolerance: float) -> _Judged | None:
        for item in judged:
            limit = max(tolerance, GROWTH * item.returned)
            if item.returned > tolerance and item.received <= limit:
                return item
        return next((item for item in judged if item.returned > tolerance), None)

    def disguised(
        self, judged: list[_Judged], culprit: _Judged, tolerance: float, final: float
    ) -> _Judged | None:
        """Return an earlier layer whose output is turned by the wrong matrix, so that only later layers show it.

        Where what it returns is replaced by what a scalar or vector would be, the whole model has its symmetry.
        """
        if not self.fields.mixes or self.trial.orders or self.trial.kept:
            return None
        budget, limit = MOST_PATCHES, max(tolerance, 1e-2 * PART * final)
        for item in judged[: judged.index(culprit) + 1]:
            if not item.before.path or item.received > tolerance or not self.plain(item, "inputs"):
                continue
            if self.plain(item, "outputs"):
                continue
            for how in self.ways(item):
                budget -= 1
                if budget < 0:
                    return None
                if _quietly(lambda: self.error(self.patched(item, how)) <= limit):
                    return item
        return None

    def plain(self, item: _Judged, side: str) -> bool:
        """Whether all tensors are scalars, vectors or positions in the usual basis."""
        pairs = zip(getattr(item.before, side), getattr(item.after, side), strict=False)
        return all(self.is_plain(one, other) for one, other in pairs)

    def is_plain(self, one: Captured, other: Captured) -> bool:
        if not one.value.is_floating_point() or one.value.shape != other.value.shape:
            return True
        limit = COARSEST if self.dtype == torch.float64 else FLOAT32
        return any(
            error <= limit and not how[0].startswith("odd")
            for pair in self.fields.rows.pairs(one.value.double(), other.value.double())
            for how, error in self.fields.natural(pair)
        )

    def ways(self, item: _Judged) -> Iterator[int | None]:
        """Yield the axis of a vector in the output, None for scalars."""
        matrix = self.fields.matrix
        shapes = {c.value.shape for c in item.before.outputs if c.value.is_floating_point()}
        if matrix is not None and not self.fields.rows.is_grid:
            axes = {len(s) - 1 - a for s in shapes for a in range(1, len(s)) if s[a] == len(matrix)}
            yield from sorted(axes)
        yield None

    def patched(self, item: _Judged, axis: int | None) -> Tensors:
        """Run the model on the changed inputs with a layer's output replaced; the axis counts from the last."""
        values = iter(item.before.outputs)
        matrix = self.fields.matrix
        count = 0

        def replaced(tensor: Tensor) -> Tensor:
            value = next(values).value
            if not value.is_floating_point() or value.shape != tensor.shape:
                return tensor
            place = value.dim() - 1 - axis if axis is not None else 0
            if matrix is None or place < 1 or value.shape[place] != len(matrix):
                return towards(tensor, value.to(tensor), -1)
            return towards(tensor, turn(value, matrix, place).to(tensor), place)

        def hook(module: nn.Module, args: Any, result: Any) -> Any:
            nonlocal count
            count += 1
            return rebuilt(result, replaced) if count == item.before.number + 1 else None

        subject = self.context.subject
        model = subject.model(self.dtype, self.training)
        handle = model.get_submodule(item.before.path).register_forward_hook(hook)
        try:
            return subject.call(model, self.trial.moved, self.dtype, self.training)
        finally:
            handle.remove()

    def describe(
        self, judged: list[_Judged], item: _Judged, tolerance: float, disguised: bool
    ) -> Place:
        inner = judged[item.before.started : judged.index(item)]
        good = next((k for k, other in enumerate(inner) if other.returned > tolerance), len(inner))
        last = next((other.before.path for other in reversed(inner[:good])), "")
        evidence = Evidence(
            item.before,
            item.after,
            self.trial,
            self.fields,
            self.training,
            tolerance,
            disguised=disguised,
            rotations_hold=self.rotations_hold(),
            other_mode_holds=self.holds(self.trial, not self.training),
            inside=bool(inner),
            child=next((o.before.path for o in inner[good:]), ""),
        )
        cause, repair = explain(evidence)
        layer = item.before.path
        if inner:
            where = f"after '{last}'" if last else "before its first layer"
            if not layer:
                layer = f"the model's own forward, {where}"
            else:
                cause += f" (in its own forward, {where})"
        return Place(layer or "the model's own forward", cause, repair)

    def rotations_hold(self) -> bool:
        """Whether a turn without a reflection is followed, where a reflection is not."""
        element = self.trial.element
        if element is None or not element.flip or element.matrix is None:
            return False
        group = self.context.acting
        if is_planar(group) and self.context.actor.dimension == 2:
            other = planar_element(group, element.angle or math.pi / 2, False, element.steps or 1)
        elif not is_planar(group) and len(element.matrix) == 3 and not self.fields.rows.is_grid:
            other = Element("rotation", haar_rotation(self.context.generator(61)))
        else:
            return False
        actor = self.context.actor
        trial = replace(
            self.trial,
            moved=actor.inputs(self.trial.inputs, other),
            expected=lambda out: actor.outputs(out, other),
            element=other,
        )
        return self.holds(trial, self.training)

    def holds(self, trial: Trial, training: bool) -> bool:
        return _quietly(lambda: self._holds(trial, training))

    def _holds(self, trial: Trial, training: bool) -> bool:
        expected = trial.expected(self.run(trial.inputs, training))
        moved = self.run(trial.moved, training)
        if trial.observed:
            moved = trial.observed(moved)
        errors = self.context.deviations(moved, expected).values()
        return all(e.error <= COARSEST / 10 for e in errors)


def towards(tensor: Tensor, wanted: Tensor, axis: int) -> Tensor:
    """Return the wanted values, as a linear map of the tensor where there is one: forces differentiate through it."""
    if axis < 0:
        return -tensor if torch.equal(-tensor, wanted) else tensor + (wanted - tensor).detach()
    rows, goal = (t.detach().movedim(axis, -1).flatten(0, -2) for t in (tensor, wanted))
    fit = torch.linalg.lstsq(rows, goal).solution
    if relative(rows @ fit, goal) > COARSEST:
        return tensor + (wanted - tensor).detach()
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


def _quietly(question: Callable[[], bool]) -> bool:
    try:
        return question()
    except Exception:
        return False
