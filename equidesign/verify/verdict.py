"""Numbers -> verdict: the two-precision rule, rows and the report. No torch here.

A symmetry that holds is kept up to rounding, so its relative error falls with the machine epsilon
when the model runs in float64 instead of float32; an error that a broken symmetry makes does not. The
ratio of the two errors decides, not a tolerance.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

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


class Effort(StrEnum):
    """How much is measured."""

    quick = "quick"
    default = "default"
    thorough = "thorough"


class Verdict(StrEnum):
    """What the numbers say."""

    exact = "EXACT"
    resolution_limited = "RESOLUTION_LIMITED"
    broken = "BROKEN"
    vacuous = "VACUOUS"
    wrong_harness = "WRONG_HARNESS"
    error = "ERROR"

    @property
    def passes(self) -> bool:
        """Whether a model with this verdict has its symmetry."""
        return self in (Verdict.exact, Verdict.resolution_limited)


# A report has the first of these that any of its rows has.
GRAVEST = (
    Verdict.broken,
    Verdict.vacuous,
    Verdict.wrong_harness,
    Verdict.error,
    Verdict.resolution_limited,
    Verdict.exact,
)


@dataclass(frozen=True)
class Measured:
    """The relative error under one group element.

    Attributes:
        label: the element in words: ``random rotation 2``, ``turn by 45°``.
        error32: in float32; None where that was not measured.
        error64: in float64; None where that was not measured.
    """

    label: str
    error32: float | None = None
    error64: float | None = None


@dataclass(frozen=True)
class Row:
    """One thing that was checked.

    Attributes:
        check: name of the check: ``group elements``, ``batch independence``, ...
        what: what it was applied to, in words.
        error32: largest relative error in float32; None where it has no meaning.
        error64: the same in float64.
        floor: the error that rounding alone makes in float32, or resampling alone on a grid.
        verdict: None when it could not be tested; ``detail`` says why.
        detail: what was found, in words.
        worst: the group element with the largest error.
        layer: the first layer that breaks the symmetry, as the model names it.
        cause: what most likely breaks it.
        repair: what to change.
        elements: the error under every element, for the plot.
    """

    check: str
    what: str
    error32: float | None = None
    error64: float | None = None
    floor: float | None = None
    verdict: Verdict | None = Verdict.exact
    detail: str = ""
    worst: str = ""
    layer: str = ""
    cause: str = ""
    repair: str = ""
    elements: tuple[Measured, ...] = ()

    def to_data(self) -> dict[str, Any]:
        """Return plain data for JSON: numbers that are not finite become text."""
        return _plain(asdict(self))

    @staticmethod
    def from_data(data: Mapping[str, Any]) -> Row:
        """Read what ``to_data`` wrote."""
        values = dict(data)
        for key in ("error32", "error64", "floor"):
            values[key] = _number(values[key])
        values["verdict"] = None if values["verdict"] is None else Verdict(values["verdict"])
        values["elements"] = tuple(
            Measured(item["label"], _number(item["error32"]), _number(item["error64"]))
            for item in values["elements"]
        )
        return Row(**values)


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return str(value) if isinstance(value, Verdict) else value


@dataclass(frozen=True)
class Report:
    """The result of a verification.

    Attributes:
        target: what was verified.
        group: the declared symmetry.
        rows: one for each check.
        seed: seed of all random choices.
        seconds: how long it took.
        floor32: relative error that rounding alone makes in float32.
        floor64: the same in float64.
        notes: what the reader should know of the model: it draws random numbers, it computes in float32 inside, ...
    """

    target: str
    group: str
    rows: tuple[Row, ...]
    seed: int = 0
    seconds: float = 0.0
    floor32: float | None = None
    floor64: float | None = None
    notes: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The gravest verdict of the rows; ERROR when nothing was tested."""
        found = {row.verdict for row in self.rows}
        return next((verdict for verdict in GRAVEST if verdict in found), Verdict.error)

    @property
    def passed(self) -> bool:
        """Whether the symmetry was found to hold."""
        return self.verdict.passes

    @property
    def exit_code(self) -> int:
        """0 passed, 1 failed, 2 could not run."""
        return 0 if self.passed else 2 if self.verdict is Verdict.error else 1

    @property
    def error32(self) -> float | None:
        """Largest relative error in float32 of the rows that are judged by it."""
        return _largest(row.error32 for row in self.rows if row.error64 is not None)

    @property
    def error64(self) -> float | None:
        """Largest relative error in float64."""
        return _largest(row.error64 for row in self.rows if row.error32 is not None)

    def to_data(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {
            "target": self.target,
            "group": self.group,
            "verdict": str(self.verdict),
            "passed": self.passed,
            "error_float32": _plain(self.error32),
            "error_float64": _plain(self.error64),
            "floor_float32": _plain(self.floor32),
            "floor_float64": _plain(self.floor64),
            "notes": list(self.notes),
            "seed": self.seed,
            "seconds": round(self.seconds, 3),
            "rows": [row.to_data() for row in self.rows],
        }

    @staticmethod
    def from_data(data: Mapping[str, Any]) -> Report:
        """Read what ``to_data`` wrote."""
        rows = tuple(Row.from_data(row) for row in data["rows"])
        return Report(
            data["target"],
            data["group"],
            rows,
            data["seed"],
            data["seconds"],
            _number(data["floor_float32"]),
            _number(data["floor_float64"]),
            tuple(data["notes"]),
        )

    @staticmethod
    def failure(target: str, group: str, reason: str, seed: int = 0) -> Report:
        """Return the report of a verification that could not run."""
        return Report(
            target, group, (Row("run", "model", verdict=Verdict.error, detail=reason),), seed
        )


def _largest(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    if any(math.isnan(value) for value in known):
        return math.nan
    return max(known, default=None)


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
