"""The specifications that operators work on: every cell of the product, and how they are judged."""

from __future__ import annotations

import importlib
import random
import tempfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cells import Cell, all_cells

from equidesign.design.pipeline import design_architecture
from equidesign.lint.engine import lint_paths, lint_text
from equidesign.lint.finding import Finding, Severity
from equidesign.render.architecture import architecture_yaml
from equidesign.render.bundle import render_bundle
from equidesign.spec.request import request_from_data
from equidesign.spec.specification import Specification
from faults.planting import ARCHITECTURE, OPERATORS, Operator, Planted
from faults.sheet import Sheet

AREAS = (
    "syntax", "keys", "words", "groups", "interface", "joints", "grids", "points", "outputs", "recipe",
    "bundles", "edits",
)  # fmt: skip
for _area in AREAS:  # importing a module registers its operators
    importlib.import_module(f"faults.{_area}")

DOMAINS = ("images", "sphere", "point_clouds", "molecules", "sets", "graphs")


@lru_cache(maxsize=1)
def cells() -> tuple[Cell, ...]:
    """Return every cell."""
    return tuple(all_cells())


@lru_cache(maxsize=1024)
def specification_of(index: int) -> Specification:
    """Return the specification of a cell."""
    return design_architecture(request_from_data(cells()[index].request())).specification


@lru_cache(maxsize=1024)
def sheet_of(index: int) -> Sheet:
    """Return the text of a cell's specification."""
    return Sheet(architecture_yaml(specification_of(index)))


@lru_cache(maxsize=256)
def bundle_of(index: int) -> Mapping[str, str]:
    """Return the files of a cell's bundle."""
    return render_bundle(specification_of(index))


def drawn(operator: Operator, seed: int) -> random.Random:
    """Return the operator's own random numbers, whatever else runs."""
    return random.Random(zlib.crc32(f"{operator.name}/{seed}".encode()))


def order(operator: Operator, seed: int) -> list[int]:
    """Return all cells in the operator's own order: the domains in turn, families mixed within each."""
    rng = drawn(operator, seed)
    by_domain: dict[str, list[int]] = {domain: [] for domain in DOMAINS}
    for index, cell in enumerate(cells()):
        by_domain[cell.data["domain"]].append(index)
    queues = [rng.sample(found, len(found)) for found in by_domain.values()]
    rng.shuffle(queues)
    turns: list[int] = []
    while any(queues):
        turns += [queue.pop() for queue in queues if queue]
    return turns


def plant(operator: Operator, index: int, seed: int) -> Planted | None:
    """Plant the fault in a cell's specification or bundle; None where it can't be."""
    rng = drawn(operator, seed * 100_003 + index)
    if operator.plant_folder is not None:
        return operator.plant_folder(bundle_of(index), rng)
    assert operator.plant is not None
    made = operator.plant(sheet_of(index), rng)
    if made is not None and made.files[ARCHITECTURE] == sheet_of(index).text:
        return None
    return made


def plantings(
    operator: Operator, seed: int, count: int, tries: int = 240
) -> Iterator[tuple[int, Planted]]:
    """Yield cells and what the operator made of them: ``count`` of them, of different domains as far as it applies."""
    left = count
    for index in order(operator, seed)[:tries]:
        if left == 0:
            return
        made = plant(operator, index, seed)
        if made is not None:
            left -= 1
            yield index, made


@dataclass(frozen=True)
class Judged:
    """What lint said about one edit.

    Attributes:
        found: whether anything was found, wherever.
        right: whether an error or a warning stands where the fault is.
        blamed: findings on healthy lines.
        missed: for a fault without any finding where it is.
    """

    operator: str
    cell: str
    domain: str
    shown: str
    guilty: tuple[tuple[str, int | None], ...]
    findings: tuple[str, ...]
    found: bool
    right: bool
    blamed: tuple[str, ...]

    def __str__(self) -> str:
        where = ", ".join(f"{file}:{line}" for file, line in self.guilty[:4]) or "legal"
        return "\n".join(
            [
                f"{self.operator} in {self.cell}",
                f"  edited: {self.shown}   [{where}]",
                *(f"  found: {text}" for text in self.findings[:6]),
            ]
        )


def shown(finding: Finding) -> str:
    """Return a finding on one line."""
    place = f"{Path(finding.file).name}:{finding.place.line}:{finding.place.column}"
    return f"{place} {finding.code} {finding.severity} {finding.message}"


def linted(index: int, made: Planted, operator: Operator) -> Sequence[Finding]:
    """Lint an edit: the text alone, or the bundle on disk."""
    content = made.files.get(ARCHITECTURE)
    if operator.plant_folder is None and isinstance(content, str):
        return lint_text(content, ARCHITECTURE)
    with tempfile.TemporaryDirectory() as folder:
        files: dict[str, str | bytes | None] = {**made.files}
        if operator.plant_folder is not None:
            files = {**bundle_of(index), **made.files}
        for name, text in files.items():
            path = Path(folder) / name
            path.parent.mkdir(exist_ok=True)
            if text is not None:
                path.write_bytes(text.encode() if isinstance(text, str) else text)
        return lint_paths([Path(folder)]).findings


def judge(operator: Operator, index: int, made: Planted) -> Judged:
    """Lint an edit, and hold the findings against where the fault is."""
    findings = linted(index, made, operator)

    def names(finding: Finding) -> tuple[str, int]:
        name = Path(finding.file).name
        known = {*made.files, *(file for file, _ in made.guilty)}
        return (name if name in known or "." in name else "."), finding.place.line

    guilty, whole = made.guilty, {file for file, line in made.guilty if line is None}
    on = [(f, names(f) in guilty or names(f)[0] in whole) for f in findings]
    return Judged(
        operator.name,
        cells()[index].id,
        cells()[index].data["domain"],
        made.shown[:150],
        tuple(sorted(guilty, key=str)),
        tuple(shown(f) for f in findings),
        bool(findings),
        any(right and f.severity is not Severity.info for f, right in on),
        tuple(shown(f) for f, right in on if not right and names(f) not in made.stale),
    )


def faults() -> list[Operator]:
    """Return the operators that plant a fault."""
    return [operator for operator in OPERATORS.values() if not operator.legal]


def legal_edits() -> list[Operator]:
    """Return the legal edits."""
    return [operator for operator in OPERATORS.values() if operator.legal]
