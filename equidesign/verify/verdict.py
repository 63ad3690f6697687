"""Verdicts, rows and the report of a verification. No torch here."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


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
        data: dict[str, Any] = _plain(asdict(self))
        return data

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
        reproduction: what a script needs to show the worst failure, if one was wanted.
    """

    target: str
    group: str
    rows: tuple[Row, ...]
    seed: int = 0
    seconds: float = 0.0
    floor32: float | None = None
    floor64: float | None = None
    notes: tuple[str, ...] = ()
    reproduction: dict[str, Any] | None = None

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
            **({"reproduction": self.reproduction} if self.reproduction else {}),
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
            data.get("reproduction"),
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
