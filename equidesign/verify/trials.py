"""Measuring one claim f(moved) = expected(f(inputs)) in both precisions, and turning many of them into a row."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import EllipsisType

import torch
from torch import Tensor

from equidesign.groups.group import Group
from equidesign.groups.rep import Rep
from equidesign.spec.field import Space
from equidesign.spec.specification import Interface, TensorSpec
from equidesign.verify.actions import Actor, Tensors, component_axis
from equidesign.verify.elements import Element, is_planar
from equidesign.verify.labels import Labels
from equidesign.verify.subject import Subject
from equidesign.verify.verdict import GRAVEST, LARGEST_EXACT, Precision, Row, Verdict, judge

# A block smaller than this part of the whole output may be nothing but rounding in float32.
SMALL_BLOCK = 1e-6
RECHECKED = 3


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
    """

    subject: Subject
    group: Group
    fiber: Group
    actor: Actor
    preferred_axis: str | None = None
    claims: Claims = Claims()
    seed: int = 0
    quick: bool = False
    dead: set[str] = field(default_factory=set)
    _outputs: dict[tuple[int, torch.dtype, bool], tuple[Tensors, Tensors]] = field(
        default_factory=dict
    )

    @property
    def interface(self) -> Interface:
        """The model's inputs and outputs."""
        return self.subject.interface

    @property
    def acting(self) -> Group:
        """The point group whose elements are tested: the fiber, or the turns about an axis in it."""
        return self.group.geometric.point_group

    @property
    def axis(self) -> str | None:
        """The axis of space that a planar group turns about; None in the plane."""
        if not (is_planar(self.acting) and self.actor.dimension == 3):
            return None
        spaces = {spec.space for spec in self.interface.inputs.values()}
        return "y" if Space.sphere in spaces else self.preferred_axis or "z"

    @cached_property
    def labels(self) -> Labels:
        """Relabelling of points and samples."""
        return Labels(self.interface)

    @cached_property
    def base(self) -> Tensors:
        """The inputs that most checks start from."""
        return self.subject.inputs(3, self.seed)

    def generator(self, salt: int) -> torch.Generator:
        """Return a generator of random numbers, a different one for each check."""
        return torch.Generator().manual_seed(1009 * self.seed + salt)

    def outputs(self, inputs: Tensors, dtype: torch.dtype, training: bool) -> Tensors:
        """Run the model, remembering the result for these very inputs."""
        key = (id(inputs), dtype, training)
        if key not in self._outputs:
            self._outputs[key] = (inputs, self.subject.run(inputs, dtype, training))
        return self._outputs[key][1]

    @cached_property
    def precision(self) -> Precision:
        """How well the model computes, apart from any symmetry."""
        from equidesign.verify.precision import measure_precision

        return measure_precision(self)


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


@dataclass(frozen=True)
class Deviation:
    """Largest relative error of one output, and the block of its components where it is."""

    error: float
    block: str = ""


def deviation(found: Tensor, expected: Tensor, spec: TensorSpec, rep: Rep | None) -> Deviation:
    """Return the error relative to the largest component, block by block of the representation; NaN if not finite."""
    if found.shape != expected.shape:
        raise ValueError(f"shapes {tuple(found.shape)} and {tuple(expected.shape)}")
    if not found.numel():
        return Deviation(0.0)
    if not (found.isfinite().all() and expected.isfinite().all()):
        return Deviation(math.nan)
    whole = max(float(found.abs().max()), float(expected.abs().max()))
    if whole == 0:
        return Deviation(0.0)
    worst = Deviation(-1.0)
    for label, part in blocks(found.dim(), spec, rep):
        a, b = found[part], expected[part]
        size = max(float(a.abs().max()), float(b.abs().max()), SMALL_BLOCK * whole)
        error = float((a - b).abs().max()) / size
        if error > worst.error:
            worst = Deviation(error, label)
    return worst


Index = tuple[slice | EllipsisType, ...]


def blocks(dim: int, spec: TensorSpec, rep: Rep | None) -> list[tuple[str, Index]]:
    """Return the parts of a tensor that transform on their own."""
    everything: list[tuple[str, Index]] = [(str(rep) if rep else "", (...,))]
    if rep is None or len(rep.terms) < 2 or spec.layout or len(spec.shape) != dim:
        return everything
    axis = component_axis(spec)
    if spec.shape[axis] != rep.dim:
        return everything
    found: list[tuple[str, Index]] = []
    start = 0
    for count, irrep in rep.terms:
        stop = start + count * irrep.dim
        index: Index = (*[slice(None)] * axis, slice(start, stop))
        found.append((f"{count}x{irrep}", index))
        start = stop
    return found


def measure(
    context: Context, trial: Trial, dtype: torch.dtype, training: bool
) -> dict[str, Deviation]:
    """Return the deviation of every output that is not dead."""
    expected = trial.expected(context.outputs(trial.inputs, dtype, training))
    found = context.subject.run(trial.moved, dtype, training)
    if trial.observed:
        found = trial.observed(found)
    specs, actor = context.interface.outputs, context.actor
    return {
        name: deviation(found[name], expected[name], spec, actor.rep(spec))
        for name, spec in specs.items()
        if name in found and name not in context.dead
    }


def check_trials(
    context: Context, check: str, what: str, trials: Iterable[Trial], training: bool = False
) -> Row | None:
    """Run all trials in float64, the worst and a few others in float32; judge each output.

    The gravest makes the row.
    """
    trials = list(trials)
    errors64 = [measure(context, trial, torch.float64, training) for trial in trials]
    names = list(errors64[0]) if errors64 else []
    if not names:
        return None
    rows = []
    errors32: dict[int, dict[str, Deviation]] = {}
    for name in names:
        order = sorted(range(len(trials)), key=lambda i: _rank(errors64[i][name].error))
        worst = order[-1]
        for index in {worst, *order[: RECHECKED - 1]}:
            if index not in errors32:
                errors32[index] = measure(context, trials[index], torch.float32, training)
        top = errors64[worst][name]
        error32 = max((found[name].error for found in errors32.values()), key=_rank)
        verdict = judge(error32, top.error, context.precision)
        detail = _detail(context, name, top, trials[worst].label, verdict)
        rows.append(
            Row(check, what, error32, top.error, context.precision.rounding32, verdict, detail)
        )
    return gravest(rows)


def gravest(rows: list[Row]) -> Row:
    """Return the row with the gravest verdict; among equals the one with the largest error in float64."""
    return min(
        rows,
        key=lambda row: (
            GRAVEST.index(row.verdict) if row.verdict else len(GRAVEST),
            -_rank(row.error64 or 0.0),
        ),
    )


def _rank(error: float) -> float:
    return math.inf if math.isnan(error) else error


def _detail(context: Context, name: str, top: Deviation, label: str, verdict: Verdict) -> str:
    where = f"output '{name}'" + (f" ({top.block})" if top.block else "")
    if verdict is Verdict.exact:
        inside = context.precision.float32_inside and top.error > LARGEST_EXACT
        return "computed in float32 inside: the error stays at its epsilon" if inside else ""
    if verdict is Verdict.vacuous:
        return f"{where} is not finite under: {label}"
    return f"{where}, worst under: {label}"


def with_detail(row: Row, detail: str) -> Row:
    """Return the row with a sentence added."""
    return replace(row, detail=f"{row.detail}; {detail}" if row.detail else detail)
