"""Measuring one claim f(moved) = expected(f(inputs)) in both precisions, and turning many of them into a row."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import torch
from torch import Tensor

from equidesign.groups.group import Group
from equidesign.spec.field import Space
from equidesign.spec.specification import Interface
from equidesign.verify.actions import Actor, Tensors
from equidesign.verify.deviation import Deviation, blocks, deviation
from equidesign.verify.elements import Element, is_planar
from equidesign.verify.labels import Labels
from equidesign.verify.subject import Subject
from equidesign.verify.verdict import (
    GRAVEST,
    SUSPICIOUS,
    Effort,
    Measured,
    Precision,
    Row,
    Verdict,
    decide,
)

__all__ = ["Claims", "Context", "Deviation", "Trial", "blocks", "check_trials", "deviation"]



@dataclass(frozen=True)
class Claims:
    """What is claimed of the model beyond the interface.

    Attributes:
        permutations: order of points, elements and nodes is without meaning.
        conservative: forces are the negative gradient of an energy.
        cutoff: radius beyond which points do not interact, if there is one.
    """

    permutations: bool = True
    conservative: bool = False
    cutoff: float | None = None


@dataclass
class Context:
    """Everything that a check needs.

    Attributes:
        dead: outputs found vacuous, which other checks leave out.
        types: representations of intermediate fields by the path of their module, where they are known.
        explained: how many breaks were traced to their cause so far.
    """

    subject: Subject
    group: Group
    fiber: Group
    actor: Actor
    preferred_axis: str | None = None
    claims: Claims = Claims()
    seed: int = 0
    effort: Effort = Effort.default
    types: Mapping[str, str] = field(default_factory=dict)
    dead: set[str] = field(default_factory=set)
    explained: int = 0

    @property
    def interface(self) -> Interface:
        """The model's inputs and outputs."""
        return self.subject.interface

    @property
    def quick(self) -> bool:
        """Whether as little as possible is to be measured."""
        return self.effort is Effort.quick

    @property
    def dtypes(self) -> tuple[torch.dtype, ...]:
        """The precisions the model runs in, float64 first."""
        return self.subject.dtypes

    @property
    def acting(self) -> Group:
        """The point group whose elements are tested: the fiber, or the turns about an axis in it."""
        return self.group.geometric.point_group

    @property
    def axis(self) -> str | None:
        """The axis of space that a planar group turns about; None in the plane."""
        if not (is_planar(self.acting) and self.actor.dimension == 3):
            return None
        return "y" if Space.sphere in self.spaces else self.preferred_axis or "z"

    @property
    def spaces(self) -> set[str]:
        """The spaces of the inputs."""
        return {spec.space for spec in self.interface.inputs.values()}

    @cached_property
    def labels(self) -> Labels:
        """Relabelling of points and samples."""
        return Labels(self.interface)

    @property
    def base(self) -> Tensors:
        """The inputs that most checks start from."""
        return self.subject.base

    @cached_property
    def larger(self) -> Tensors:
        """Other inputs, of three samples."""
        return self.subject.inputs(3, self.seed + 50)

    @cached_property
    def single(self) -> Tensors:
        """The first sample of the base alone, for what is costly."""
        if self.labels.sizes(self.base).get("samples", 1) < 2:
            return self.base
        return self.labels.take(self.base, [0])[0]

    def generator(self, salt: int) -> torch.Generator:
        """Return a generator of random numbers, a different one for each check."""
        return torch.Generator().manual_seed(1009 * self.seed + salt)

    def outputs(self, inputs: Tensors, dtype: torch.dtype, training: bool) -> Tensors:
        """Run the model, remembering the result for these very inputs."""
        return self.subject.outputs(inputs, dtype, training)

    @cached_property
    def rounding(self) -> float:
        """What rounding alone does to the outputs in float32, relative."""
        if len(self.dtypes) < 2:
            return 0.0
        one, other = (self.outputs(self.base, dtype, False) for dtype in self.dtypes)
        errors = self.deviations(other, one)
        return max((d.error for d in errors.values() if math.isfinite(d.error)), default=0.0)

    @cached_property
    def precision(self) -> Precision:
        """How well the model computes, apart from any symmetry; costs some passes."""
        from equidesign.verify.precision import measure_precision

        return measure_precision(self)

    def deviations(self, found: Tensors, expected: Tensors) -> dict[str, Deviation]:
        """Return the deviation of every output that is not dead."""
        return {
            name: deviation(found[name], expected[name], spec, self.actor.rep(spec))
            for name, spec in self.interface.outputs.items()
            if name in found and name not in self.dead
        }


