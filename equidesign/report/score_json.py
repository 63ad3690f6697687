"""The score of a specification as plain data."""

from __future__ import annotations

from typing import Any

from equidesign.scoring.rubric import HIGHEST
from equidesign.scoring.score import CriterionScore, Judgement, Score
from equidesign.spec.yamlio import dotted

FORMAT_VERSION = 1
DIGITS = 4
"""Scores are rounded to so many digits."""


def score_data(score: Score) -> dict[str, Any]:
    """Return the score with all its evidence."""
    return {
        "version": FORMAT_VERSION,
        "target": score.target,
        "total": round(score.total, DIGITS),
        "minimum": score.minimum,
        "passed": score.passed,
        "verdict": score.report.verdict if score.report else None,
        "criteria": [_criterion(each) for each in score.criteria],
    }


def _criterion(each: CriterionScore) -> dict[str, Any]:
    criterion = each.criterion
    return {
        "id": criterion.id,
        "title": criterion.title,
        "question": criterion.question,
        "weight": criterion.weight,
        "score": round(each.score, DIGITS),
        "level": each.level,
        "next": _next(each),
        "levels": [
            {
                "level": level.level.number,
                "means": level.level.means,
                "holds": level.holds,
                "evidence": [_evidence(judgement) for judgement in level.judgements],
            }
            for level in each.levels
        ],
    }


def _next(each: CriterionScore) -> dict[str, Any] | None:
    """Return the next level, and what would have to change for it."""
    if each.level == HIGHEST:
        return None
    level = each.levels[each.level].level
    raises = [{"id": one.clause.id, "raise": one.measured.repair} for one in each.wanted]
    return {"level": level.number, "means": level.means, "raises": raises}


def _evidence(judgement: Judgement) -> dict[str, Any]:
    clause, measured = judgement.clause, judgement.measured
    return {
        "id": clause.id,
        "holds": judgement.holds,
        "says": clause.says,
        "measured": measured.text,
        "path": dotted(measured.path),
        "line": judgement.line,
        "column": judgement.column,
        "raise": measured.repair,
        "blocked_by": list(judgement.blocked),
        "cause": judgement.cause,
        "reference": clause.reference,
    }
