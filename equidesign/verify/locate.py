"""The first layer of a model that breaks the symmetry, with the likely cause and the repair.

The model runs on the inputs and on the changed inputs while every named layer is watched. A layer breaks the symmetry
if what it returns does not follow the change although all that it received does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import cached_property

import torch

from equidesign.verify.actions import Tensors
from equidesign.verify.causes import Evidence, explain
from equidesign.verify.edges import Match, matched_edges
from equidesign.verify.elements import Element, haar_rotation, is_planar, planar_element
from equidesign.verify.fields import Fields
from equidesign.verify.patches import Patch
from equidesign.verify.traces import Call, Captured, Trace, aligned, traced
from equidesign.verify.trials import Context, Trial

# A layer's error counts from this part of the output's error on, within bounds that rounding sets.
PART, FINEST, COARSEST = 1e-3, 1e-11, 1e-6
FLOAT32 = 3e-5
# Errors that come in are not to blame for those that go out when they are this much smaller.
GROWTH = 1e-3
MOST_PATCHES = 12
# Another change is followed when its error is at most this.
HOLDS = 1e-7


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
    edges: dict[tuple[int, int], Match] = field(default_factory=dict)
    _known: dict[tuple[int, int], float] = field(default_factory=dict)
    _typed: set[tuple[tuple[int, int], tuple[str, ...]]] = field(default_factory=set)

    @cached_property
    def fields(self) -> Fields:
        return Fields(self.context, self.trial, self.edges)

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
        pairs = aligned(before, after)
        sizes = self.context.labels.sizes(self.trial.inputs).values()
        self.edges = matched_edges(self.trial, pairs, sizes)
        for pair in pairs:
            self.judge(pair)
        # Again, as what a later layer says of a tensor counts for the one that made it.
        judged = [self.judge(pair) for pair in pairs]
        if not judged or final <= 0:
            return None
        judged[-1].received, judged[-1].returned = 0.0, final
        culprit = self.first(judged, tolerance)
        if culprit is None:
            return None
        disguised = self.disguised(judged[: judged.index(culprit)], tolerance, final)
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
            judged.returned = max(judged.returned, self.follows(one, other, reps["out"]))
        return judged

    def follows(self, one: Captured, other: Captured, reps: list[str]) -> float:
        """Return the error of a tensor: the largest of what the layers that make and read it know."""
        key = (one.key, tuple(reps))
        if key not in self._typed:
            self._typed.add(key)
            if reps or one.key not in self._known:
                found = self.fields.error(one, other, reps) or 0.0
                self._known[one.key] = max(found, self._known.get(one.key, 0.0))
        return self._known[one.key]

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

    def disguised(self, judged: list[_Judged], tolerance: float, final: float) -> _Judged | None:
        """Return an earlier layer whose output is turned by the wrong matrix, so that only later layers show it.

        Where what it returns is replaced by what a scalar or vector would be, the whole model has its symmetry.
        """
        if not self.fields.mixes or self.trial.orders or self.trial.kept:
            return None
        budget, limit = MOST_PATCHES, max(tolerance, 1e-2 * PART * final)
        for item in judged:
            patch = Patch(self.fields, item.before, item.after)
            if not item.before.path or item.received > tolerance or not patch.is_candidate:
                continue
            for axis in patch.axes():
                budget -= 1
                if budget < 0:
                    return None
                if self.cures(patch, axis, limit):
                    return item
        return None

    def cures(self, patch: Patch, axis: int | None, limit: float) -> bool:
        try:
            subject = self.context.subject
            model = subject.model(self.dtype, self.training)
            with patch.applied(model, axis):
                moved = subject.call(model, self.trial.moved, self.dtype, self.training)
            return self.error(moved) <= limit
        except Exception:
            return False

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
            good=tuple(value for other in inner[:good] for value in other.before.outputs),
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
        try:
            expected = trial.expected(self.run(trial.inputs, training))
            moved = self.run(trial.moved, training)
        except Exception:
            return False
        if trial.observed:
            moved = trial.observed(moved)
        errors = self.context.deviations(moved, expected).values()
        return all(e.error <= HOLDS for e in errors)
