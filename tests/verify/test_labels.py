"""Permutations and samples in every layout."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from equidesign.spec.specification import Interface, TensorSpec
from equidesign.verify.labels import Labels


def spec(
    *shape: int | str, rep: str | None = None, space: str = "points", **more: Any
) -> TensorSpec:
    return TensorSpec(shape=shape, rep=rep, space=space, **more)


def labels(group: str, inputs: dict[str, TensorSpec], **outputs: TensorSpec) -> Labels:
    return Labels(Interface(group=group, inputs=inputs, outputs=outputs))


GENERATOR_SEED = 3


def random(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(GENERATOR_SEED))


BATCH = spec("points", dtype="int64", role="batch")
FLAT = {"pos": spec("points", 3, rep="1x1o", translates=True), "batch": BATCH}


@pytest.mark.parametrize(
    ("group", "item", "expected"),
    [
        ("E(3) x S_n", spec("points", 3, rep="1x1o"), ("points", None)),
        ("E(3) x S_n", spec("samples", 16, 3, rep="1x1o"), ("samples", "points", None)),
        ("E(3) x S_n", spec(2, 16, 3, rep="1x1o"), ("samples", "points", None)),
        ("E(3) x S_n", spec(16, 3, rep="1x1o"), ("points", None)),
        ("E(3) x S_n", spec("samples", 3, "points", rep="1x1o"), ("samples", None, "points")),
        ("E(3) x S_n", spec(2, 3, 16, rep="1x1o"), ("samples", None, "points")),
        ("E(3) x S_n", spec("points", 16, 3, rep="16x1o"), ("points", None, None)),
        ("E(3) x S_n", spec(20, 16, 3, rep="16x1o"), ("points", None, None)),
        ("E(3) x S_n", spec("samples", 16, rep="1x0e"), ("samples", "points")),
        ("S_n", spec("samples", 10, 4, rep="4xtrivial", space="elements"), ("samples", "elements", None)),
        ("S_n", spec("samples", 10, space="elements", role="mask", dtype="bool"), ("samples", "elements")),
        ("S_n", spec(2, 10, space="elements", role="mask", dtype="bool"), ("samples", "elements")),
        ("S_n", spec(10, dtype="int64", space="nodes", role="batch"), ("nodes",)),
        ("S_n", spec(2, 40, dtype="int64", space="edges", role="edge_index"), (None, "edges")),
        ("S_n", spec(40, 3, rep="3xtrivial", space="edges"), ("edges", None)),
        ("S_n x S_m", spec("samples", 6, 5, 2, rep="2xtrivial", space="cells"), ("samples", "rows", "columns", None)),
        ("S_n x S_m", spec(6, 5, 2, rep="2xtrivial", space="cells"), ("rows", "columns", None)),
        ("S_n x S_m", spec(3, 6, 5, 2, rep="2xtrivial", space="cells"), ("samples", "rows", "columns", None)),
        ("S_n x S_m", spec("samples", 6, 5, space="cells", role="mask"), ("samples", "rows", "columns")),
        ("S_n x S_m", spec("samples", 6, 5, rep="trivial", space="cells"), ("samples", "rows", "columns")),
        ("S_n x S_m", spec("samples", 2, 6, 5, rep="2xtrivial", space="cells", layout="channels_first"),
         ("samples", None, "rows", "columns")),
        ("S_n", spec("samples", 6, 6, 1, rep="trivial", space="cells"), ("samples", "nodes", "nodes", None)),
        ("S_n", spec("samples", "elements", "elements", 2, rep="2xtrivial", space="cells"),
         ("samples", "elements", "elements", None)),
        ("C4", spec("samples", 2, 9, 9, rep="2xtrivial", space="pixels"), ("samples", None, None, None)),
        ("C4", spec(2, 9, 9, rep="2xtrivial", space="pixels"), (None, None, None)),
        ("C4", spec(4, 2, 9, 9, rep="2xtrivial", space="pixels"), ("samples", None, None, None)),
        ("E(3)", spec("samples", 3, 3, space="global", role="cell"), ("samples", None, None)),
        ("E(3)", spec(3, 3, space="global", role="cell"), (None, None)),
        ("E(3)", spec(1, rep="1x0e", space="global"), (None,)),
        ("E(3)", spec(7, 1, rep="1x0e", space="global"), (None, None)),
    ],
    ids=str,
)  # fmt: skip
def test_names_of_axes(group: str, item: TensorSpec, expected: tuple[str | None, ...]) -> None:
    assert labels(group, {"x": item}).names(item) == expected


def test_numbers_of_samples_agree() -> None:
    """A global tensor without names has as many samples as the points have, and only then."""
    energy = spec(2, 1, rep="1x0e", space="global")
    found = labels("E(3) x S_n", {"pos": spec(2, 16, 3, rep="1x1o")}, energy=energy)
    assert found.names(energy) == ("samples", None)
    assert found.names(energy.model_copy(update={"shape": (5, 1)})) == (None, None)


def test_sizes() -> None:
    flat = labels("E(3) x S_n", FLAT)
    tensors = {"pos": random(5, 3), "batch": torch.tensor([0, 0, 1, 1, 2])}
    assert flat.sizes(tensors) == {"points": 5, "samples": 3}
    single = labels("E(3) x S_n", {"pos": FLAT["pos"]})
    assert single.sizes({"pos": random(5, 3)}) == {"points": 5}
    table = labels("S_n x S_m", {"x": spec("samples", 6, 5, 2, rep="2xtrivial", space="cells")})
    assert table.sizes({"x": random(3, 6, 5, 2)}) == {"samples": 3, "rows": 6, "columns": 5}


def test_rows_and_columns_move_alone() -> None:
    x = spec("samples", 6, 5, 2, rep="2xtrivial", space="cells")
    per_row = spec("samples", 6, 4, rep="4xtrivial", space="elements")
    per_column = spec("samples", 5, 4, rep="4xtrivial", space="elements")
    found = labels("S_n x S_m", {"x": x}, r=per_row, c=per_column, y=x)
    rows, columns = torch.randperm(6), torch.randperm(5)
    value = random(3, 6, 5, 2)
    moved = found.relabel({"x": value}, {"rows": rows, "columns": columns})["x"]
    assert torch.equal(moved, value[:, rows][:, :, columns])
    outputs = {"r": random(3, 6, 4), "c": random(3, 5, 4), "y": value}
    moved = found.relabel_outputs(outputs, {"rows": rows})
    assert torch.equal(moved["r"], outputs["r"][:, rows])
    assert torch.equal(moved["c"], outputs["c"])
    assert torch.equal(moved["y"], value[:, rows])


def test_rows_of_square_tables_need_the_layout() -> None:
    x = spec("samples", 5, 5, 2, rep="2xtrivial", space="cells")
    item = spec("samples", 5, 4, rep="4xtrivial", space="elements")
    found = labels("S_n x S_m", {"x": x})
    assert found.names(item)[1] == "elements"
    for layout in ("rows", "columns"):
        assert found.names(item.model_copy(update={"layout": layout}))[1] == layout


def test_a_graph_as_a_matrix_is_permuted_on_both_axes() -> None:
    inputs = {
        "x": spec("samples", 6, 3, rep="3xtrivial", space="nodes"),
        "a": spec("samples", 6, 6, 1, rep="trivial", space="cells"),
    }
    found = labels("S_n", inputs)
    order = torch.randperm(6)
    tensors = {"x": random(2, 6, 3), "a": random(2, 6, 6, 1)}
    assert found.sizes(tensors) == {"samples": 2, "nodes": 6}
    moved = found.relabel(tensors, {"nodes": order})
    assert torch.equal(moved["x"], tensors["x"][:, order])
    assert torch.equal(moved["a"], tensors["a"][:, order][:, :, order])


EDGES = spec(2, "edges", dtype="int64", space="edges", role="edge_index")


@pytest.mark.parametrize("size", ["nodes", "points"])
def test_edges_follow_what_they_connect(size: str) -> None:
    inputs = {
        "x": spec(size, 2, rep="2x0e", space=size),
        "edge_index": EDGES,
        "edge_attr": spec("edges", 3, rep="1x1o", space="edges"),
        "batch": spec(size, dtype="int64", space=size, role="batch"),
    }
    found = labels("E(3) x S_n", inputs)
    assert found.indexed == size
    x, attributes = random(5, 2), random(4, 3)
    index = torch.tensor([[0, 1, 3, 4], [1, 2, 4, 3]])
    tensors = {
        "x": x,
        "edge_index": index,
        "edge_attr": attributes,
        "batch": torch.tensor([0, 0, 0, 1, 1]),
    }
    order = torch.tensor([2, 4, 0, 1, 3])
    moved = found.relabel(tensors, {size: order})
    assert torch.equal(moved["x"][moved["edge_index"]], x[index])
    assert torch.equal(moved["edge_attr"], attributes)
    part, kept = found.take(tensors, [1])
    assert torch.equal(part["edge_index"], torch.tensor([[0, 1], [1, 0]]))
    assert torch.equal(part["edge_attr"], attributes[2:])
    assert kept[size].tolist() == [3, 4]


@pytest.mark.parametrize("shape", [("samples", 4, 3), (3, 4, 3), ("samples", "points", 3)])
def test_samples_of_dense_points(shape: tuple[int | str, ...]) -> None:
    found = labels("E(3) x S_n", {"pos": spec(*shape, rep="1x1o", translates=True)})
    value = random(3, 4, 3)
    part, kept = found.take({"pos": value}, [2, 0])
    assert torch.equal(part["pos"], value[[2, 0]])
    assert kept["samples"].tolist() == [2, 0]
    order = torch.tensor([3, 1, 0, 2])
    assert torch.equal(found.relabel({"pos": value}, {"points": order})["pos"], value[:, order])


def test_samples_of_flat_points() -> None:
    found = labels("E(3) x S_n", FLAT)
    tensors = {"pos": random(5, 3), "batch": torch.tensor([0, 1, 1, 2, 2])}
    part, _ = found.take(tensors, [2, 1])
    assert torch.equal(part["pos"], tensors["pos"][1:])
    assert part["batch"].tolist() == [1, 1, 0, 0]
    moved = found.relabel(tensors, {"samples": torch.tensor([2, 0, 1])})
    assert moved["batch"].tolist() == [1, 2, 2, 0, 0]


def test_masked() -> None:
    inputs = {
        "x": spec("samples", "elements", 2, rep="2xtrivial", space="elements"),
        "mask": spec("samples", "elements", dtype="bool", space="elements", role="mask"),
    }
    each = spec("samples", 3, 4, rep="4xtrivial", space="elements")
    whole = spec("samples", 4, rep="4xtrivial", space="global")
    found = labels("S_n", inputs, each=each, whole=whole)
    mask = torch.tensor([[True, True, False], [True, False, False]])
    outputs = {"each": random(2, 3, 4), "whole": random(2, 4)}
    masked = found.masked(outputs, {"mask": mask})
    assert torch.equal(masked["each"], outputs["each"] * mask[..., None])
    assert torch.equal(masked["whole"], outputs["whole"])


def test_masked_tables() -> None:
    inputs = {
        "x": spec("samples", 3, 2, 1, rep="trivial", space="cells"),
        "mask": spec("samples", 3, 2, dtype="bool", space="cells", role="mask"),
    }
    found = labels("S_n x S_m", inputs, y=inputs["x"])
    mask = torch.rand(2, 3, 2, generator=torch.Generator().manual_seed(0)) > 0.5
    value = random(2, 3, 2, 1)
    assert torch.equal(found.masked({"y": value}, {"mask": mask})["y"], value * mask[..., None])


def test_a_rep_that_nobody_can_read_does_not_stop_relabelling() -> None:
    found = labels("E(3) x S_n", {"pos": spec("points", 3, rep="nonsense")})
    assert found.sizes({"pos": random(5, 3)}) == {"points": 5}
