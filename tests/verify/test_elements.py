"""Elements and matrices of representations, held against escnn, character tables and the definition of a group."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from equidesign.groups import Group, Rep, parse_group
from equidesign.groups.characters import class_sizes, table
from equidesign.groups.irreps import irreps_of, vector
from equidesign.verify.elements import (
    Element,
    UnsupportedError,
    compose,
    generators,
    in_space,
    inverse,
    planar_element,
    point_elements,
    polyhedral_element,
)
from equidesign.verify.matrix_groups import closure
from equidesign.verify.polyhedral import matrices
from equidesign.verify.representations import apply_rep, irrep_matrix, rep_matrix

PLANAR = ["C2", "C3", "C4", "C8", "D1", "D2", "D3", "D4", "D8", "SO(2)", "O(2)"]
SPATIAL = ["SO(3)", "O(3)"]
POLYHEDRAL = ["O", "O_h", "I"]
MATRIX = [
    "SO(4)",
    "O(4)",
    "SO(5)",
    "O(5)",
    "SO(1,3)",
    "O(1,3)",
    "O(1,2)",
    "SO(1,1)",
    "Sp(2)",
    "Sp(4)",
    "SU(2)",
    "SU(3)",
]
EVERY = ["C1", *PLANAR, *SPATIAL, *POLYHEDRAL, *MATRIX]
TENSORS = ("T(2,0)", "T(1,1)", "T(0,2)", "T(0,1)", "T(1,2)")


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def representations(group: Group) -> list[Rep]:
    found = [Rep(group, ((1, irrep),)) for irrep in irreps_of(group, 4)]
    if group.has_matrix_reps:
        found += [Rep.parse(text, group) for text in TENSORS]
    if group.order is not None and group.kind != "trivial":
        found.append(Rep.parse("regular", group))
    return found


@pytest.mark.parametrize("name", EVERY)
def test_homomorphism(name: str) -> None:
    group = parse_group(name)
    elements = point_elements(group, 4, seeded())
    pairs = [(g, h) for g in elements[:6] for h in elements[-6:]]
    for rep in representations(group):
        for g, h in pairs:
            product = rep_matrix(rep, compose(group, g, h))
            size = max(1.0, float(product.abs().max()))
            error = (rep_matrix(rep, g) @ rep_matrix(rep, h) - product).abs().max()
            assert error < 1e-12 * size * 10, (rep, g.label, h.label)


@pytest.mark.parametrize("name", EVERY)
def test_inverses(name: str) -> None:
    group = parse_group(name)
    for element in point_elements(group, 4, seeded()):
        product = compose(group, inverse(group, element), element)
        for rep in representations(group):
            assert (rep_matrix(rep, product) - torch.eye(rep.dim)).abs().max() < 1e-10


@pytest.mark.parametrize("name", EVERY[1:])
def test_vectors_move_like_space(name: str) -> None:
    group = parse_group(name)
    elements = point_elements(group, 3, seeded())
    assert elements
    for element in elements:
        assert element.matrix is not None
        assert (rep_matrix(vector(group), element) - element.matrix).abs().max() < 1e-12
        assert element.flip == bool(torch.linalg.det(element.matrix) < 0)


@pytest.mark.parametrize("name", [*PLANAR, *POLYHEDRAL])
def test_representations_are_faithful_where_they_should_be(name: str) -> None:
    """A representation that is the identity everywhere would be a homomorphism too."""
    group = parse_group(name)
    for rep in representations(group):
        moved = [
            float((rep_matrix(rep, g) - torch.eye(rep.dim)).abs().max())
            for g in point_elements(group, 3, seeded())
        ]
        assert (max(moved) > 0.1) == (not rep.is_scalar), rep


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


@pytest.mark.parametrize("name", ["O", "I"])
def test_polyhedral_irreps_are_those_of_escnn(name: str) -> None:
    escnn: Any = pytest.importorskip("escnn.group")
    group = parse_group(name)
    theirs = escnn.octa_group() if name == "O" else escnn.ico_group()
    cycle = torch.tensor([[0.0, 1, 0], [0, 0, 1], [1, 0, 0]], dtype=torch.float64)
    for place, element in enumerate(theirs.elements):
        ours = polyhedral_element(group, place)
        assert ours.matrix is not None
        assert (ours.matrix - torch.tensor(element.to("MAT"))).abs().max() < 1e-12
        for irrep in irreps_of(group):
            found = irrep_matrix(irrep, ours)
            if irrep.index == (1,):  # they list (y, z, x)
                found = cycle @ found @ cycle.T
            expected = torch.tensor(theirs.irrep(*(irrep.index or (0,)))(element))
            assert (found - expected).abs().max() < 1e-12, irrep
        regular = rep_matrix(Rep.parse("regular", group), ours)
        assert (regular - torch.tensor(theirs.regular_representation(element))).abs().max() < 1e-12


def test_full_octahedral_irreps_are_those_of_escnn() -> None:
    gspaces: Any = pytest.importorskip("escnn.gspaces")
    group, theirs = parse_group("O_h"), gspaces.fullOctaOnR3().fibergroup
    for place, element in enumerate(theirs.elements):
        ours = polyhedral_element(group, place)
        for irrep in irreps_of(group):
            j, k = irrep.index or (0, 0)
            if k != 1:
                expected = torch.tensor(theirs.irrep((j,), (k,))(element))
                assert (irrep_matrix(irrep, ours) - expected).abs().max() < 1e-12, irrep
        regular = torch.tensor(theirs.regular_representation(element))
        assert (rep_matrix(Rep.parse("regular", group), ours) - regular).abs().max() < 1e-12


@pytest.mark.parametrize("name", ["O", "I"])
def test_polyhedral_characters(name: str) -> None:
    """The traces take the values of the character tables, each as often as its class has elements."""
    group = parse_group(name)
    sizes = class_sizes(group.kind)
    elements = [polyhedral_element(group, place) for place in range(group.order or 0)]
    for irrep in irreps_of(group):
        characters = table(group.kind)[irrep.index[-1] if irrep.index else 0]
        expected = sorted(c for c, size in zip(characters, sizes, strict=True) for _ in range(size))
        found = sorted(float(irrep_matrix(irrep, element).trace()) for element in elements)
        assert found == pytest.approx(expected, abs=1e-9), irrep


@pytest.mark.parametrize(
    ("name", "order"), [("D8", 16), ("C100", 100), ("O", 24), ("O_h", 48), ("I", 60)]
)
def test_all_elements_of_a_finite_group(name: str, order: int) -> None:
    group = parse_group(name)
    elements = point_elements(group, 2, seeded())
    assert len(elements) == order - 1
    assert len({element.label for element in elements}) == order - 1
    few = point_elements(group, 5, seeded(), every=False)
    assert len(few) <= 6
    assert {element.label for element in few} < {element.label for element in elements}


def test_some_elements_of_a_large_group() -> None:
    assert len(point_elements(parse_group("C4000"), 5, seeded())) < 10


@pytest.mark.parametrize("name", ["C6", "D4", "D1", "O", "O_h", "I"])
def test_generators_generate(name: str) -> None:
    group = parse_group(name)
    found = generators(group, seeded())
    assert len(found) <= 3
    letters = [rep_matrix(Rep.parse("regular", group), element) for element in found]
    assert len(closure(letters) or []) == group.order


def test_generators_come_first_among_a_few() -> None:
    group = parse_group("O_h")
    few = point_elements(group, 4, seeded(), every=False)
    letters = [element.matrix for element in few[:3] if element.matrix is not None]
    assert len(closure(letters) or []) == 48


@pytest.mark.parametrize("axis", ["x", "y", "z"])
@pytest.mark.parametrize("name", ["C4", "D3", "SO(2)", "O(2)"])
def test_planar_groups_about_an_axis(name: str, axis: str) -> None:
    group = parse_group(name)
    elements = point_elements(group, 3, seeded(), axis)
    along = torch.eye(3, dtype=torch.float64)["xyz".index(axis)]
    reps = representations(group)
    for g in elements[:5]:
        assert g.matrix is not None
        assert (g.matrix @ along - along).abs().max() < 1e-12
        for h in elements[-5:]:
            product = compose(group, g, h)
            assert product.matrix is not None
            assert h.matrix is not None
            assert (product.matrix - g.matrix @ h.matrix).abs().max() < 1e-12
            for rep in reps:
                error = rep_matrix(rep, g) @ rep_matrix(rep, h) - rep_matrix(rep, product)
                assert error.abs().max() < 1e-12


def test_an_axis_keeps_the_angle() -> None:
    element = in_space(planar_element(parse_group("C8"), 0.0, False, 3), "y")
    assert element.quarter_turns is None
    assert element.steps == 3


@pytest.mark.parametrize("name", ["O(3)", "D4", "O_h", "SO(1,3)", "SU(2)"])
def test_terms_applied_one_by_one(name: str) -> None:
    group = parse_group(name)
    one = vector(group)
    rep = Rep(group, (*(one * 3).terms, (2, irreps_of(group, 2)[0]), *one.terms))
    value = torch.randn(4, rep.dim, generator=seeded(), dtype=torch.float64)
    for element in point_elements(group, 2, seeded())[-3:]:
        expected = value @ rep_matrix(rep, element).T
        assert (apply_rep(value, rep, element) - expected).abs().max() < 1e-12


def test_matrices_that_are_no_elements_are_refused() -> None:
    group = parse_group("O")
    with pytest.raises(UnsupportedError, match="is no element of O"):
        rep_matrix(
            Rep.parse("irrep(2)", group), Element("skew turn", matrices(parse_group("I"))[30])
        )


def test_element_with_a_translation() -> None:
    element = Element("turn", torch.eye(3)).shifted(torch.ones(3), "shift")
    assert element.translation is not None
    assert element.label == "turn and shift"