@dataclass(frozen=True)
class Trial:
    """A claim that f(``moved``) equals ``expected`` of f(``inputs``).

    ``observed`` is applied to f(moved) first; it drops what has no counterpart.

    What was done to the inputs, for those who look inside the model: ``element`` acted on them, then item i of each
    size in ``orders`` became the old item ``orders[size][i]``; with ``kept`` only those items of each size remained.
    """

    label: str
    inputs: Tensors
    moved: Tensors
    expected: Callable[[Tensors], Tensors]
    observed: Callable[[Tensors], Tensors] | None = None
    element: Element | None = None
    orders: Mapping[str, Tensor] = field(default_factory=dict)
    kept: Mapping[str, Tensor] = field(default_factory=dict)


def measure(
    context: Context, trial: Trial, dtype: torch.dtype, training: bool
) -> dict[str, Deviation]:
    """Return the deviation of every output that is not dead."""
    expected = trial.expected(context.outputs(trial.inputs, dtype, training))
    found = context.subject.run(trial.moved, dtype, training)
    if trial.observed:
        found = trial.observed(found)
    return context.deviations(found, expected)


def check_trials(
    context: Context,
    check: str,
    what: str,
    trials: Iterable[Trial],
    training: bool = False,
    explain: bool = True,
) -> Row | None:
    """Run all trials in float64 and the worst in float32; judge each output. The gravest makes the row."""
    trials = list(trials)
    rows = _rows(context, check, what, trials, training)
    row = gravest(rows) if rows else None
    if row is None or row.verdict is not Verdict.broken:
        return row
    if (row.error64 or 0.0) < SUSPICIOUS and context.subject.sharpen():
        context.__dict__.pop("precision", None)
        return check_trials(context, check, what, trials, training, explain)
    if not explain:
        return row
    from equidesign.verify.diagnosis import explained

    return explained(context, row, trials, training)


def _rows(
    context: Context, check: str, what: str, trials: list[Trial], training: bool
) -> list[Row]:
    first, *rest = context.dtypes
    errors = [measure(context, trial, first, training) for trial in trials]
    rows = []
    again: dict[int, dict[str, Deviation]] = {}
    for name in errors[0] if errors else ():
        worst = max(range(len(trials)), key=lambda i: _rank(errors[i][name].error))
        for dtype in rest:
            # An element such as the inversion makes no rounding errors: one more shows what rounding does.
            for index in dict.fromkeys((worst, len(trials) - 1)):
                if index not in again and (index == worst or not again[worst][name].error):
                    again[index] = measure(context, trials[index], dtype, training)
        top = errors[worst][name]
        elements = tuple(
            _measured(context, trial.label, errors[i][name], again.get(i, {}).get(name))
            for i, trial in enumerate(trials)
        )
        single = max((e.error32 for e in elements if e.error32 is not None), key=_rank, default=None)
        double = elements[worst].error64
        verdict, note = decide(single, double, context.rounding, lambda: context.precision)
        where = f"output '{name}'" + (f" ({top.block})" if top.block else "")
        if verdict is Verdict.broken:
            note = f"{where} is off"
        elif verdict is Verdict.vacuous:
            note = f"{where} is not finite"
        rows.append(
            Row(
                check,
                what,
                single,
                double,
                context.rounding or None,
                verdict,
                note,
                worst="" if verdict is Verdict.exact else trials[worst].label,
                elements=elements,
            )
        )
    return rows


def _measured(
    context: Context, label: str, first: Deviation, second: Deviation | None
) -> Measured:
    if context.dtypes[0] == torch.float32:
        return Measured(label, first.error, None)
    return Measured(label, second.error if second else None, first.error)


def gravest(rows: list[Row]) -> Row:
    """Return the row with the gravest verdict; among equals the one with the largest error."""
    return min(
        rows,
        key=lambda row: (
            GRAVEST.index(row.verdict) if row.verdict else len(GRAVEST),
            -_rank(row.error64 if row.error64 is not None else row.error32 or 0.0),
        ),
    )


def _rank(error: float) -> float:
    return math.inf if math.isnan(error) else error


def with_detail(row: Row, detail: str) -> Row:
    """Return the row with a sentence added."""
    return replace(row, detail=f"{row.detail}; {detail}" if row.detail else detail)
