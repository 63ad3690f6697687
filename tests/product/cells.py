"""The cells of the product: every group, domain and task that has an answer, as requests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

IMAGE_GROUPS = (
    "trivial", "T(2)", "C2", "C3", "C4", "C5", "C6", "C8", "C12",
    "D1", "D2", "D3", "D4", "D6", "D8", "SO(2)", "O(2)",
)  # fmt: skip
IMAGE_SPELLINGS = ("p4", "Z4", "C_16", "p4m", "D_12", "SE(2)", "E(2)")
SPACE_GROUPS = ("SO(3)", "O(3)", "SE(3)", "E(3)", "SE(3) x S_n", "E(3) x S_n")
PLANE_GROUPS = ("SO(2)", "O(2)", "SE(2)", "E(2)")


@dataclass(frozen=True)
class Cell:
    """One request of the product, with a name that pytest can show."""

    group: str
    data: dict[str, Any]
    task: dict[str, Any]
    family: str | None = None

    @property
    def id(self) -> str:
        """A readable id."""
        detail = "-".join(str(v) for k, v in self.task.items() if k not in ("type", "classes"))
        extra = "-".join(str(v) for k, v in self.data.items() if k != "domain")
        parts = (self.data["domain"], extra, self.group, self.task["type"], detail, self.family)
        return "|".join(str(part) for part in parts if part).replace(" ", "")

    def request(self) -> dict[str, Any]:
        """The request as data."""
        request: dict[str, Any] = {
            "version": 1,
            "name": "cell",
            "symmetry": {"group": self.group},
            "data": self.data,
            "task": self.task,
        }
        if self.family:
            request["constraints"] = {"family": self.family}
        return request


def _plain(groups: tuple[str, ...], data: dict[str, Any], *tasks: dict[str, Any]) -> Iterator[Cell]:
    for group in groups:
        for task in tasks:
            yield Cell(group, data, task)


CLASSES = {"type": "classification", "classes": 3}
SEGMENTS = {"type": "segmentation", "classes": 3}
SCALARS = {"type": "regression", "targets": 2}
SCALARS_PER_POINT = {"type": "regression", "targets": 2, "per": "point"}
POSE = {"type": "pose_estimation"}
GENERATION = {"type": "generation"}


def regression(rep: str, per: str = "sample") -> dict[str, Any]:
    """A regression of one representation."""
    return {"type": "regression", "representation": rep, "per": per}


def images() -> Iterator[Cell]:
    """Pictures."""
    small = {"domain": "images", "size": [12, 12]}
    yield from _plain(
        IMAGE_GROUPS, small, CLASSES, SCALARS, SCALARS_PER_POINT, SEGMENTS, GENERATION
    )
    yield from _plain(IMAGE_SPELLINGS, small, CLASSES)
    turning = tuple(g for g in IMAGE_GROUPS if g not in ("trivial", "T(2)", "D1"))
    yield from _plain(turning, small, POSE)
    for group in ("C3", "C4", "C6", "C8", "SO(2)"):
        for per in ("sample", "point"):
            yield Cell(group, small, regression("irrep(1)", per))
    for group in ("D3", "D4", "D6", "D8", "O(2)"):
        for per in ("sample", "point"):
            yield Cell(group, small, regression("irrep(1,1)", per))
    yield Cell("C8", small, regression("irrep(2) + trivial", "point"))
    yield Cell("D4", small, regression("irrep(1,0) + irrep(0,2)"))
    yield Cell("C2", small, regression("2xirrep(1)", "point"))
    for size in ([13, 13], [11, 16], [5, 5], [28, 28]):
        yield from _plain(("C4", "D4"), {"domain": "images", "size": size}, CLASSES, SEGMENTS)
    winds = {"domain": "images", "size": [10, 10], "channels": 1, "input": "vector"}
    for group in ("C4", "D4", "C8", "SO(2)", "O(2)"):
        yield Cell(group, winds, CLASSES)
        yield Cell(
            group, winds, regression("irrep(1)" if group[0] in "CS" else "irrep(1,1)", "point")
        )
    for family in ("regular-gcnn", "steerable-cnn"):
        for group in ("C4", "D4", "C8"):
            for task in (CLASSES, SEGMENTS):
                yield Cell(group, small, task, family)
    for group in ("SO(2)", "O(2)"):
        for task in (CLASSES, SEGMENTS, SCALARS, POSE):
            yield Cell(group, small, task, "harmonic-network")


def sphere() -> Iterator[Cell]:
    """Signals on the sphere."""
    small = {"domain": "sphere", "bandwidth": 5, "channels": 2}
    tasks = (CLASSES, SCALARS, SCALARS_PER_POINT, SEGMENTS, GENERATION)
    yield from _plain(("SO(3)", "O(3)"), small, *tasks)
    yield from _plain(("SO(2)",), small, *tasks)
    for rep in ("1x1", "1x0 + 1x2", "1x4"):
        yield Cell("SO(3)", small, regression(rep))
    for rep in ("1x1o", "1x0e + 1x2e", "1x1e", "1x3o"):
        yield Cell("O(3)", small, regression(rep))
    for group in ("SO(3)", "O(3)"):
        yield Cell(group, small, {"type": "pose_estimation", "translation": False})


def clouds() -> Iterator[Cell]:
    """Point clouds in space and in the plane."""
    space = {"domain": "point_clouds", "points": 24, "neighbours": 6}
    radius = {"domain": "point_clouds", "points": 16, "cutoff": 1.5}
    plane = {"domain": "point_clouds", "dimension": 2, "points": 24, "neighbours": 6}
    forces = ({"type": "force_prediction"}, {"type": "force_prediction", "conservative": False})
    common = (CLASSES, SCALARS, SCALARS_PER_POINT, SEGMENTS, POSE, GENERATION, *forces)
    yield from _plain(SPACE_GROUPS, space, *common)
    yield from _plain(("SE(3)", "E(3)"), radius, *common)
    yield from _plain(PLANE_GROUPS, plane, *common)
    for group in ("SO(2)", "O(2)"):
        yield from _plain((group,), {**space, "preferred_axis": "z"}, *common)
        yield from _plain((group,), {**space, "preferred_axis": "x"}, CLASSES)
    for group in ("O(3)", "E(3)"):
        for rep in ("1x1o", "1x1e", "1x0e + 1x2e", "1x0o", "1x4e", "2x0e + 2x2e + 1x4e"):
            yield Cell(group, space, regression(rep))
            yield Cell(group, space, regression(rep, "point"))
    for group in ("SO(3)", "SE(3)"):
        for rep in ("1x1", "1x0 + 1x2", "1x4"):
            yield Cell(group, space, regression(rep))
    featured = {**space, "features": "2x0e + 1x1o"}
    yield from _plain(("E(3)", "O(3)"), featured, CLASSES, regression("1x1o"))
    yield from _plain(("SE(3)",), {**space, "features": 3}, CLASSES, SEGMENTS)
    for family in ("tensor-field-network", "se3-transformer", "nequip", "egnn", "painn", "schnet"):
        for group in ("SE(3)", "E(3)"):
            yield Cell(group, space, CLASSES, family)
            yield Cell(group, radius, {"type": "force_prediction"}, family)
            if family != "schnet":
                yield Cell(group, space, POSE, family)
                yield Cell(group, space, GENERATION, family)


def molecules() -> Iterator[Cell]:
    """Molecules."""
    data = {"domain": "molecules", "species": [1, 6, 7, 8]}
    forces = (
        {"type": "force_prediction"},
        {"type": "force_prediction", "conservative": False},
        {"type": "force_prediction", "energy": False},
    )
    common = (CLASSES, SCALARS, SCALARS_PER_POINT, SEGMENTS, POSE, GENERATION, *forces)
    yield from _plain(SPACE_GROUPS, data, *common)
    for group in ("O(3)", "E(3)", "E(3) x S_n"):
        for rep in ("1x1o", "1x1e", "1x0e + 1x2e", "1x0o", "1x4e"):
            yield Cell(group, data, regression(rep))
    for rep in ("1x1", "1x0 + 1x2", "1x4"):
        yield Cell("SE(3)", data, regression(rep))
        yield Cell("SE(3)", data, regression(rep, "point"))
    for family in ("tensor-field-network", "se3-transformer", "egnn", "painn", "schnet"):
        yield Cell("E(3)", data, {"type": "force_prediction"}, family)
        yield Cell("E(3)", data, SCALARS, family)
        if family != "schnet":
            yield Cell("E(3)", data, regression("1x1o"), family)
            yield Cell("SE(3)", data, {"type": "force_prediction", "conservative": False}, family)


def sets_and_graphs() -> Iterator[Cell]:
    """Sets and graphs."""
    tasks = (CLASSES, SCALARS, SCALARS_PER_POINT, SEGMENTS, GENERATION)
    yield from _plain(("S_n", "Sₙ", "S_7"), {"domain": "sets", "features": 3, "size": 7}, *tasks)
    yield from _plain(("S_n",), {"domain": "sets"}, *tasks)
    for family in ("deepsets", "set-transformer"):
        for task in tasks:
            yield Cell("S_n", {"domain": "sets", "features": 3, "size": 7}, task, family)
    graph = {"domain": "graphs", "node_features": 4, "nodes": 9}
    yield from _plain(("S_n",), graph, *tasks)
    yield from _plain(("S_n",), {**graph, "edge_features": 2}, *tasks)
    yield from _plain(("S_n",), {**graph, "directed": True, "edge_features": 1}, *tasks)


def all_cells() -> list[Cell]:
    """Every cell."""
    cells = [*images(), *sphere(), *clouds(), *molecules(), *sets_and_graphs()]
    return list({cell.id: cell for cell in cells}.values())
