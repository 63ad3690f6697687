"""The actions that verify trusts, held against e3nn, escnn and the definition of a representation."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch

from equidesign.groups import Rep, parse_group
from equidesign.spec.specification import Interface, TensorSpec
from equidesign.verify.actions import (
    Actor,
    move_pixels,
    move_sphere,
    move_voxels,
    on_grid,
    sphere_points,
)
from equidesign.verify.elements import (
    Element,
    UnsupportedError,
    haar_rotation,
    planar_element,
    point_elements,
    polyhedral_element,
)
from equidesign.verify.grids import grid_shifts
from equidesign.verify.sphere import grid_elements
from equidesign.verify.trials import deviation
from equidesign.verify.wigner import harmonics, wigner

GENERATOR = torch.Generator().manual_seed(0)


@pytest.mark.parametrize("l", range(9))
def test_wigner_is_that_of_e3nn(l: int) -> None:
    o3: Any = pytest.importorskip("e3nn.o3")
    matrix = haar_rotation(GENERATOR)
    # e3nn 0.6 rounds the angles to float32, so its own matrices are good to 1e-6 only.
    expected = o3.Irrep(l, (-1) ** l).D_from_matrix(matrix)
    assert (wigner(l, matrix) - expected).abs().max() < 1e-5
    points = torch.randn(5, 3, dtype=torch.float64)
    points = points / points.norm(dim=1, keepdim=True)
    theirs = o3.spherical_harmonics(l, points, normalize=False, normalization="norm")
    ours = harmonics(l, points)[l] * math.sqrt(4 * math.pi / (2 * l + 1))
    assert (ours - theirs).abs().max() < 1e-12
    turned = o3.spherical_harmonics(l, points @ matrix.T, normalize=False, normalization="norm")
    assert (turned - theirs @ wigner(l, matrix).T).abs().max() < 1e-12


def test_degree_one_is_the_matrix() -> None:
    matrix = haar_rotation(GENERATOR)
    assert (wigner(1, matrix) - matrix).abs().max() < 1e-14


def test_pixels_turn_counter_clockwise() -> None:
    image = torch.zeros(1, 1, 3, 3)
    image[..., 1, 2] = 1  # the pixel at x = 1, y = 0
    turned = move_pixels(image, planar_element(parse_group("C4"), 0.0, False, 1))
    assert turned[..., 0, 1] == 1  # x = 0, y = 1: the top row
    image = torch.arange(6.0).view(1, 1, 2, 3)
    assert move_pixels(image, planar_element(parse_group("C4"), 0.0, False, 1)).shape[-2:] == (3, 2)
    mirrored = move_pixels(image, planar_element(parse_group("D1"), 0.0, True))
    assert torch.equal(mirrored, image.flip(-2))


@pytest.mark.parametrize("name", ["SO(3)", "O(3)"])
def test_sphere_index_maps_are_rotations(name: str) -> None:
    side = 8
    points = sphere_points(side)
    signal = points.permute(2, 0, 1)[None]  # the function p -> p, three channels
    for element in grid_elements(parse_group(name), side, GENERATOR):
        assert element.matrix is not None
        moved = move_sphere(signal, element)
        expected = torch.einsum("ij,bjhw->bihw", element.matrix.T, signal)
        assert (moved - expected).abs().max() < 1e-12, element.label


def test_deviation_sees_nan_and_small_blocks() -> None:
    rep = Rep.parse("1x0e + 1x1o", parse_group("O(3)"))
    spec = TensorSpec(shape=("samples", 4), rep=str(rep))
    a = torch.tensor([[1e3, 1.0, 1.0, 1.0]], dtype=torch.float64)
    b = a.clone()
    b[0, 1] = 1.1
    found = deviation(a, b, spec, rep)
    assert found.error == pytest.approx(0.1 / 1.1)
    assert found.block == "1x1o"
    assert math.isnan(deviation(a * math.nan, a, spec, rep).error)
    assert deviation(1e-8 * a, 1e-8 * b, spec, rep).error == pytest.approx(found.error)


def actor_of(group: str, **specs: TensorSpec) -> Actor:
    interface = Interface(group=group, inputs=specs, outputs={})
    return Actor(interface, parse_group(group).geometric.point_group)


@pytest.mark.parametrize("name", ["O", "O_h"])
def test_voxels_turn_as_in_escnn(name: str) -> None:
    gspaces: Any = pytest.importorskip("escnn.gspaces")
    nn: Any = pytest.importorskip("escnn.nn")
    space = gspaces.octaOnR3() if name == "O" else gspaces.fullOctaOnR3()
    group = parse_group(name)
    vector = "irrep(1)" if name == "O" else "irrep(1,1)"
    spec = TensorSpec(shape=(2, 3, 5, 5, 5), space="voxels", rep=vector)
    actor = actor_of(name, x=spec)
    kind = nn.FieldType(space, [space.basespace_action])
    generator = torch.Generator().manual_seed(3)
    value = torch.randn(2, 3, 5, 5, 5, generator=generator)
    for place, theirs in list(enumerate(space.fibergroup.elements))[::5]:
        element = polyhedral_element(group, place)
        assert element.matrix is not None
        expected_matrix = torch.tensor(space.basespace_action(theirs))
        assert (element.matrix - expected_matrix).abs().max() < 1e-12
        expected = nn.GeometricTensor(value, kind).transform(theirs).tensor
        assert (actor.act(value, spec, element) - expected).abs().max() < 1e-4, element.label


@pytest.mark.parametrize("name", ["O", "O_h"])
def test_voxels_are_functions_of_space(name: str) -> None:
    """The field p -> p is the same after any turn of space."""
    steps = [(torch.arange(side) - (side - 1) / 2).double() for side in (5, 5, 5)]
    z, y, x = torch.meshgrid(-steps[0], -steps[1], steps[2], indexing="ij")
    field = torch.stack([x, y, z])[None]
    rep = "irrep(1)" if name == "O" else "irrep(1,1)"
    spec = TensorSpec(shape=("samples", 3, 5, 5, 5), space="voxels", rep=rep)
    actor = actor_of(name, x=spec)
    for element in point_elements(parse_group(name), 3, GENERATOR):
        assert (actor.act(field, spec, element) - field).abs().max() < 1e-12, element.label
        assert (move_voxels(field, element) - field).abs().max() > 0.5


@pytest.mark.parametrize("axis", ["x", "y", "z"])
def test_planar_groups_turn_voxels_about_an_axis(axis: str) -> None:
    steps = (torch.arange(5) - 2).double()
    z, y, x = torch.meshgrid(-steps, -steps, steps, indexing="ij")
    field = torch.stack([x, y, z])[None]
    spec = TensorSpec(shape=("samples", 3, 5, 5, 5), space="voxels", rep="irrep(1,1) + trivial")
    actor = actor_of("D4", x=spec)
    assert actor.dimension == 3
    elements = point_elements(parse_group("D4"), 3, GENERATOR, axis)
    assert len(elements) == 7
    for element in elements:
        assert (actor.act(field, spec, element) - field).abs().max() < 1e-12, element.label


def test_elements_off_the_grid_are_refused() -> None:
    turn = Element("turn", haar_rotation(GENERATOR))
    assert not on_grid("voxels", turn)
    with pytest.raises(UnsupportedError, match="voxels to voxels"):
        move_voxels(torch.zeros(1, 1, 3, 3, 3), turn)
    eighth = planar_element(parse_group("C8"), 0.0, False, 1)
    assert not on_grid("pixels", eighth)
    with pytest.raises(UnsupportedError, match="pixels to pixels"):
        move_pixels(torch.zeros(1, 1, 3, 3), eighth)


def test_cyclic_shifts_move_whole_pixels_of_every_grid() -> None:
    generator = torch.Generator().manual_seed(0)
    fine = TensorSpec(shape=("samples", 1, 8, 12), space="pixels", rep="trivial")
    coarse = fine.model_copy(update={"shape": ("samples", 1, 4, 4)})
    actor = actor_of("T(2)", x=fine)
    image = torch.randn(1, 1, 8, 12, generator=generator)
    shifts = grid_shifts([(8, 12), (4, 4)], 4, generator)
    assert len(shifts) >= 4
    for element in shifts:
        assert element.shift is not None
        steps = [int(part * size) for part, size in zip(element.shift, (8, 12), strict=True)]
        assert torch.equal(actor.act(image, fine, element), image.roll(steps, (2, 3)))
        small = actor.act(image[..., :4, :4], coarse, element)
        assert torch.equal(
            small,
            image[..., :4, :4].roll([s // k for s, k in zip(steps, (2, 3), strict=True)], (2, 3)),
        )
    single = grid_shifts([(8, 12)], 1, generator)[0]
    with pytest.raises(UnsupportedError, match="part of a pixel"):
        actor.act(image[..., :4, :4], coarse, single)
    assert "(1, 0) pixels" in single.label


def test_sequences_shift_and_turn_back() -> None:
    spec = TensorSpec(shape=("samples", 2, 7), space="positions", rep="trivial + irrep(1,0)")
    actor = actor_of("Z_n x D1", x=spec)
    value = torch.randn(3, 2, 7, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    (mirror,) = point_elements(parse_group("D1"), 1, GENERATOR)
    moved = actor.act(value, spec, mirror)
    assert torch.equal(moved[:, 0], value[:, 0].flip(-1))
    assert torch.equal(moved[:, 1], -value[:, 1].flip(-1))
    step = grid_shifts([(7,)], 0, GENERATOR)[0]
    assert torch.equal(actor.act(value, spec, step), value.roll(1, -1))


def test_mirrors_of_space_do_not_reverse_sequences() -> None:
    spec = TensorSpec(shape=("samples", 3, 7), space="positions", rep="1x1o")
    actor = actor_of("O(3) x Z_n", x=spec)
    value = torch.randn(3, 3, 7, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    inversion = Element("inversion", -torch.eye(3, dtype=torch.float64), flip=True)
    assert torch.equal(actor.act(value, spec, inversion), -value)
