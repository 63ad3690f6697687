"""``assert_equivariant``: what the helpers of e3nn and escnn miss, what they refuse wrongly, and what is inferred."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from small_models import SCALAR_AND_VECTOR, Points, example_points
from torch import Tensor, nn

from equidesign.errors import InputError
from equidesign.report.verify_text import MEANING
from equidesign.testing import assert_equivariant, interface_of
from equidesign.verify.verdict import Report, Verdict

o3 = pytest.importorskip("e3nn.o3")
e3nn_nn = pytest.importorskip("e3nn.nn")

INTERFACE = {
    "group": "E(3) x S_n",
    "inputs": {
        "pos": {"shape": ["points", 3], "space": "points", "rep": "1x1o", "translates": True},
        "batch": {"shape": ["points"], "space": "points", "role": "batch"},
    },
    "outputs": {
        "scalar": {"shape": ["samples", 2], "rep": "2x0e"},
        "vector": {"shape": ["points", 3], "space": "points", "rep": "1x1o"},
    },
}
YAML = """
group: E(3) x S_n
inputs:
  pos: {shape: [points, 3], space: points, rep: 1x1o, translates: true}
  batch: {shape: [points], space: points, role: batch}
outputs:
  scalar: {shape: [samples, 2], rep: 2x0e}
  vector: {shape: [points, 3], space: points, rep: 1x1o}
