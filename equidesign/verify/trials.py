"""Measuring one claim f(moved) = expected(f(inputs)) in both precisions, and turning many of them into a row."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from equidesign.verify.actions import Tensors
from equidesign.verify.context import Claims, Context
from equidesign.verify.deviation import Deviation, blocks, deviation
from equidesign.verify.elements import Element
from equidesign.verify.rounding import SUSPICIOUS, decide
from equidesign.verify.verdict import GRAVEST, Measured, Row, Verdict

__all__ = ["Claims", "Context", "Deviation", "Trial", "blocks", "check_trials", "deviation"]


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
        single = max(
            (e.error32 for e in elements if e.error32 is not None), key=_rank, default=None
        )
        double = elements[worst].error64
        precision = context.precision_for(trials[worst].element)
        verdict, note = decide(single, double, context.rounding, precision)
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


def _measured(context: Context, label: str, first: Deviation, second: Deviation | None) -> Measured:
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
