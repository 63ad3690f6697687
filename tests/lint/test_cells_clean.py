"""What design and render write has no finding: every cell of the product, and bundles of every family and domain."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from faults.corpus import DOMAINS, bundle_of, cells, sheet_of, shown, specification_of
from faults.planting import ARCHITECTURE

from equidesign.design.family import all_families
from equidesign.design.pipeline import design_architecture
from equidesign.lint.engine import lint_paths, lint_text
from equidesign.render.architecture import architecture_yaml
from equidesign.spec.request import request_from_data

CELLS = 525
MOLECULES = {"domain": "molecules"}
POINTS = {"domain": "point_clouds"}
FORCES = {"type": "force_prediction"}
ONE = {"type": "regression", "targets": 1, "per": "sample"}
RICHER: dict[str, tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "fast-about-an-axis": (
        "O(2)",
        {**MOLECULES, "preferred_axis": "y"},
        ONE,
        {"priority": "speed"},
    ),
    "vectors-in-a-flow": (
        "O(3)",
        {**POINTS, "features": "1x1o"},
        {"type": "generation"},
        {"priority": "speed"},
    ),
    "extensive-on-images": (
        "trivial",
        {"domain": "images", "size": [9, 9]},
        {"type": "regression", "targets": ["inertia_tensor"], "per": "sample"},
        {},
    ),
    "axis-that-is-turned": ("E(3)", {**POINTS, "preferred_axis": "z"}, ONE, {}),
    "for-jax": ("E(3)", MOLECULES, FORCES, {"framework": "jax"}),
    "within-a-budget": (
        "SE(3)",
        {**MOLECULES, "samples": 500},
        FORCES,
        {"max_parameters": 50_000, "max_memory_mb": 500, "precision": "float64", "device": "cuda"},
    ),
    "wished-for": ("C_4", {"domain": "images", "size": 33}, ONE, {"family": "steerable-cnn"}),
}
"""Requests with what the cells have not: group, data, task and constraints."""


def bundles() -> list[int]:
    """Return the first and the last cell of every family in every domain."""
    found: dict[tuple[str, str], list[int]] = {}
    for index, cell in enumerate(cells()):
        found.setdefault((cell.data["domain"], specification_of(index).family), []).append(index)
    return sorted({index for each in found.values() for index in (each[0], each[-1])})


@pytest.mark.parametrize("index", range(CELLS), ids=lambda index: cells()[index].id)
def test_specification_has_no_finding(index: int) -> None:
    assert [shown(f) for f in lint_text(sheet_of(index).text, ARCHITECTURE)] == []


@pytest.mark.parametrize("part", range(8))
def test_bundle_has_no_finding(part: int, tmp_path: Path) -> None:
    for index in bundles()[part::8]:
        folder = tmp_path / str(index)
        folder.mkdir()
        for name, text in bundle_of(index).items():
            (folder / name).write_text(text, encoding="utf-8")
        report = lint_paths([folder])
        assert len(report.files) == 2, "request and specification"
        assert [shown(f) for f in report.findings] == [], cells()[index].id


@pytest.mark.parametrize("name", RICHER)
def test_specification_of_a_richer_request_has_no_finding(name: str) -> None:
    group, data, task, constraints = RICHER[name]
    request = {"name": name, "symmetry": {"group": group}, "data": data, "task": task}
    spec = design_architecture(
        request_from_data({**request, "constraints": constraints})
    ).specification
    assert [shown(f) for f in lint_text(architecture_yaml(spec), ARCHITECTURE)] == []


def test_cells_are_all_and_their_bundles_of_every_family() -> None:
    assert len(cells()) == CELLS
    chosen = [(cells()[i].data["domain"], specification_of(i).family) for i in bundles()]
    assert {domain for domain, _ in chosen} == set(DOMAINS)
    assert {family for _, family in chosen} == {specification_of(i).family for i in range(CELLS)}
    assert {family for _, family in chosen} <= all_families().keys()