"""


class Broken(Points):
    """A correct model, and something done to its vectors."""

    def __init__(self, change: Callable[[nn.Module, Tensor], Tensor]) -> None:
        super().__init__()
        self.head_gain = nn.Parameter(torch.zeros(()))
        self.change = change

    def forward(self, pos: Tensor, batch: Tensor) -> dict[str, Tensor]:
        found = super().forward(pos, batch)
        return {**found, "vector": self.change(self, found["vector"])}


AXIS = torch.tensor([0.0, 0.0, 1.0])
BREAKS: dict[str, Callable[[Any, Tensor], Tensor]] = {
    "nan": lambda model, v: v * torch.nan,
    "zero": lambda model, v: v * 0,
    "constant": lambda model, v: v * 0 + 1,
    "bias of 1e-4": lambda model, v: v + 1e-4 * AXIS.to(v),
    "train only": lambda model, v: v + AXIS.to(v) if model.training else v,
    "eval only": lambda model, v: v if model.training else v + AXIS.to(v),
    "order": lambda model, v: v * torch.arange(1, len(v) + 1).to(v)[:, None],
    "zero-initialised": lambda model, v: v + model.head_gain * AXIS.to(v),
    "relu on components": lambda model, v: v.relu(),
}


def module(name: str) -> Broken:
    torch.manual_seed(0)
    return Broken(BREAKS[name])


@pytest.mark.parametrize("name", BREAKS)
def test_what_e3nn_would_pass_is_caught(name: str) -> None:
    with pytest.raises(AssertionError) as caught:
        assert_equivariant(module(name), INTERFACE, inputs=example_points, effort="quick")
    text = str(caught.value)
    expected = "VACUOUS" if name in ("nan", "zero", "constant") else "BROKEN"
    assert text.startswith(
        f"Broken: {MEANING[Verdict(expected)]}\n\nSymmetry of Broken: E(3) x S_n"
    )
    assert text.splitlines()[-1].startswith(f"{expected}: ")


def test_e3nn_passes_most_of_them() -> None:
    """The claim that the test above is about."""
    helper = pytest.importorskip("e3nn.util.test").assert_equivariant
    pos = example_points(1, 0)["pos"]
    for name in ("nan", "zero", "bias of 1e-4", "train only", "order", "zero-initialised"):
        model = module(name).eval()
        helper(
            lambda pos, model=model: model(pos, pos.new_zeros(len(pos)).long())["vector"],
            args_in=[pos],
            irreps_in=["cartesian_points"],
            irreps_out=["1x1o"],
        )


@pytest.mark.parametrize("factor", [1.0, 1e5, 1e-8])
def test_the_scale_does_not_matter(factor: float) -> None:
    torch.manual_seed(0)
    model = Broken(lambda model, v: v * factor)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    report = assert_equivariant(model, INTERFACE, inputs=example_points, effort="quick")
    assert report.verdict is Verdict.exact
    assert model.training
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())


@pytest.mark.parametrize("form", ["value", "dictionary", "file"])
def test_every_form_of_interface(form: str, tmp_path: Path) -> None:
    path = tmp_path / "interface.yaml"
    path.write_text(YAML, encoding="utf-8")
    interface: Any = {"value": SCALAR_AND_VECTOR, "dictionary": INTERFACE, "file": path}[form]
    assert assert_equivariant(Points(), interface, effort="quick").group == "E(3) x S_n"


def e3nn_module(name: str) -> nn.Module:
    torch.manual_seed(0)
    irreps = "2x0e + 2x1o + 1x2e"
    made: dict[str, Callable[[], nn.Module]] = {
        "Linear": lambda: o3.Linear(irreps, "3x0e + 1x1o"),
        "FullyConnectedTensorProduct": lambda: o3.FullyConnectedTensorProduct(
            irreps, "1x0e + 1x1o", "1x0e + 1x1o + 1x1e"
        ),
        "weights from outside": lambda: o3.FullyConnectedTensorProduct(
            irreps, "1x1o", "1x0e + 1x1o", shared_weights=False
        ),
        "ElementwiseTensorProduct": lambda: o3.ElementwiseTensorProduct("2x1o", "2x1o"),
        "Norm": lambda: o3.Norm("2x1o + 1x2e"),
        "BatchNorm": lambda: e3nn_nn.BatchNorm(irreps),
        "Gate": lambda: e3nn_nn.Gate("2x0e", [torch.tanh], "1x0e", [torch.sigmoid], "1x1o"),
        "NormActivation": lambda: e3nn_nn.NormActivation(irreps, torch.sigmoid),
        "SphericalHarmonics": lambda: o3.SphericalHarmonics([0, 1, 2], normalize=True),
        "FullyConnectedNet": lambda: e3nn_nn.FullyConnectedNet([3, 8, 2], torch.tanh),
    }
    return made[name]()


@pytest.mark.parametrize(
    ("name", "taken", "returned"),
    [
        ("Linear", ["2x0e + 2x1o + 1x2e"], "3x0e + 1x1o"),
        (
            "FullyConnectedTensorProduct",
            ["2x0e + 2x1o + 1x2e", "1x0e + 1x1o"],
            "1x0e + 1x1o + 1x1e",
        ),
        ("weights from outside", ["2x0e + 2x1o + 1x2e", "1x1o", None], "1x0e + 1x1o"),
        ("ElementwiseTensorProduct", ["2x1o", "2x1o"], "2x0e + 2x1e + 2x2e"),
        ("Norm", ["2x1o + 1x2e"], "3x0e"),
        ("BatchNorm", ["2x0e + 2x1o + 1x2e"], "2x0e + 2x1o + 1x2e"),
        ("Gate", ["3x0e + 1x1o"], "2x0e + 1x1o"),
        ("NormActivation", ["2x0e + 2x1o + 1x2e"], "2x0e + 2x1o + 1x2e"),
        ("SphericalHarmonics", ["1x1o"], "1x0e + 1x1o + 1x2e"),
        ("FullyConnectedNet", ["3x0e"], "2x0e"),
    ],
)
def test_modules_of_e3nn_need_no_interface(name: str, taken: list[str], returned: str) -> None:
    found = interface_of(e3nn_module(name))
    assert found.group == "O(3)"
    assert [spec.rep for spec in found.inputs.values()] == taken
    assert [spec.rep for spec in found.outputs.values()] == [returned]
    assert assert_equivariant(e3nn_module(name), effort="quick").verdict is Verdict.exact


class Shifted(nn.Module):
    """A module of e3nn with a bias on its vectors, which says nothing else than the module does."""

    irreps_in, irreps_out = "1x0e + 1x1o", "1x0e + 1x1o"

    def __init__(self) -> None:
        super().__init__()
        self.linear = o3.Linear(self.irreps_in, self.irreps_out)

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(x) + 1e-5


def test_a_module_with_irreps_is_not_believed() -> None:
    with pytest.raises(AssertionError, match="BROKEN"):
        assert_equivariant(Shifted(), effort="quick")


def directions(pos: Tensor, charge: Tensor) -> tuple[Tensor, Tensor]:
    """A dipole moment, and each position relative to the centre."""
    away = pos - pos.mean(0)
    return (charge * away).sum(0, keepdim=True), away


def run_directions(function: Any, group: str | None = None, **more: Any) -> Report:
    return assert_equivariant(
        function,
        irreps_in=["cartesian_points", "1x0e"],
        irreps_out=more.pop("irreps_out", ["1x1o", "1x1o"]),
        group=group,
        effort="quick",
        **more,
    )


def test_functions_of_positions() -> None:
    assert run_directions(directions).group == "E(3)"
    assert run_directions(directions, "E(3) x S_n").verdict is Verdict.exact
    given = (torch.randn(7, 3), torch.randn(7, 1))
    assert run_directions(directions, inputs=given).verdict is Verdict.exact
    with pytest.raises(AssertionError, match="WRONG_HARNESS: "):
        run_directions(directions, irreps_out=["1x1e", "1x1o"])
    with pytest.raises(AssertionError, match="BROKEN"):
        run_directions(lambda pos, charge: directions(pos + 0.1 * pos.square(), charge))
    with pytest.raises(AssertionError, match="BROKEN"):
        run_directions(lambda pos, charge: (charge * pos, pos))


def test_reflections_can_be_left_out() -> None:
    def cross(one: Tensor, other: Tensor) -> Tensor:
        return torch.linalg.cross(one, other)

    sides = {"irreps_in": ["1x1o", "1x1o"], "irreps_out": "1x1o", "effort": "quick"}
    with pytest.raises(AssertionError, match="WRONG_HARNESS: "):
        assert_equivariant(cross, **sides)  # type: ignore[arg-type]
    assert assert_equivariant(cross, group="SO(3)", **sides).group == "SO(3)"  # type: ignore[arg-type]


def test_arguments_that_do_not_transform() -> None:
    def gather(x: Tensor, index: Tensor) -> Tensor:
        return x[index] * 2

    given = (torch.randn(6, 3), torch.tensor([0, 2, 2, 5, 1, 4]))
    entries: Any = {"irreps_in": ["1x1o", None], "irreps_out": "1x1o", "effort": "quick"}
    found = interface_of(gather, irreps_in=["1x1o", None], irreps_out="1x1o", inputs=given)
    assert found.inputs["index"].rep is None
    assert found.inputs["index"].dtype == "int64"
    with pytest.raises(InputError, match="'index'"):
        assert_equivariant(gather, **entries)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({}, "does not say what it takes"),
        ({"irreps_in": "1x1o"}, "does not say what it returns"),
        ({"irreps_in": "1x1o", "irreps_out": "1x7q"}, "7q"),
        ({"irreps_in": "1x1o", "irreps_out": "2x1o"}, "has 6 components"),
        ({"irreps_in": "1x1o", "irreps_out": ["1x1o", "1x0e"]}, "returned 1 tensors"),
        ({"irreps_in": ["1x1o", "1x1o"], "irreps_out": "1x1o"}, "the module fails"),
        ({"irreps_in": "1x1o", "irreps_out": "1x1o", "group": "C4"}, "C4"),
        ({"irreps_in": "1x1o", "irreps_out": "1x1o", "effort": "huge"}, "unknown effort"),
        ({"irreps_in": "1x1o", "irreps_out": "1x1o", "inputs": torch.randn(4, 5)}, "[4, 5]"),
        ({"irreps_in": "0x1o", "irreps_out": "1x1o"}, "no components"),
        ({"interface": INTERFACE, "group": "E(3)"}, "interface= says everything"),
        ({"interface": {**INTERFACE, "grup": 1}}, "grup"),
        ({"interface": INTERFACE}, "forward() "),
        ({"interface": "missing.yaml"}, "missing.yaml"),
    ],
)
def test_mistakes_of_use(arguments: dict[str, Any], said: str) -> None:
    def identity(x: Tensor) -> Tensor:
        return x

    with pytest.raises(InputError) as caught:
        assert_equivariant(identity, **arguments)
    assert said in str(caught.value)


def test_a_module_that_fails_is_no_success() -> None:
    class Fails(nn.Module):
        def forward(self, pos: Tensor, batch: Tensor) -> dict[str, Tensor]:
            raise ValueError("no such kernel")

    with pytest.raises(AssertionError, match="no such kernel"):
        assert_equivariant(Fails(), INTERFACE)
