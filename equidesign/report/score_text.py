"""The score of a specification for a terminal: what was reached, by which evidence, and what would raise it."""

from __future__ import annotations

import math
from collections.abc import Iterator

from equidesign.report.layout import Line, columns, heading, signed
from equidesign.scoring.rubric import HIGHEST
from equidesign.scoring.score import CriterionScore, Judgement, Score
from equidesign.spec.yamlio import dotted


def score_lines(score: Score) -> list[Line]:
    """Return a table of the criteria, the evidence for each, and what would raise it."""
    lines = [
        Line(score.target, code=True),
        Line(_headline(score), style="bold" if score.passed else "bold red"),
        Line(),
    ]
    rows = [
        (
            each.criterion.title,
            marks(each.score),
            f"weight {each.criterion.weight:.2f}",
            f"level {each.level} of {HIGHEST}",
        )
        for each in score.criteria
    ]
    lines += [Line(text, indent=2, keep=True) for text in columns(rows)]
    for each in score.criteria:
        lines += heading(f"{each.criterion.title}: {marks(each.score)}")
        lines.append(Line(each.criterion.question, indent=2))
        lines += _evidence(each)
    lines += heading("What would raise it")
    lines += _raises(score)
    full = [each.criterion.title for each in score.criteria if each.level == HIGHEST]
    if full:
        lines.append(Line(f"{', '.join(full)}: the highest level is reached", indent=2))
    return lines


def marks(score: float) -> str:
    """Return a score with two digits, rounded down: nothing looks as if it passed that did not.

    >>> marks(2.9999)
    '2.99'
    """
    return f"{math.floor(score * 100 + 1e-6) / 100:.2f}"


def _headline(score: Score) -> str:
    passed = "passes" if score.passed else "does not pass"
    verdict = f"; verify: {score.report.verdict}" if score.report else ""
    least = f"at least {score.minimum:g}"
    return f"{marks(score.total)} of {HIGHEST}, {passed} ({least}){verdict}"


def _evidence(criterion: CriterionScore) -> Iterator[Line]:
    for level in criterion.levels[1:]:
        yield Line(level.level.means, head=f"{level.level.number} ", indent=2, head_style="bold")
        for each in level.judgements:
            yield signed("+" if each.holds else "-", _said(each), indent=4)


def _said(judgement: Judgement) -> str:
    return f"{judgement.clause.id}: {judgement.measured.text}{_place(judgement)}"


def _place(judgement: Judgement) -> str:
    path = judgement.measured.path
    return f" [{dotted(path)}, line {judgement.line}]" if path else ""


def _raises(score: Score) -> Iterator[Line]:
    """Yield every repair once, with the levels that wait for it."""
    waiting: dict[str, list[str]] = {}
    for criterion in score.criteria:
        level = f"level {criterion.level + 1} of {criterion.criterion.title}"
        for each in criterion.wanted:
            levels = waiting.setdefault(f"{each.cause}: {each.measured.repair}{_place(each)}", [])
            if level not in levels:
                levels.append(level)
    for repair, levels in waiting.items():
        yield Line(repair, head="> ", indent=2, head_style="cyan")
        yield Line(f"for {', '.join(levels)}", indent=4, style="dim")
