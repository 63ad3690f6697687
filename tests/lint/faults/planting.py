"""Operators: what plants one fault, or makes one legal edit, and the registry of them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from faults.sheet import Path, Sheet

ARCHITECTURE = "architecture.yaml"

Content = str | bytes | None
"""What a file is to hold; None removes it."""

Guilty = tuple[str, int | None]
"""A file and a line at fault; no line: the file as a whole, whatever the line."""


@dataclass(frozen=True)
class Planted:
    """An edit.

    Attributes:
        files: what the edited files hold now.
        guilty: where a finding is right; nothing for legal edits.
        stale: lines that the fault made wrong as well: a finding there blames nobody, but does not name the fault.
        shown: the line that was edited, for tables.
    """

    files: Mapping[str, Content]
    guilty: frozenset[Guilty]
    shown: str = ""
    stale: frozenset[Guilty] = frozenset()

    @property
    def text(self) -> str:
        """The specification's text."""
        text = self.files[ARCHITECTURE]
        assert isinstance(text, str)
        return text


def planted(text: str, *lines: int | Iterable[int], stale: Iterable[int] = ()) -> Planted:
    """Return an edited specification with the lines that are at fault."""
    guilty: list[int] = []
    for line in lines:
        guilty += [line] if isinstance(line, int) else line
    shown = text.split("\n")[guilty[0] - 1].strip() if guilty else ""
    return Planted(
        {ARCHITECTURE: text},
        frozenset((ARCHITECTURE, n) for n in guilty),
        shown,
        frozenset((ARCHITECTURE, n) for n in stale),
    )


def replaced(sheet: Sheet, path: Path, source: str, *also: Path) -> Planted:
    """Replace the value at ``path``: its line is at fault, and those of ``also`` as much."""
    return planted(
        sheet.set(path, source), value_line(sheet, path), *(value_line(sheet, p) for p in also)
    )


def value_line(sheet: Sheet, path: Path) -> int:
    """Return the line of the key of a value, or of the item in a list on several lines."""
    return sheet.line(path)


Plant = Callable[[Sheet, random.Random], Planted | None]
PlantFolder = Callable[[Mapping[str, str], random.Random], Planted | None]


@dataclass(frozen=True)
class Operator:
    """One way to plant a fault, or one legal edit.

    Attributes:
        name: its name in tables.
        why: what the fault is, and why that line is at fault.
        area: the module it stands in.
        plant: plants it in a specification.
        plant_folder: plants it in a bundle, given the texts of its files.
    """

    name: str
    why: str
    area: str
    plant: Plant | None = None
    plant_folder: PlantFolder | None = None
    legal: bool = False


OPERATORS: dict[str, Operator] = {}


def _register(function: Callable[..., Planted | None], legal: bool, folder: bool) -> None:
    name = function.__name__.strip("_").replace("_", "-")
    if name in OPERATORS:
        raise ValueError(f"two operators are called {name}")
    if not function.__doc__:
        raise ValueError(f"{name} does not say what the fault is")
    area = function.__module__.rsplit(".", 1)[-1]
    plants = {"plant_folder": function} if folder else {"plant": function}
    OPERATORS[name] = Operator(name, function.__doc__.strip(), area, legal=legal, **plants)  # type: ignore[arg-type]


def fault(function: Plant) -> Plant:
    """Register an operator that plants a fault in a specification."""
    _register(function, legal=False, folder=False)
    return function


def legal(function: Plant) -> Plant:
    """Register a legal edit of a specification."""
    _register(function, legal=True, folder=False)
    return function


def folder_fault(function: PlantFolder) -> PlantFolder:
    """Register an operator that plants a fault in a bundle."""
    _register(function, legal=False, folder=True)
    return function


def legal_folder(function: PlantFolder) -> PlantFolder:
    """Register a legal edit of a bundle."""
    _register(function, legal=True, folder=True)
    return function


def named(name: str, why: str, plant: Plant) -> None:
    """Register an operator of a family of similar ones."""

    def function(sheet: Sheet, rng: random.Random) -> Planted | None:
        return plant(sheet, rng)

    function.__name__ = name
    function.__doc__ = why
    function.__module__ = plant.__module__
    _register(function, legal=False, folder=False)
