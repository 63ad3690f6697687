"""What a predicate returns: whether it holds, what was measured, where, and what would make it hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from equidesign.groups.group import Group
from equidesign.spec.yamlio import KeyPath

SHOWN = 3
"""How many of several defects are named; the rest is counted."""
LONGEST = 60
"""Longer values are cut."""


@dataclass(frozen=True)
class Measured:
    """The result of a predicate.

    Attributes:
        holds: whether it holds.
        text: what was measured, with the numbers and names that were found.
        path: where in the specification; where a part is missing, of the part that should hold it.
        repair: what would make it hold; empty when it does.
    """

    holds: bool
    text: str
    path: KeyPath = ()
    repair: str = ""


@dataclass(frozen=True)
class Defect:
    """One thing that keeps a predicate from holding.

    Attributes:
        text: what was found.
        path: where.
        repair: what would be right.
    """

    text: str
    path: KeyPath
    repair: str


Measure = Callable[..., Measured]
"""A predicate's function: takes the evidence, and by name the parameters that the rubric gives it."""


def held(text: str, path: KeyPath = ()) -> Measured:
    """Return that a predicate holds."""
    return Measured(True, text, path)


def missed(text: str, path: KeyPath, repair: str) -> Measured:
    """Return that a predicate does not hold."""
    return Measured(False, text, path, repair)


def spoken(group: Group | str) -> str:
    """Return how a group is called within a sentence."""
    return "the trivial group" if str(group) == "trivial" else str(group)


def shown(value: object) -> str:
    """Return how a value of the file is shown in a sentence: on one line, and not too long."""
    if value is None:
        return "missing"
    text = f"[{', '.join(map(str, value))}]" if isinstance(value, tuple) else str(value)
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 3]}..."


def write(value: object) -> str:
    """Return the repair that a value needs to be this one."""
    return "leave it out" if value is None else f"write {shown(value)}"


def judged(defects: Iterable[Defect], text: str, path: KeyPath = ()) -> Measured:
    """Return that a predicate holds, or the defects that keep it from holding.

    Args:
        text: what was measured when there is no defect.
        path: where that was.
    """
    found = list(defects)
    if not found:
        return held(text, path)
    more = f"; and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return missed(
        "; ".join(each.text for each in found[:SHOWN]) + more,
        found[0].path,
        "; ".join(dict.fromkeys(each.repair for each in found[:SHOWN])) + more,
    )
