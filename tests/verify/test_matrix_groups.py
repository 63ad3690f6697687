"""Matrix groups: the forms they keep, the Haar measure, groups given by generators."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from equidesign.groups import Group, Rep, parse_group
from equidesign.groups.lie import custom
from equidesign.spec.generators import Generators
from equidesign.verify.elements import UnsupportedError, compose, point_elements
from equidesign.verify.representations import rep_matrix


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("name", ["SO(4)", "O(5)", "SU(3)", "SU(2)"])
def test_compact_groups_are_orthogonal_and_uniform(name: str) -> None:
    group = parse_group(name)
    found = [e.matrix for e in point_elements(group, 600, seeded(1)) if e.matrix is not None]
    random = torch.stack(found[:600])
    size = random.shape[1]
    assert (random @ random.mT - torch.eye(size)).abs().max() < 1e-12
    assert random.mean(0).abs().max() < 4 / math.sqrt(600 * size)
    # Under the Haar measure the square of every entry has the mean 1/size.
    assert (random.square().mean(0) - 1 / size).abs().max() < 6 / (size * math.sqrt(600))
    if group.kind != "O":
        assert all(torch.linalg.det(matrix) > 0 for matrix in random[:20])
    if group.kind == "SU":  # commutes with multiplication by i
        half = size // 2
        eye, zero = torch.eye(half), torch.zeros(half, half)
        i = torch.cat([torch.cat([zero, -eye], 1), torch.cat([eye, zero], 1)]).double()
        assert (random @ i - i @ random).abs().max() < 1e-12
        unitary = torch.complex(random[0, :half, :half], random[0, half:, :half])
        assert abs(torch.linalg.det(unitary) - 1) < 1e-12


def form(group: Group) -> Tensor:
    """The bilinear form that a matrix group keeps."""
    n = group.n or 0
    if group.kind == "lorentz":
        return torch.diag(torch.tensor([-1.0] + [1.0] * (n - 1), dtype=torch.float64))
    eye, zero = torch.eye(n // 2).double(), torch.zeros(n // 2, n // 2).double()
    return torch.cat([torch.cat([zero, eye], 1), torch.cat([-eye, zero], 1)])


@pytest.mark.parametrize("name", ["SO(1,3)", "O(1,3)", "O(1,2)", "SO(1,1)", "Sp(2)", "Sp(6)"])
def test_forms_are_kept(name: str) -> None:
    group = parse_group(name)
    kept = form(group)
    for element in point_elements(group, 5, seeded(2)):
        assert element.matrix is not None
        assert (element.matrix.T @ kept @ element.matrix - kept).abs().max() < 1e-12
        assert (element.matrix - torch.eye(len(kept))).abs().max() > 1e-2
        assert element.matrix.abs().max() < 20


def test_components_of_the_lorentz_group() -> None:
    for name, components in (("SO(1,3)", {(1, 1)}), ("O(1,3)", {(1, 1), (1, -1), (-1, -1)})):
        found = [
            e.matrix for e in point_elements(parse_group(name), 4, seeded()) if e.matrix is not None
        ]
        signs = {(int(m[0, 0].sign()), int(torch.linalg.det(m).sign())) for m in found}
        assert signs == components
        assert any((m.T @ m - torch.eye(4)).abs().max() > 0.1 for m in found), "no boost"


QUARTER = ((0.0, -1.0), (1.0, 0.0))


def test_custom_groups() -> None:
    finite = point_elements(custom(2), 4, seeded(), given=Generators(discrete=(QUARTER,)))
    assert len(finite) == 3
    flow = point_elements(custom(2), 4, seeded(), given=Generators(lie_algebra=(QUARTER,)))
    assert len(flow) == 4
    for element in flow:
        assert element.matrix is not None
        assert (element.matrix @ element.matrix.T - torch.eye(2)).abs().max() < 1e-12
    both = Generators(lie_algebra=(((1.0, 0.0), (0.0, 1.0)),), discrete=(QUARTER,))
    group = custom(2)
    rep = Rep.parse("V + T(1,1) + T(0,1)", group)
    elements = point_elements(group, 4, seeded(), given=both)
    for g in elements:
        for h in elements:
            product = rep_matrix(rep, compose(group, g, h))
            error = (rep_matrix(rep, g) @ rep_matrix(rep, h) - product).abs().max()
            assert error < 1e-12 * float(product.abs().max())
    with pytest.raises(UnsupportedError, match="needs its generators"):
        point_elements(custom(2), 4, seeded())


def test_the_dual_is_not_the_vector() -> None:
    for name in ("SO(1,3)", "Sp(4)"):
        group = parse_group(name)
        element = point_elements(group, 3, seeded())[-1]
        dual, own = (rep_matrix(Rep.parse(t, group), element) for t in ("T(0,1)", "V"))
        assert (dual - own).abs().max() > 1e-2
        assert (dual.T @ own - torch.eye(len(own))).abs().max() < 1e-12
