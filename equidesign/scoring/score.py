"""The score: a specification held against the rubric, with the evidence for every clause."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from equidesign.errors import InputError
from equidesign.lint.bundle import Bundle, bundle_at
from equidesign.scoring.evidence import Evidence
from equidesign.scoring.measured import Measured
from equidesign.scoring.registry import all_predicates
from equidesign.scoring.rubric import HIGHEST, Clause, Criterion, Level, Rubric, load_rubric
from equidesign.scoring.verdict import Report
from equidesign.spec.loading import ARCHITECTURE, specification_path
from equidesign.spec.request import Request
from equidesign.spec.specification import Specification
from equidesign.spec.yamlio import load_text, read_text

OWN_SECTIONS = tuple(key for key in Specification.model_fields if key not in Request.model_fields)
"""Sections that a specification has and a request has not."""


@dataclass(frozen=True)
class Judgement:
    """A clause, and what was found about it.

    Attributes:
        blocked: the clauses that it needs and that do not hold.
        cause: the clause that was measured: itself, or the first that it waits for.
        line, column: the place in the file.
    """

    clause: Clause
    measured: Measured
    blocked: tuple[str, ...]
    cause: str
    line: int
    column: int

    @property
    def holds(self) -> bool:
        """Whether the clause holds."""
        return self.measured.holds


@dataclass(frozen=True)
class LevelScore:
    """One level of a criterion with its judgements."""

    level: Level
    judgements: tuple[Judgement, ...]

    @property
    def holds(self) -> bool:
        """Whether everything that the level asks for holds."""
        return all(each.holds for each in self.judgements)

    @property
    def share(self) -> float:
        """The share of it that holds."""
        return sum(each.holds for each in self.judgements) / max(len(self.judgements), 1)


@dataclass(frozen=True)
class CriterionScore:
    """A criterion with its score.

    Attributes:
        level: the highest level of which everything holds, all lower levels included.
        score: the level, and a part of the way to the next.
    """

    criterion: Criterion
    levels: tuple[LevelScore, ...]

    @property
    def level(self) -> int:
        """The level that is reached."""
        reached = 0
        for each in self.levels:
            if not each.holds:
                break
            reached = each.level.number
        return reached

    @property
    def score(self) -> float:
        """The level reached plus a fraction below 1 of what is missing.

        A level counts half as much as the one below it. The fraction falls with every clause that no longer holds,
        and a level that is lost takes at least what the fraction could give: so the score falls with every clause.
        """
        missing = self.levels[self.level :]
        if not missing:
            return float(self.level)
        weights = [2.0**-i for i in range(len(missing))]
        gained = sum(w * each.share for w, each in zip(weights, missing, strict=True))
        return self.level + gained / sum(weights)

    @property
    def wanted(self) -> tuple[Judgement, ...]:
        """What would raise the level: the clauses of the next one that do not hold."""
        if self.level == HIGHEST:
            return ()
        return tuple(each for each in self.levels[self.level].judgements if not each.holds)


@dataclass(frozen=True)
class Score:
    """The score of a specification.

    Attributes:
        target: the file.
        minimum: the least total that passes.
        report: what a verification measured, if that was given.
    """

    target: str
    criteria: tuple[CriterionScore, ...]
    minimum: float
    report: Report | None = None

    @property
    def total(self) -> float:
        """The weighted mean of the criteria, from 1 to 5."""
        return sum(each.criterion.weight * each.score for each in self.criteria)

    @property
    def passed(self) -> bool:
        """Whether the total reaches the minimum."""
        return self.total >= self.minimum - 1e-9


def score_path(path: Path, report: Report | None = None, minimum: float | None = None) -> Score:
    """Score a specification, or the bundle that it lies in.

    Args:
        report: what `equidesign verify` found about it.
        minimum: the least total that passes; None: the rubric's.

    Raises:
        InputError: the file can't be read, is no YAML, or is no specification.
    """
    file = specification_path(path)
    bundle = bundle_at(file.parent) if file.name == ARCHITECTURE else None
    return score_text(read_text(file), str(file), bundle, report, minimum)


def score_text(
    text: str,
    source: str,
    bundle: Bundle | None = None,
    report: Report | None = None,
    minimum: float | None = None,
) -> Score:
    """Score a specification by its text.

    Raises:
        InputError: with the place where it is no YAML; or it is no specification.
    """
    document = load_text(text, source)
    if not any(key in document.data for key in OWN_SECTIONS):
        raise InputError(
            "this is no specification: it has none of its sections",
            where=document.where(()),
            expected=f"{', '.join(OWN_SECTIONS[:7])}, ..., as `equidesign design` writes them",
            hint="for a request use `equidesign design`" if "task" in document.data else None,
        )
    return judge(Evidence(document, text, bundle, report), load_rubric(), minimum)


def judge(evidence: Evidence, rubric: Rubric, minimum: float | None = None) -> Score:
    """Hold the evidence against a rubric."""
    judgements: dict[str, Judgement] = {}
    for clause in rubric.clauses.values():
        judgements[clause.id] = _judgement(clause, evidence, judgements)
    criteria = tuple(
        CriterionScore(
            criterion,
            tuple(
                LevelScore(level, tuple(judgements[key] for key in level.clauses))
                for level in criterion.levels
            ),
        )
        for criterion in rubric.criteria
    )
    limit = rubric.minimum if minimum is None else minimum
    return Score(evidence.document.source, criteria, limit, evidence.report)


def _judgement(clause: Clause, evidence: Evidence, known: Mapping[str, Judgement]) -> Judgement:
    blocked = tuple(need for need in clause.needs if not known[need].holds)
    if blocked:
        cause = known[blocked[0]].cause
        measured = _unmeasured([known[need] for need in blocked])
    else:
        cause = clause.id
        measured = all_predicates()[clause.predicate](evidence, **clause.parameters)
    line, column, _, _ = evidence.document.span(measured.path)
    return Judgement(clause, measured, blocked, cause, line, column)


def _unmeasured(blocking: Sequence[Judgement]) -> Measured:
    names = ", ".join(f"'{each.clause.id}'" for each in blocking)
    first = blocking[0].measured
    verb = "does not hold" if len(blocking) == 1 else "do not hold"
    return Measured(False, f"not measured: {names} {verb}", first.path, first.repair)
