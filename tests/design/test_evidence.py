"""Measured evidence reaches the specifications that it is about, and no other."""

from __future__ import annotations

import pytest

from equidesign.design.pipeline import design_architecture
from equidesign.spec.request import request_from_data

CASES: list[tuple[str, dict[str, object], dict[str, object], int]] = [
    ("molecules", {"species": ["H"]}, {"type": "force_prediction"}, 1),
    ("molecules", {"species": ["H"]}, {"type": "regression", "targets": ["gap"]}, 0),
    ("images", {"channels": 1, "size": 29}, {"type": "classification", "classes": 10}, 1),
    ("point_clouds", {"points": 96}, {"type": "classification", "classes": 8}, 1),
    ("images", {"channels": 1, "size": 29}, {"type": "segmentation", "classes": 10}, 0),
]


@pytest.mark.parametrize(("domain", "data", "task", "count"), CASES, ids=lambda case: str(case))
def test_caveats(domain: str, data: dict[str, object], task: dict[str, object], count: int) -> None:
    request = {
        "version": 1,
        "name": "evidence",
        "symmetry": {"group": "C4" if domain == "images" else "E(3)"},
        "data": {"domain": domain, **data},
        "task": task,
    }
    specification = design_architecture(request_from_data(request)).specification
    found = [caveat for caveat in specification.caveats if "measured on" in caveat]
    assert len(found) == count
    assert all("python benchmarks/" in caveat for caveat in found)
