"""Numbers -> verdict: the two-precision rule. No torch here.

A symmetry that holds is kept up to rounding, so its relative error falls with the machine epsilon
when the model runs in float64 instead of float32; an error that a broken symmetry makes does not. The
ratio of the two errors decides, not a tolerance.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from equidesign.verify.verdict import Verdict

EPS32 = 2.0**-23
EPS64 = 2.0**-52
# Half way, on a log scale, between an error that falls with epsilon and one that stays.
RATIO = math.sqrt(EPS64 / EPS32)
# Sums of a few thousand terms round to this much; float32 may hit its answer by luck, so a ratio alone would not do.
ROUNDING64 = 2.0**10 * EPS64
# Beyond this even a chaotic model (float32 error of order one) does not explain an error in float64.
LARGEST_EXACT = 1e-8
# Errors above this are breaks whatever the precision inside, unless rounding alone comes close.
SUSPICIOUS = 1e-3
# How many times the noise of float32 an error may be that float32 makes; and the same of rounded constants, which do
# not accumulate: what they do is never above the last number.
JITTERS, CONSTANTS = 32.0, 8.0
LARGEST_CONSTANTS = 4e-6


@dataclass(frozen=True)
class Precision:
    """How well the model computes, apart from any symmetry.

    Attributes:
        noise64: where it computes in float32 inside although it was asked for float64, the relative size
            of the jumps of its output under a tiny change of the input; else 0.
        constants: it holds constants that were rounded to float32, which no float64 run makes better.
        noise32: where it runs in float32 only, the relative change of its output under rounding of its input; else 0.
    """

    noise64: float = 0.0
    constants: bool = False
    noise32: float = 0.0


def judge(error32: float, error64: float) -> Verdict:
    """Return EXACT, BROKEN, or VACUOUS for what is not finite, from the relative errors in both precisions.

    >>> judge(3e-7, 4e-16).value, judge(2e-5, 2e-5).value, judge(1e-6, 1e-8).value
    ('EXACT', 'BROKEN', 'BROKEN')
    """
    if not (math.isfinite(error64) and math.isfinite(error32)):
        return Verdict.vacuous
    falls = error64 <= RATIO * error32 and error64 <= LARGEST_EXACT
    return Verdict.exact if error64 <= ROUNDING64 or falls else Verdict.broken


def decide(
    error32: float | None,
    error64: float | None,
    rounding: float,
    precision: Callable[[], Precision],
    slack: float = 1.0,
) -> tuple[Verdict, str]:
    """Return the verdict and, where it needs one, its reason.

    Args:
        error32: relative error in float32; None for a model that runs in float64 only.
        error64: relative error in float64; None for a model that runs in float32 only.
        rounding: the relative error that rounding alone makes in float32.
        precision: measures how well the model computes; called only where the errors alone do not decide.
        slack: how many more digits the measured quantity loses to rounding than an output.
    """
    if error32 is None and error64 is not None:
        if not math.isfinite(error64):
            return Verdict.vacuous, ""
        exact = error64 <= LARGEST_EXACT
        return (Verdict.exact if exact else Verdict.broken), "runs in float64 only" if exact else ""
    if error64 is None and error32 is not None:
        if not math.isfinite(error32):
            return Verdict.vacuous, ""
        exact = error32 <= JITTERS * slack * max(precision().noise32, EPS32)
        note = f"runs in float32 only: breaks below {error32:.0e} cannot be seen"
        return (Verdict.exact, note) if exact else (Verdict.broken, "")
    if error32 is None or error64 is None:
        return Verdict.error, "the model was not run"
    verdict = judge(max(error32, rounding), error64)
    if verdict is not Verdict.broken or error64 > max(SUSPICIOUS, JITTERS * rounding):
        return verdict, ""
    found = precision()
    if found.noise64 and error64 <= JITTERS * slack * max(found.noise64, EPS32):
        return Verdict.exact, "computed in float32 inside: the error stays at its epsilon"
    allowed = min(CONSTANTS * slack * max(rounding, EPS32), LARGEST_CONSTANTS * slack)
    if found.constants and error64 <= allowed:
        return Verdict.exact, "constants rounded to float32: the error stays at their epsilon"
    return Verdict.broken, ""
