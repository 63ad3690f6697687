"""Traps that people fall into, known by the words of the request."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Literal

from equidesign.design.consistency import without_reflections
from equidesign.design.datafile import read_table
from equidesign.design.problem import DesignWarning, Problem
from equidesign.design.rules.predicates import PREDICATES, find_word, holds, labels, prose
from equidesign.errors import EquidesignError, InputError

_WORDS = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Trap:
    """One row: which words under which conditions, and what to say.

    Attributes:
        id: stable code of the warning.
        severity: ``warn``, or ``refuse`` where no design could be right.
        when: conditions, as in the rule table.
        words: looked for in everything that was written.
        together: names of classes that stand side by side.
        swaps: words whose exchange turns one class name into another.
        unless: words that call the warning off.
        message, hint: with {group}, {labels} and {features} filled in.
        repair: ``drop-reflections``, ``drop-rotations`` or ``pose``, for refusals.
    """

    id: str
    severity: Literal["warn", "refuse"]
    when: Mapping[str, Any]
    message: str
    hint: str
    words: tuple[str, ...] = ()
    together: tuple[frozenset[str], ...] = ()
    swaps: tuple[tuple[str, str], ...] = ()
    unless: tuple[str, ...] = ()
    repair: str | None = None


@lru_cache(maxsize=1)
def traps() -> tuple[Trap, ...]:
    """Return all rows.

    Raises:
        EquidesignError: two rows share an id, or a row has an unknown condition.
    """
    rows: dict[str, Trap] = {}
    for row in read_table("equidesign.design", "traps.yaml"):
        trap = Trap(
            id=row["id"],
            severity=row["severity"],
            when=MappingProxyType(row["when"]),
            message=row["message"],
            hint=row["hint"],
            words=tuple(row.get("words", ())),
            together=tuple(frozenset(map(_plain, names)) for names in row.get("together", ())),
            swaps=tuple((first, second) for first, second in row.get("swaps", ())),
            unless=tuple(row.get("unless", ())),
            repair=row.get("repair"),
        )
        if trap.id in rows:
            raise EquidesignError(f"two traps are called '{trap.id}'")
        unknown = set(trap.when) - set(PREDICATES)
        if unknown:
            raise EquidesignError(f"trap '{trap.id}' asks for the unknown '{unknown.pop()}'")
        rows[trap.id] = trap
    return tuple(rows.values())


def spring_traps(problem: Problem) -> Iterator[DesignWarning]:
    """Yield the warnings of all traps that the request walks into.

    Raises:
        InputError: a trap in which no design could be right.
    """
    for trap in traps():
        if not holds(trap.when, problem):
            continue
        caught = _caught(trap, problem)
        if caught is None:
            continue
        facts = {
            "group": problem.group.name,
            "labels": caught,
            "features": getattr(problem.data, "features", 0),
        }
        message, hint = trap.message.format(**facts), trap.hint.format(**facts)
        if trap.severity == "refuse":
            raise InputError(
                message, where="symmetry.group", hint=hint, repair=_repair(trap, problem)
            )
        yield DesignWarning(trap.id, message, hint)


def minds_mirrors(problem: Problem) -> bool:
    """Tell whether the words say that mirror images of a sample in space must be told apart."""
    if problem.domain not in ("molecules", "point_clouds"):
        return False
    rows = {trap.id: trap for trap in traps()}
    return any(
        _caught(rows[name], problem) is not None
        for name in ("trap-chiral-classes", "trap-chiral-words")
    )


def _caught(trap: Trap, problem: Problem) -> str | None:
    """Return the names or the word that spring the trap, an empty text when conditions alone do."""
    text = prose(problem)
    if trap.unless and find_word(trap.unless, text):
        return None
    names = {_plain(name): name for name in labels(problem).splitlines()}
    for pair in trap.together:
        if pair <= names.keys():
            return ", ".join(names[name] for name in names if name in pair)
    if any(len(pair & names.keys()) == 1 for pair in trap.together):
        return None  # one of the two was left out: the words below add nothing
    swapped = _swapped(trap, problem)
    if swapped is not None:
        return swapped
    word = find_word(trap.words, text)
    if word is not None or not (trap.words or trap.together):
        return word or ""
    return None


def _swapped(trap: Trap, problem: Problem) -> str | None:
    """Return two class names of several words that differ by one exchanged word."""
    if not trap.swaps or problem.task == "regression":
        return None
    split = {tuple(_WORDS.findall(name.lower())): name for name in labels(problem).splitlines()}
    for words, name in split.items():
        for first, second in trap.swaps:
            other = split.get(tuple(second if word == first else word for word in words))
            if first in words and len(words) > 1 and other is not None:
                return f"{name}, {other}"
    return None


def _plain(name: str) -> str:
    """Classes of one letter keep their case; others are compared without case and punctuation."""
    bare = name.strip()
    if len(bare) == 1 or bare in ("(R)", "(S)"):
        return bare
    return bare.lower().replace("-", " ").replace("_", " ")


def _repair(trap: Trap, problem: Problem) -> dict[str, Any]:
    if trap.repair == "drop-reflections":
        return {"symmetry.group": without_reflections(problem.group)}
    if trap.repair == "pose":
        return {"task": {"type": "pose_estimation"}}
    return {"symmetry.group": "T(2)"}
