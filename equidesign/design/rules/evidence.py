"""Measured evidence on when augmentation or an invariant model is enough."""

from __future__ import annotations

from functools import cache

from equidesign.design.datafile import read_table
from equidesign.design.problem import Problem

PACKAGE = "equidesign.design.rules"


@cache
def _rows() -> tuple[tuple[str, tuple[str, ...], str], ...]:
    return tuple(
        (row["domain"], tuple(row["tasks"]), row["text"])
        for row in read_table(PACKAGE, "evidence.yaml")
    )


def measured(problem: Problem) -> tuple[str, ...]:
    """Return what benchmarks of this repository say about the domain and the task."""
    return tuple(
        text
        for domain, tasks, text in _rows()
        if domain == problem.domain and problem.task in tasks
    )
