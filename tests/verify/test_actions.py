"""The actions that verify trusts, held against e3nn, escnn and the definition of a representation."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch

from equidesign.groups import Rep, parse_group
from equidesign.groups.irreps import irreps_of, vector
from equidesign.spec.specification import TensorSpec
from equidesign.verify.actions import move_pixels, move_sphere, sphere_points
from equidesign.verify.elements import (
    Element,
    compose,
    haar_rotation,
    planar_element,
    point_elements,
)
from equidesign.verify.representations import rep_matrix
from equidesign.verify.sphere import grid_elements
from equidesign.verify.trials import deviation
from equidesign.verify.wigner import harmonics, wigner

GENERATOR = torch.Generator().manual_seed(0)
GROUPS = [
    "C1",
    "C2",
    "C3",
    "C4",
    "C8",
    "D1",
    "D2",
    "D3",
    "D4",
    "D8",
    "SO(2)",
    "O(2)",
    "SO(3)",
    "O(3)",
]


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


@pytest.mark.parametrize("name", GROUPS)
def test_homomorphism(name: str) -> None:
    group = parse_group(name)
    reps = [Rep(group, ((1, irrep),)) for irrep in irreps_of(group, 4)]
    if group.order is not None and group.kind != "trivial":
        reps.append(Rep.parse("regular", group))
    elements = point_elements(group, 3, GENERATOR)
    for rep in reps:
        for g in elements[:6]:
            for h in elements[-6:]:
                product = rep_matrix(rep, compose(group, g, h))
                assert (rep_matrix(rep, g) @ rep_matrix(rep, h) - product).abs().max() < 1e-12


@pytest.mark.parametrize("name", [n for n in GROUPS if n != "C1"])
def test_vectors_move_like_space(name: str) -> None:
    group = parse_group(name)
    for element in point_elements(group, 3, GENERATOR):
        assert element.matrix is not None
        assert (rep_matrix(vector(group), element) - element.matrix).abs().max() < 1e-12


@pytest.mark.parametrize("name", ["C4", "D4", "D3", "C5"])
def test_planar_irreps_are_those_of_escnn(name: str) -> None:
    escnn: Any = pytest.importorskip("escnn.group")
    group = parse_group(name)
    theirs = escnn.dihedral_group(group.n) if group.reflections else escnn.cyclic_group(group.n)
    for irrep in irreps_of(group):
        index = irrep.index or ((0, 0) if group.reflections else (0,))
        other = theirs.irrep(*index)
        for step in range(group.n or 1):
            for flip in (0, 1) if group.reflections else (0,):
                element = planar_element(group, 0.0, bool(flip), step)
                name_of = (flip, step) if group.reflections else step
                expected = torch.tensor(other(theirs.element(name_of)))
                found = rep_matrix(Rep(group, ((1, irrep),)), element)
                assert (found - expected).abs().max() < 1e-12, (irrep, flip, step)


def test_all_elements_of_a_finite_group() -> None:
    assert len(point_elements(parse_group("D8"), 2, GENERATOR)) == 15
    assert len(point_elements(parse_group("C100"), 2, GENERATOR)) == 99
    assert len(point_elements(parse_group("C4000"), 5, GENERATOR)) < 10


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


def test_element_with_a_translation() -> None:
    element = Element("turn", torch.eye(3)).shifted(torch.ones(3), "shift")
    assert element.translation is not None
    assert element.label == "turn and shift"
