"""The interface of modules of escnn, in our basis of every representation."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import torch

from equidesign.errors import InputError
from equidesign.spec.layer import parse_rep
from equidesign.testing import assert_equivariant, interface_of
from equidesign.verify.escnn_basis import group_of, matching_elements, rep_of
from equidesign.verify.infer import infer
from equidesign.verify.representations import rep_matrix
from equidesign.verify.verdict import Verdict

gspaces = pytest.importorskip("escnn.gspaces")
enn = pytest.importorskip("escnn.nn")
groups = pytest.importorskip("escnn.group")

SPACES = {
    "C4": lambda: gspaces.rot2dOnR2(4),
    "C8": lambda: gspaces.rot2dOnR2(8),
    "D1": lambda: gspaces.flip2dOnR2(axis=0.0),
    "D2": lambda: gspaces.flipRot2dOnR2(2),
    "D3": lambda: gspaces.flipRot2dOnR2(3, axis=0.0),
    "D4": lambda: gspaces.flipRot2dOnR2(4),
    "SO(2)": lambda: gspaces.rot2dOnR2(-1, maximum_frequency=3),
    "O(2)": lambda: gspaces.flipRot2dOnR2(-1, maximum_frequency=3),
    "D5": lambda: gspaces.no_base_space(groups.dihedral_group(5)),
    "SO(3)": lambda: gspaces.no_base_space(groups.so3_group(2)),
    "O(3)": lambda: gspaces.flipRot3dOnR3(maximum_frequency=2),
}


@pytest.mark.parametrize("name", SPACES)
def test_every_representation_has_a_basis_of_ours(name: str) -> None:
    space = SPACES[name]()
    group = group_of(space)
    assert group.name == name
    fiber = space.fibergroup
    reps = fiber.irreps()[:6]
    if group.finite:
        reps = [*reps, fiber.regular_representation]
    elements = list(matching_elements(space, group))
    kind = enn.FieldType(space, list(reps))
    text, basis = rep_of(kind, group, elements)
    rep = parse_rep(text, group)
    assert rep.dim == kind.size
    for g, element in elements:
        theirs = torch.block_diag(*(torch.as_tensor(r(g), dtype=torch.float64) for r in reps))
        assert torch.allclose(theirs @ basis, basis @ rep_matrix(rep, element), atol=1e-6)


def network(space: Any, output: Any, broken: bool = False) -> Any:
    torch.manual_seed(0)
    one, hidden = (
        enn.FieldType(space, [space.trivial_repr]),
        enn.FieldType(space, [space.regular_repr] * 2),
    )
    last = enn.FieldType(space, [output, space.trivial_repr])
    layers = [
        enn.R2Conv(one, hidden, 5, padding=2),
        enn.ReLU(hidden),
        enn.R2Conv(hidden, last, 3, padding=1),
    ]
    model = enn.SequentialModule(*layers)
    if broken:
        model = OffCentre(model)
    return model


class OffCentre(torch.nn.Module):
    """A network of escnn with a pixel shift at its end."""

    def __init__(self, inner: Any) -> None:
        super().__init__()
        self.inner, self.in_type, self.out_type = inner, inner.in_type, inner.out_type

    def forward(self, x: Any) -> Any:
        found = self.inner(x)
        return enn.GeometricTensor(found.tensor.roll(1, -1), found.type)


@pytest.mark.parametrize("name", ["C4", "C8", "D4"])
def test_networks(name: str) -> None:
    space = SPACES[name]()
    output = space.irrep(1, 1) if name == "D4" else space.irrep(1)
    model = network(space, output)
    found = interface_of(model)
    assert found.group == name
    assert found.inputs["x"].shape == ("samples", 1, 17, 17)
    assert found.outputs["output"].rep == f"1xirrep({'1,' if name == 'D4' else ''}1) + 1xtrivial"
    report = assert_equivariant(model, effort="quick")
    assert report.verdict in (Verdict.exact, Verdict.resolution_limited)
    with pytest.raises(AssertionError, match="BROKEN"):
        assert_equivariant(network(space, output, broken=True), effort="quick")


def test_regular_fields_stay_whole() -> None:
    space = SPACES["D4"]()
    one, regular = (
        enn.FieldType(space, [space.trivial_repr]),
        enn.FieldType(space, [space.regular_repr]),
    )
    model = enn.R2Conv(one, regular, 1, bias=False)
    assert interface_of(model).outputs["output"].rep == "1xregular"
    # A kernel of one pixel reaches the trivial irrep only.
    assert assert_equivariant(model, effort="quick").passed


def test_given_inputs_set_the_grid() -> None:
    model = network(SPACES["C4"](), SPACES["C4"]().irrep(1))
    given = enn.GeometricTensor(torch.randn(3, 1, 11, 11), model.in_type)
    assert interface_of(model, inputs=given).inputs["x"].shape == ("samples", 1, 11, 11)
    assert assert_equivariant(model, inputs=given, effort="quick").passed


def test_modules_without_a_space() -> None:
    space = SPACES["SO(3)"]()
    kind = enn.FieldType(space, [space.irrep(0), space.irrep(1), space.irrep(2)])
    torch.manual_seed(0)
    assert assert_equivariant(enn.Linear(kind, kind), effort="quick").group == "SO(3)"


def test_modules_on_volumes_can_be_copied() -> None:
    space = gspaces.octaOnR3()
    model = enn.R3Conv(
        enn.FieldType(space, [space.trivial_repr]), enn.FieldType(space, [space.regular_repr]), 3
    )
    found = infer(model)
    assert found.interface.group == "O"
    twin = copy.deepcopy(found.model)
    x = torch.randn(1, 1, 5, 5, 5)
    assert torch.equal(twin(x), found.model(x))
    assert not hasattr(groups.GroupElement, "__deepcopy__")


def test_what_has_no_counterpart_is_refused() -> None:
    space = gspaces.flipRot2dOnR2(3)
    kind = enn.FieldType(space, [space.trivial_repr])
    with pytest.raises(InputError) as caught:
        interface_of(enn.R2Conv(kind, kind, 3, padding=1))
    assert "axis=0.0" in str(caught.value)
