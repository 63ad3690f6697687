"""The rubric as one page of Markdown, for the documentation."""

from __future__ import annotations

from collections.abc import Iterator

from equidesign.scoring.rubric import HIGHEST, Clause, Criterion, Level, Rubric, load_rubric

HEAD = """\
# Score

<!-- Made by `make docs` from rubrics/architecture.yaml; change that. -->

    equidesign score BUNDLE                     # or architecture.yaml, or - for standard input
    equidesign score BUNDLE --min 4             # exit code 1 below this total
    equidesign score BUNDLE --format json       # all of the evidence, for scripts
    equidesign verify BUNDLE --format json > report.json
    equidesign score BUNDLE --verdict report.json

The exit code is 0 when the total reaches the minimum, 1 when it does not, and 2 when the file is no
specification.

## How it is measured

A specification is held against five criteria. Each has levels from 1 to 5, and a level is a list of
*clauses*: things that either hold or do not, measured on the specification, the bundle around it,
and the report of `equidesign verify`. A criterion reaches a level when every clause up to that
level holds. What is missing above it counts as a fraction below 1, a level half as much as the one
below it. So each clause that is lost lowers the score, whatever else is there. The total is the
weighted mean.

Most clauses recompute what the file says: layers are type-checked, parameters and costs are
counted, facts of the group are derived, the rules are asked again for the request that the
specification echoes. A clause that *needs* another one which does not hold is not measured and does
not hold.

Reasons and sources are compared with those of the rules, families and layers by their words: two
thirds of the words that carry the meaning must be there. Choices and caveats need all words, in
their order. What is added to them, praise or length, changes nothing, and one text that is copied
to every place is a reason for none. Comments that hide findings from `equidesign lint` hide nothing
from the score.

## What it does not see

- Whether a sentence is true. A reason with the right words and a "not" before them passes. Reasons
  count at the highest level only.
- Whether the request is the right one for the data: every clause is about the request as it stands.
- Whether the report of `equidesign verify` is about this model, beyond its group. The report's
  target is shown; look at it.
- Accuracy. A model can be built right and learn little.

What `equidesign design` writes reaches level 5 everywhere, in its bundle and verified: it has what
the rules know. Scores are for specifications that people edit, write, or bring.
"""


def rubric_markdown() -> str:
    """Return the page: how scores come about, the levels of each criterion, and every clause."""
    rubric = load_rubric()
    return "\n".join(
        [HEAD, *(line for each in rubric.criteria for line in _criterion(each)), *_clauses(rubric)]
    )


def _criterion(criterion: Criterion) -> Iterator[str]:
    yield f"## {criterion.title} ({criterion.weight:.2f})\n\n{criterion.question}\n"
    yield "| level | means | clauses |\n|---|---|---|"
    for level in criterion.levels:
        yield f"| {level.number} | {level.means} | {_named(level)} |"
    yield ""


def _named(level: Level) -> str:
    return ", ".join(f"`{key}`" for key in level.clauses)


def _clauses(rubric: Rubric) -> Iterator[str]:
    yield f"## Clauses\n\nThe minimum to pass is {rubric.minimum} of {HIGHEST}.\n"
    yield "| clause | says | needs | reference |\n|---|---|---|---|"
    for key in sorted(rubric.clauses):
        yield _row(rubric.clauses[key])
    yield ""


def _row(clause: Clause) -> str:
    needs = ", ".join(f"`{key}`" for key in clause.needs)
    return f"| `{clause.id}` | {clause.says} | {needs} | {clause.reference} |"
