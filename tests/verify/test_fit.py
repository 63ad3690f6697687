"""Interfaces that make no sense are told so before anything runs, with what to write instead."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from equidesign.groups import parse_group
from equidesign.groups.lie import custom
from equidesign.spec.specification import Interface, TensorSpec
from equidesign.verify.fit import interface_faults

POS = {"shape": ["points", 3], "space": "points", "rep": "1x1o", "translates": True}
BATCH = {"shape": ["points"], "dtype": "int64", "space": "points", "role": "batch"}
ENERGY = {"shape": ["samples", 1], "rep": "1x0e"}
TRIVIAL, SCALAR = ENERGY | {"rep": "trivial"}, ENERGY | {"rep": "S"}
STRESS = {"shape": ["samples", 3, 3], "rep": "1x0e + 1x2e"}
SET = {"shape": ["samples", 5, 3], "space": "elements", "rep": "3xtrivial"}
TABLE = {"shape": ["samples", 5, 4, 1], "space": "cells", "rep": "trivial"}
MOMENTA = {"shape": ["samples", 8, 4], "space": "points", "rep": "V"}
IMAGE = {"shape": ["samples", 1, 9, 9], "space": "pixels", "rep": "trivial"}


def interface(
    group: str, inputs: dict[str, Any], sizes: dict[str, int] | None = None, **outputs: Any
) -> Interface:
    return Interface(
        group=group,
        sizes=sizes or {},
        inputs={name: TensorSpec(**item) for name, item in inputs.items()},
        outputs={
            name: TensorSpec(**item) for name, item in (outputs or {"energy": ENERGY}).items()
        },
    )


def faults(group: str, inputs: dict[str, Any], **more: Any) -> list[tuple[str, ...]]:
    fiber = parse_group(group).geometric.point_group
    found = interface_faults(interface(group, inputs, **more), fiber)
    return [tuple(part or "" for part in fault) for fault in found]


@pytest.mark.parametrize(
    ("group", "inputs", "outputs"),
    [
        ("E(3) x S_n", {"pos": POS, "batch": BATCH}, {"energy": ENERGY, "forces": POS | {"translates": False}}),
        ("E(3) x S_n", {"pos": POS | {"shape": ["samples", 16, 3]}}, {"stress": STRESS}),
        ("C4", {"x": IMAGE}, {"y": IMAGE | {"rep": "2xtrivial", "shape": [2, 9, 9]}}),
        ("SO(2)", {"pos": POS | {"rep": "irrep(1) + trivial"}}, {"y": TRIVIAL}),
        ("T(2)", {"x": IMAGE}, {"y": IMAGE}),
        ("S_n", {"x": SET}, {"y": TRIVIAL}),
        ("S_n x S_m", {"x": TABLE}, {"y": TRIVIAL}),
        ("SO(1,3) x S_n", {"p": MOMENTA}, {"y": SCALAR}),
        ("SU(2)", {"x": {"shape": ["samples", 4], "rep": "V"}}, {"y": SCALAR}),
    ],
    ids=str,
)  # fmt: skip
def test_sound_interfaces(group: str, inputs: dict[str, Any], outputs: dict[str, Any]) -> None:
    assert faults(group, inputs, **outputs) == []


@pytest.mark.parametrize(
    ("group", "change", "place", "said"),
    [
        ("E(3)", {"shape": ["points", 4], "translates": False}, "rep", "has 3 components, the axis has 4|1x0e + 1x1o"),
        ("E(3)", {"shape": ["points", 6], "translates": False}, "rep", "the axis has 6|2x1o"),
        ("E(3)", {"shape": ["points"], "translates": False}, "rep", "no axis holds them|add an axis"),
        ("E(3)", {"rep": "1x0e", "translates": False}, "rep", "has 1 component, the axis has 3|3x0e"),
        ("E(3)", {"rep": "1x1"}, "rep", "has no parity|1o"),
        ("SO(3)", {}, "rep", "parity|write 1"),
        ("C4", {"rep": "irrep(7)"}, "rep", "irrep"),
        ("E(3)", {"rep": "3x0e"}, "translates", "is no position|only positions"),
        ("E(3)", {"rep": "1x1e"}, "translates", "is no position"),
        ("E(3)", {"rep": None}, "translates", "without a rep|rep: 1x1o"),
        ("E(3)", {"dtype": "int64"}, "translates", "int64"),
        ("E(3)", {"dtype": "int64", "translates": False}, "rep", "int64 cannot turn|3x0e"),
        ("E(3)", {"dtype": "complex64"}, "dtype", "complex|real and imaginary"),
        ("E(3)", {"dtype": "flaot32"}, "dtype", "unknown dtype|float32"),
        ("E(3)", {"space": "point"}, "space", "unknown space|points"),
        ("E(3)", {"role": "bacth"}, "role", "unknown role|batch"),
        ("E(3)", {"layout": "column"}, "layout", "unknown layout|columns"),
        ("E(3)", {"shape": ["atoms", 3]}, "shape", "unknown size 'atoms'"),
        ("E(3)", {"shape": ["points", 0]}, "shape", "length 0"),
        ("SO(2)", {"space": "voxels", "rep": "irrep(1)", "translates": False}, "shape", "no room|C, D, H, W"),
        ("E(3)", {"role": "batch"}, "shape", "2 axes|[points]"),
        ("E(3)", {"role": "edge_index"}, "shape", "edge_index|[2, edges]"),
        ("E(3)", {"role": "cell"}, "shape", "cell|[samples, 3, 3]"),
    ],
    ids=str,
)  # fmt: skip
def test_faults_of_a_tensor(group: str, change: dict[str, Any], place: str, said: str) -> None:
    energy = ENERGY | {"rep": None}
    found = faults(group, {"pos": POS | change}, energy=energy)
    assert found, "nothing was found"
    assert found[0][0] == f"inputs.pos.{place}"
    for part in said.split("|"):
        assert part in " ".join(found[0]), found[0]


@pytest.mark.parametrize("dtype", ["float32", "bool"])
def test_indices_are_integers(dtype: str) -> None:
    found = faults("E(3)", {"pos": POS, "batch": BATCH | {"dtype": dtype}})
    assert [fault[0] for fault in found] == ["inputs.batch.dtype"]


def test_groups_that_do_not_act() -> None:
    item = IMAGE | {"rep": "0"}
    (fault,) = faults("SO(3)", {"x": item}, y=ENERGY | {"rep": "0"})
    assert fault[0] == "inputs.x.space"
    assert "flat pixels" in fault[1]
    assert "SO(2)" in fault[3]
    scalars = {"shape": ["samples", 3], "rep": "3x0e"}
    (fault,) = faults("E(3)", {"x": scalars})
    assert fault[0] == "group"
    assert "does nothing" in fault[1]
    (fault,) = faults("SO(3) x SU(2)", {"x": scalars})
    assert fault[0] == "group"
    (fault,) = faults("custom", {"x": {"shape": ["samples", 2]}}, y={"shape": ["samples", 1]})
    assert "generators" in fault[1]


def test_custom_groups_know_their_size() -> None:
    inputs = {"x": {"shape": ["samples", 2], "rep": "V"}}
    item = interface("custom", inputs, y=ENERGY | {"rep": "S"})
    assert interface_faults(item, custom(2)) == []
    ((place, what, _, _),) = interface_faults(item, custom(3))
    assert place == "inputs.x.rep"
    assert "3 components, the axis has 2" in what


def test_unknown_sizes() -> None:
    found = faults("E(3) x S_n", {"pos": POS}, sizes={"point": 4, "samples": 0})
    assert [fault[0] for fault in found] == ["sizes.point", "sizes.samples"]
    assert "points" in found[0][3]


def test_rows_of_a_square_table() -> None:
    x = {"shape": ["samples", 5, 5, 1], "space": "cells", "rep": "trivial"}
    y = {"shape": ["samples", 5, 1], "space": "elements", "rep": "trivial"}
    (fault,) = faults("S_n x S_m", {"x": x}, y=y)
    assert fault[0] == "outputs.y.layout"
    assert faults("S_n x S_m", {"x": x}, y=y | {"layout": "rows"}) == []


def test_nothing_here_imports_torch() -> None:
    code = "import sys, equidesign.verify.fit; sys.exit('torch' in sys.modules or 'numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
