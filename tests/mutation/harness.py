"""Makes mutants, lets the plain check say which ones count, and records what verify makes of them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import plain
from bundles import Bundle
from operators import OPERATORS, Operator

from equidesign.verify.verdict import Report, Row, Verdict

PROBE = 1e-3
SEEDS = (0, 1)
SMALL, TINY = 1e-3, 3e-5
"""Relative breaks, as the plain check measures them, that graded mutants are set to."""
FORWARD = "the model's own forward"
FULL = 1.0


@dataclass(frozen=True)
class Mutant:
    """A broken bundle.

    Attributes:
        place: path of the module that is broken, empty for the model's own forward.
        eps: by how much.
        error: largest relative error that the plain check finds.
        claim: the claim that breaks most, in the plain check's words.
    """

    bundle: Bundle
    operator: Operator
    place: str
    eps: float
    error: float
    claim: str

    @property
    def counts(self) -> bool:
        """Whether the mutant truly breaks a claim."""
        return not self.operator.correct and self.error >= plain.COUNTS

    def __str__(self) -> str:
        where = self.place or "forward"
        return f"{self.bundle.name} {self.operator.name} at {where}, eps {self.eps:.1e}"


@dataclass(frozen=True)
class Outcome:
    """What verify says of one mutant, or of an unmutated bundle.

    Attributes:
        layers: the layers that the failing rows name, those of the model's own forward as empty text.
        failed: check and subject of the failing rows.
        strict: whether the first layer named is the mutated one; None where verify blames no layer: it missed the
            mutant, calls the test wrong or the model stochastic, or the break is in no layer.
        lenient: the same, one step up or down in the tree of modules allowed.
    """

    bundle: str
    family: str
    operator: str
    place: str
    eps: float
    error: float
    claim: str
    counts: bool
    verdict: str
    exit_code: int
    seconds: float
    layers: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    details: tuple[str, ...] = ()
    strict: bool | None = None
    lenient: bool | None = None
    seed: int = 0

    @property
    def found(self) -> bool:
        """Whether verify calls the model broken, vacuous or wrongly tested; an error is none of these."""
        return self.exit_code == 1

    def to_data(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        data = {
            key: str(value) if value == math.inf else value for key, value in asdict(self).items()
        }
        return {**data, "found": self.found}


def mutant(
    bundle: Bundle, operator: Operator, place: str, eps: float, seeds: tuple[int, ...] = (0,)
) -> Mutant:
    """Make one mutant and measure it with the plain check; of several seeds the smallest error counts."""
    found = []
    for seed in seeds:
        build = operator.make(bundle, place, eps)
        errors = plain.measure(bundle.cell, build, bundle.example, seed)
        claim = max(errors, key=lambda name: errors[name])
        found.append((errors[claim], claim))
    return Mutant(bundle, operator, place, eps, *min(found))


def graded(bundle: Bundle, operator: Operator, place: str, target: float) -> Mutant | None:
    """Return the mutant whose break is about ``target``; None where no ``eps`` does it.

    Parameters and inputs of one seed alone may blow a break up.
    """
    eps = PROBE
    for _ in range(4):
        found = mutant(bundle, operator, place, eps, SEEDS)
        if not math.isfinite(found.error) or found.error < 1e-9:
            return None
        if target / 2 <= found.error <= 3 * target:
            return found
        eps = min(eps * target / found.error, FULL)
    return found


def mutants(bundle: Bundle, operator: Operator, quick: bool = False) -> Iterator[Mutant]:
    """Yield mutants at the first, a middle and the last place that the operator has in a bundle."""
    places = operator.places(bundle)
    if not places:
        return
    chosen = dict.fromkeys([places[len(places) // 2], places[-1], places[0]])
    targets = {places[len(places) // 2]: TINY, places[-1]: SMALL, places[0]: TINY}
    for place in list(chosen)[: 1 if quick else 3]:
        yield mutant(bundle, operator, place, FULL)
        if operator.graded and (found := graded(bundle, operator, place, targets[place])):
            yield found


def judge(made: Mutant, seed: int = 0, effort: str = "default") -> Outcome:
    """Let verify look at a mutant."""
    build = made.operator.make(made.bundle, made.place, made.eps)
    report = made.bundle.verify(build, seed, effort)
    named = [_layer(row) for row in _failing(report) if row.layer]
    strict = lenient = None
    blamed = report.verdict in (Verdict.broken, Verdict.vacuous)
    if made.counts and blamed and (made.place or named):
        strict = bool(named) and _same(named[0], made.place)
        lenient = bool(named) and _near(named[0], made.place)
    return _outcome(
        made.bundle,
        report,
        operator=made.operator.name,
        place=made.place,
        eps=made.eps,
        error=made.error,
        claim=made.claim,
        counts=made.counts,
        layers=tuple(named),
        strict=strict,
        lenient=lenient,
        seed=seed,
    )


def unmutated(bundle: Bundle, seed: int, effort: str = "default") -> Outcome:
    """Let verify look at a bundle as it is."""
    report = bundle.verify(bundle.build, seed, effort)
    return _outcome(
        bundle,
        report,
        operator="",
        place="",
        eps=0.0,
        error=0.0,
        claim="",
        counts=False,
        seed=seed,
    )


def _outcome(bundle: Bundle, report: Report, **facts: Any) -> Outcome:
    rows = _failing(report)
    return Outcome(
        bundle=bundle.name,
        family=bundle.family,
        verdict=str(report.verdict),
        exit_code=report.exit_code,
        seconds=report.seconds,
        failed=tuple(f"{row.check}: {row.what}" for row in rows),
        details=tuple(row.detail for row in rows),
        **facts,
    )


def _failing(report: Report) -> list[Row]:
    return [row for row in report.rows if row.verdict is not None and not row.verdict.passes]


def _layer(row: Row) -> str:
    return "" if row.layer.startswith(FORWARD) else row.layer


def _same(named: str, place: str) -> bool:
    """Whether a layer named is the mutated one, or the part that the operator added to it."""
    return named == place or named.startswith(f"{place}.mutant_")


def _near(named: str, place: str) -> bool:
    return _same(named, place) or _parent(named) == place or _parent(place) == named


def _parent(path: str) -> str:
    return path.rpartition(".")[0] if path else "-"


__all__ = ["OPERATORS", "Mutant", "Outcome", "judge", "mutant", "mutants", "unmutated"]
