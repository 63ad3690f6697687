"""Every layout: actions compose, and do what plain linear algebra says."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from equidesign.groups import parse_group
from equidesign.groups.group import Group
from equidesign.spec.specification import Interface, TensorSpec
from equidesign.verify.actions import Actor, component_axis, on_grid
from equidesign.verify.elements import Element, UnsupportedError, compose, point_elements
from equidesign.verify.grids import grid_shifts
from equidesign.verify.layout import Form


def spec(*shape: int | str, rep: str | None, space: str = "points", **more: Any) -> TensorSpec:
    return TensorSpec(shape=shape, rep=rep, space=space, **more)


SIZES = {"samples": 2, "points": 5, "elements": 4, "nodes": 6, "edges": 7}
# Group, axis of planar groups in space, tensor, and where its vectors lie: the matrix acts on these axes one by one.
VECTORS: list[tuple[str, str | None, TensorSpec, tuple[int, ...]]] = [
    ("E(3) x S_n", None, spec("points", 3, rep="1x1o", translates=True), (1,)),
    ("E(3) x S_n", None, spec("samples", 16, 3, rep="1x1o", translates=True), (2,)),
    ("E(3) x S_n", None, spec(2, 16, 3, rep="1x1o"), (2,)),
    ("E(3) x S_n", None, spec("points", 16, 3, rep="16x1o"), (2,)),
    ("E(3) x S_n", None, spec("points", 2, 3, rep="2x1o", translates=True), (2,)),
    ("E(3) x S_n", None, spec("points", 3, 16, rep="16x1o"), (1,)),
    ("E(3) x S_n", None, spec("points", 3, 3, rep="3x1o"), (2,)),
    ("E(3) x S_n", None, spec("points", 3, 2, rep="2x1o", translates=True), (1,)),
    ("E(3) x S_n", None, spec("samples", 3, "points", rep="1x1o", translates=True), (1,)),
    ("E(3) x S_n", None, spec(2, 3, 16, rep="1x1o"), (1,)),
    ("E(3) x S_n", None, spec("samples", 3, rep="1x1o", space="global"), (1,)),
    ("E(3) x S_n", None, spec(3, rep="1x1o", space="global"), (0,)),
    ("E(3) x S_n", None, spec("samples", 3, 3, rep="3x1o", space="global", layout="columns"), (1,)),
    ("E(3) x S_n", None, spec("samples", 3, 2, rep="2x1o", space="global", layout="columns"), (1,)),
    ("E(3) x S_n", None, spec("samples", 3, 3, rep="1x0e + 1x2e", space="global"), (1, 2)),
    ("E(3) x S_n", None, spec("samples", 3, 3, rep="1x0e + 1x1e + 1x2e", space="global"), (1, 2)),
    ("E(3) x S_n", None, spec("points", 3, 3, rep="1x2e"), (1, 2)),
    ("E(3)", None, spec("samples", 3, 3, 3, rep="2x1o + 1x2o + 1x3o", space="global"), (1, 2, 3)),
    ("SE(3)", None, spec("samples", 3, 3, rep="1x0 + 1x2", space="global"), (1, 2)),
    ("E(3)", None, spec("edges", 3, rep="1x1o", space="edges"), (1,)),
    ("E(3)", None, spec("samples", 3, 3, rep=None, space="global", role="cell"), (2,)),
    ("E(2) x S_n", None, spec("points", 2, rep="irrep(1,1)", translates=True), (1,)),
    ("E(2) x S_n", None, spec("samples", 2, 2, rep="irrep(1,2)", space="global"), (1, 2)),
    ("C4", None, spec("points", 2, rep="irrep(1)", translates=True), (1,)),
    ("D6", None, spec("samples", 9, 2, rep="irrep(1,1)", translates=True), (2,)),
    ("C2", None, spec("points", 2, rep="2xirrep(1)", translates=True), (1,)),
    ("SO(2)", "z", spec("points", 3, rep="irrep(1) + trivial", translates=True), (1,)),
    ("SO(2)", "y", spec("points", 3, rep="irrep(1) + trivial", translates=True), (1,)),
    ("O(2)", "x", spec("points", 3, rep="irrep(1,1) + trivial"), (1,)),
    ("O(2)", "y", spec("points", 3, rep="trivial + irrep(1,1)", translates=True), (1,)),
    ("D4", "y", spec("samples", 3, 3, rep="2xtrivial + irrep(0,2)", space="global"), (1, 2)),
    ("O_h", None, spec("points", 3, rep="irrep(1,1)", translates=True), (1,)),
    ("O", None, spec("samples", 3, 3, rep="trivial + irrep(2) + irrep(-1)", space="global"), (1, 2)),
    ("I", None, spec("points", 4, 3, rep="4xirrep(1)"), (2,)),
    ("E(5) x S_n", None, spec("points", 5, rep="V", translates=True), (1,)),
    ("SO(4)", None, spec("samples", 4, 4, rep="T(2,0)", space="global"), (1, 2)),
    ("SO(1,3)", None, spec("samples", 4, 4, rep="T(2,0)", space="global"), (1, 2)),
    ("SO(1,3)", None, spec("samples", 9, 4, rep="V"), (2,)),
    ("Sp(4)", None, spec("samples", 3, 4, rep="3xV", space="global"), (2,)),
    ("SU(2)", None, spec("samples", 4, rep="V", space="global"), (1,)),
]  # fmt: skip


def elements_of(group: Group, axis: str | None) -> list[Element]:
    found = point_elements(group, 3, torch.Generator().manual_seed(4), axis)
    return [*found[:4], *found[-4:]]


def tensor(item: TensorSpec, seed: int = 0) -> Tensor:
    shape = [SIZES[size] if isinstance(size, str) else size for size in item.shape]
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def actor_of(group: str, item: TensorSpec) -> Actor:
    interface = Interface(group=group, inputs={"x": item}, outputs={})
    return Actor(interface, parse_group(group).geometric.point_group)


def name_of(case: tuple[str, str | None, TensorSpec, Any]) -> str:
    group, axis, item, _ = case
    return f"{group}-{axis or ''}-{item.space}-{item.shape}-{item.rep}-{item.layout or ''}"


def turned(value: Tensor, matrix: Tensor, axes: tuple[int, ...]) -> Tensor:
    for axis in axes:
        value = torch.einsum("ij,...j->...i", matrix, value.movedim(axis, -1)).movedim(-1, axis)
    return value


@pytest.mark.parametrize("case", VECTORS, ids=name_of)
def test_vectors_turn_along_their_axes(
    case: tuple[str, str | None, TensorSpec, tuple[int, ...]],
) -> None:
    group, axis, item, axes = case
    actor, value = actor_of(group, item), tensor(item)
    for element in elements_of(actor.fiber, axis):
        assert element.matrix is not None
        expected = turned(value, element.matrix, axes)
        assert (actor.act(value, item, element) - expected).abs().max() < 1e-11, element.label
        if not item.translates:
            continue
        assert actor.dimension == len(element.matrix)
        shift = torch.randn(
            len(element.matrix), dtype=torch.float64, generator=torch.Generator().manual_seed(5)
        )
        moved = actor.act(value, item, element.shifted(shift, "shift"))
        expected = (expected.movedim(axes[0], -1) + shift).movedim(-1, axes[0])
        assert (moved - expected).abs().max() < 1e-11


OTHERS: list[tuple[str, str | None, TensorSpec]] = [
    ("E(3)", None, spec("points", 3, 3, rep="1x0o + 1x1o + 1x2o")),
    ("E(3)", None, spec("points", 8, 4, rep="8x0e + 8x1o")),
    ("E(3)", None, spec("points", 4, 8, rep="8x0e + 8x1o")),
    ("E(3)", None, spec("points", 19, rep="2x0e + 4x1o + 1x2e")),
    ("E(3)", None, spec("samples", rep="0o", space="global")),
    ("E(3)", None, spec("samples", 1, rep="0o", space="global")),
    ("E(3)", None, spec("samples", 16, rep="0o")),
    ("SO(1,3)", None, spec("samples", 4, 4, rep="T(1,1)", space="global")),
    ("Sp(4)", None, spec("samples", 2, 4, 4, rep="2xT(0,2)", space="global")),
    ("SU(3)", None, spec("samples", 6, 6, rep="T(1,1)", space="global")),
    ("O", None, spec("samples", 24, rep="regular", space="global")),
    ("O", None, spec("samples", 3, 5, 5, 5, rep="irrep(1)", space="voxels")),
    ("O_h", None, spec("samples", 3, 5, 5, 5, rep="irrep(1,1)", space="voxels")),
    ("O_h", None, spec("samples", 48, 3, 3, 3, rep="regular", space="voxels")),
    ("O", None, spec(3, 4, 4, 4, rep="irrep(-1)", space="voxels")),
    ("O", None, spec("samples", 4, 4, 4, 3, rep="irrep(-1)", space="voxels")),
    ("C4", "x", spec("samples", 3, 5, 5, 5, rep="irrep(1) + irrep(2)", space="voxels")),
    ("O(3)", None, spec("samples", 8, 8, rep="0e", space="sphere")),
    ("D4", None, spec("samples", 8, 7, 7, rep="regular", space="pixels")),
    ("D4", None, spec("samples", 3, 2, 7, 7, rep="3xirrep(1,1)", space="pixels")),
    ("D4", None, spec(2, 7, 7, rep="irrep(1,1)", space="pixels")),
    ("D4", None, spec(1, 7, 7, rep="trivial", space="pixels")),
    ("D4", None, spec("samples", 7, 7, rep="irrep(1,0)", space="pixels")),
    ("D4", None, spec("samples", 7, 7, 2, rep="irrep(1,1)", space="pixels")),
    ("D4", None, spec(3, 1, 7, 7, rep="trivial", space="pixels")),
    ("D4", None, spec("samples", 7, 7, rep=None, space="pixels", dtype="int64")),
    ("D4", None, spec("samples", 7, 7, rep=None, space="pixels", role="mask")),
    ("Z_n x D1", None, spec("samples", 2, 9, rep="trivial + irrep(1,0)", space="positions")),
    ("Z_n x D1", None, spec(2, 9, rep="trivial + irrep(1,0)", space="positions")),
    ("Z_n x D1", None, spec("samples", 9, rep="irrep(1,0)", space="positions")),
    ("T(2)", None, spec("samples", 2, 6, 6, rep="2xtrivial", space="pixels")),
    ("T(3)", None, spec("samples", 2, 4, 4, 4, rep="2xtrivial", space="voxels")),
]  # fmt: skip
EVERYTHING = [*((g, a, s) for g, a, s, _ in VECTORS), *OTHERS]


def all_elements(actor: Actor, axis: str | None, item: TensorSpec) -> list[Element]:
    side = item.shape[-1] if isinstance(item.shape[-1], int) else None
    generator = torch.Generator().manual_seed(6)
    found = elements_of(actor.fiber, axis)
    if item.space == "sphere":
        from equidesign.verify.sphere import grid_elements

        found = grid_elements(actor.fiber, side or 8, generator)
    found = [e for e in found if on_grid(item.space, e, side)]
    if actor.axes.group.translations and item.space in ("pixels", "voxels", "positions"):
        grid = actor.layout(item).grid
        lengths = [
            size for axis_, size in enumerate(item.shape) if axis_ in grid and isinstance(size, int)
        ]
        found += grid_shifts([lengths], 2, generator)
    if item.translates:
        shift = torch.randn(actor.dimension, generator=generator, dtype=torch.float64)
        found += [element.shifted(shift, "shift") for element in found[-2:]]
    return found


@pytest.mark.parametrize("case", EVERYTHING, ids=lambda case: name_of((*case, None)))
def test_actions_compose(case: tuple[str, str | None, TensorSpec]) -> None:
    group, axis, item = case
    actor, value = actor_of(group, item), tensor(item)
    if item.role == "mask" or item.dtype == "int64":
        value = value > 0
    elements, moved = all_elements(actor, axis, item), 0.0
    assert elements
    for g in elements:
        for h in elements:
            left = actor.act(actor.act(value, item, h), item, g)
            right = actor.act(value, item, compose(actor.fiber, g, h))
            error = (left.double() - right.double()).abs().max()
            assert error < 1e-11 * max(1.0, float(left.double().abs().max())), (g.label, h.label)
        moved = max(moved, float((actor.act(value, item, g).double() - value.double()).abs().max()))
    assert moved > 1e-3, "nothing moves"


def test_cartesian_tensors_hold_the_irreps_of_e3nn() -> None:
    io: Any = pytest.importorskip("e3nn.io")
    item = spec("samples", 3, 3, rep="1x0e + 1x2e", space="global")
    actor, kind = actor_of("E(3)", item), io.CartesianTensor("ij=ji")
    value = tensor(item)
    value = value + value.mT
    flat = spec("samples", 6, rep="1x0e + 1x2e", space="global")
    for element in elements_of(actor.fiber, None):
        moved = kind.from_cartesian(actor.act(value, item, element))
        expected = actor.act(kind.from_cartesian(value), flat, element)
        assert (moved - expected).abs().max() < 1e-6  # e3nn's change of basis is good to float32
    odd = spec("samples", 3, 3, rep="1x0o + 1x2o", space="global")
    inversion = Element("inversion", -torch.eye(3, dtype=torch.float64), flip=True)
    assert torch.equal(actor.act(value, odd, inversion), -value)


def test_forms() -> None:
    for item, form in (
        (spec("points", 3, rep="1x1o"), Form.flat),
        (spec("points", 3, 3, rep="3x1o"), Form.block),
        (spec("points", 3, 3, rep="1x1e"), Form.cartesian),
        (spec("points", 3, 3, rep="9x0e"), Form.flat),
        (spec("points", rep=None), Form.none),
    ):
        assert actor_of("E(3)", item).layout(item).form is form


@pytest.mark.parametrize(
    "item",
    [
        spec("points", 4, rep="1x1o"),
        spec("points", 3, 5, rep="1x1o"),
        spec("samples", 5, rep="1x0e", space="global"),
        spec("samples", 2, 3, rep="1x1o", space="global"),
    ],
    ids=lambda item: str(item.shape),
)
def test_what_does_not_fit_is_refused(item: TensorSpec) -> None:
    actor = actor_of("E(3)", item)
    with pytest.raises(UnsupportedError, match="does not fit"):
        actor.act(tensor(item), item, elements_of(actor.fiber, None)[0])


def test_what_cannot_turn_is_refused() -> None:
    item = spec("points", 3, rep="1x1o")
    actor, element = actor_of("E(3)", item), elements_of(parse_group("O(3)"), None)[0]
    with pytest.raises(UnsupportedError, match="only real floats"):
        actor.act(tensor(item).to(torch.complex128), item, element)
    with pytest.raises(UnsupportedError, match="a tensor of shape"):
        actor.act(torch.zeros(3), item, element)


def test_indices_are_left_alone() -> None:
    item = spec(2, "edges", rep=None, space="edges", role="edge_index", dtype="int64")
    value = torch.arange(14).view(2, 7)
    actor = actor_of("E(3)", item)
    assert actor.act(value, item, elements_of(actor.fiber, None)[0]) is value


@pytest.mark.parametrize(
    ("group", "item", "dimension"),
    [
        ("E(3)", spec("points", 6, rep="2x1o", translates=True), 3),
        ("SO(3)", spec("edges", 3, rep="1x1", space="edges"), 3),
        ("E(5)", spec("points", 5, rep="V", translates=True), 5),
        ("C4", spec("samples", 1, 9, 9, rep="trivial", space="pixels"), 2),
        ("C4", spec("samples", 1, 9, 9, 9, rep="trivial", space="voxels"), 3),
        ("SO(2)", spec("points", 2, rep="irrep(1)", translates=True), 2),
        ("SO(2)", spec("points", 3, rep="irrep(1) + trivial", translates=True), 3),
        ("T(3) x S_n", spec("points", 3, rep="3xtrivial", translates=True), 3),
        ("T(2) x S_n", spec("points", 4, rep="4xtrivial", translates=True), 2),
        ("S_n", spec("samples", "elements", 3, rep="3xtrivial", space="elements"), 0),
        ("SU(2)", spec("samples", 4, rep="V", space="global"), 4),
    ],
)  # fmt: skip
def test_dimension(group: str, item: TensorSpec, dimension: int) -> None:
    assert actor_of(group, item).dimension == dimension


def test_component_axis() -> None:
    assert component_axis(spec("samples", 3, 9, 9, rep="3xtrivial", space="pixels")) == 1
    assert component_axis(spec(3, 9, 9, rep="3xtrivial", space="pixels")) == 0
    assert component_axis(spec("samples", 4, 5, 6, rep="6xtrivial", space="cells")) == 3
    assert component_axis(spec("samples", 3, 3, rep="3x1o", layout="columns")) == 1
