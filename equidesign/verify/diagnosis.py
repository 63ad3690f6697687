"""Why a trial failed: the model is not repeatable, the declaration is wrong, or a layer breaks the symmetry."""

from __future__ import annotations

from dataclasses import replace

from equidesign.verify.harness import wrong_harness
from equidesign.verify.locate import locate
from equidesign.verify.trials import Context, Trial
from equidesign.verify.verdict import Row, Verdict

# Tracing a break to its layer runs the model a few times more; a few breaks say it all.
MOST = 4
# A difference between two runs explains an error that is not this much larger.
EXPLAINS = 4.0
OTHER_SEED = 12_345


def explained(context: Context, row: Row, trials: list[Trial], training: bool) -> Row:
    """Return a broken row with its cause, or as WRONG_HARNESS where the model is not to blame."""
    if context.explained >= MOST:
        return row
    context.explained += 1
    trial = next((t for t in trials if t.label == row.worst), trials[-1])
    if context.reproduce and context.reproduction is None:
        from equidesign.verify.reproduce import reproduction_of

        found = reproduction_of(context, trial, training, f"{row.check}: {row.what}")
        context.reproduction = found.to_data() if found else None
    error = row.error64 if row.error64 is not None else row.error32 or 0.0
    spread, reason = _unrepeatable(context, trial, training)
    if spread * EXPLAINS >= error:
        return replace(
            row,
            verdict=Verdict.wrong_harness,
            detail=f"{reason}: two runs on the same input differ by {spread:.1e}",
            cause="the output is not a function of the input",
            repair="make the model repeatable: switch its sampling off, or pass its random numbers in as an input",
        )
    hypothesis = wrong_harness(context, trials, training)
    if hypothesis is not None:
        return replace(
            row,
            verdict=Verdict.wrong_harness,
            detail=hypothesis.text,
            cause="the interface declares another action than the model has",
            repair=hypothesis.hint,
        )
    return located(context, row, trial, training)


def located(context: Context, row: Row, trial: Trial, training: bool) -> Row:
    """Return a broken row with the layer that breaks the symmetry, where it can be told."""
    place = locate(context, trial, training)
    if place is None:
        return row
    return replace(row, layer=place.layer, cause=place.cause, repair=place.repair)


def _unrepeatable(context: Context, trial: Trial, training: bool) -> tuple[float, str]:
    """Return how much two runs on the same input differ, and why."""
    subject, dtype = context.subject, context.dtypes[0]
    first = context.outputs(trial.inputs, dtype, training)
    again = subject.run(trial.inputs, dtype, training)
    difference = _largest(context, again, first)
    reason = (
        "the model keeps something from one call to the next, or draws random numbers of its own"
    )
    if subject.drew and not difference:
        again = subject.call(
            subject.model(dtype, training), trial.inputs, dtype, training, seed=OTHER_SEED
        )
        difference, reason = _largest(context, again, first), "the model is stochastic"
    return difference, reason


def _largest(context: Context, found: dict, expected: dict) -> float:  # type: ignore[type-arg]
    same = {name for name in found if found[name].shape == expected[name].shape}
    errors = context.deviations(
        {name: found[name] for name in same}, {name: expected[name] for name in same}
    )
    return max((deviation.error for deviation in errors.values()), default=0.0)
