"""Specifications that the comparisons start from."""

from __future__ import annotations

import pytest
from cells import Cell, all_cells

from equidesign.design.pipeline import design_architecture
from equidesign.spec.request import request_from_data
from equidesign.spec.specification import Specification


@pytest.fixture(scope="session")
def cells() -> list[Cell]:
    """Every cell of the product."""
    return all_cells()


@pytest.fixture(scope="session")
def specifications(cells: list[Cell]) -> list[Specification]:
    """The specification of every cell."""
    return [design_architecture(request_from_data(cell.request())).specification for cell in cells]


@pytest.fixture(scope="session")
def forces(specifications: list[Specification]) -> Specification:
    """NequIP for the forces of molecules under E(3) x S_n."""
    return _first(specifications, "molecules", "E(3) x S_n", "force_prediction")


@pytest.fixture(scope="session")
def digits(specifications: list[Specification]) -> Specification:
    """A regular group CNN for classes of images under C4."""
    return _first(specifications, "images", "C4", "classification")


def _first(specs: list[Specification], domain: str, group: str, task: str) -> Specification:
    return next(
        spec
        for spec in specs
        if (spec.domain, spec.symmetry.canonical, spec.task) == (domain, group, task)
    )
