"""Networks on images with escnn: exact on the grid in float64, counted exactly, no dead parameters, robust modes."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import torch
from images_building import (
    TASKS,
    Built,
    Element,
    expected,
    grid_elements,
    matrix,
    moved,
    relative,
    request,
)
from torch import Tensor

from equidesign.backends.escnn import grid_symmetries
from equidesign.design.families._images import trunk_steps
from equidesign.design.families._stages import kernel_that_fits, stages
from equidesign.design.family import family_by_id
from equidesign.design.pipeline import design_architecture
from equidesign.design.understand import understand
from equidesign.errors import InputError
from equidesign.groups.names import parse_group
from equidesign.groups.rep import Rep
from equidesign.layers.base import TypedLayer
from equidesign.layers.kinds._fieldtypes import band_limit, band_limited, field_type
from equidesign.layers.pipeline import common_faults, pipeline_faults
from equidesign.layers.registry import layer_kind
from equidesign.spec.layer import FieldText, Layer, Level
from equidesign.spec.request import request_from_data

CELLS = [
    ("regular-gcnn", "C4", "classification", (12, 9), {}),
    ("regular-gcnn", "D4", "segmentation", (12, 9), {}),
    ("regular-gcnn", "C2", "pose", (7, 7), {}),
    ("regular-gcnn", "D2", "pose", (10, 10), {"input": "vector", "channels": 2}),
    ("regular-gcnn", "D1", "generation", (9, 10), {"input": "vector", "channels": 2}),
    ("regular-gcnn", "D6", "scalars", (3, 3), {"channels": 3}),
    ("regular-gcnn", "C6", "scalars", (1, 1), {}),
    ("steerable-cnn", "C8", "generation", (10, 13), {}),
    ("steerable-cnn", "D3", "classification", (7, 5), {}),
    ("steerable-cnn", "D1", "generation", (9, 4), {"input": "vector", "channels": 2}),
    ("steerable-cnn", "SO(2)", "pose", (11, 10), {}),
    ("steerable-cnn", "O(2)", "segmentation", (10, 10), {"input": "vector"}),
    ("harmonic-network", "SO(2)", "segmentation", (9, 12), {}),
    ("harmonic-network", "O(2)", "pose", (10, 9), {}),
    ("harmonic-network", "O(2)", "generation", (10, 9), {"input": "vector"}),
]


@pytest.mark.parametrize(("family", "group", "task", "size", "data"), CELLS)
def test_cell(
    family: str, group: str, task: str, size: tuple[int, int], data: dict[str, Any]
) -> None:
    built = Built(request(group, TASKS[task], size, family, **data))
    spec, x = built.spec, built.image()
    assert not [*pipeline_faults(spec.layers, spec.fiber, spec.interface.inputs)]
    assert sum(p.numel() for p in built.model.parameters()) == spec.parameters.total
    assert all(layer.exactness.level is not Level.broken for layer in spec.layers)
    vectors = data.get("input") == "vector"
    for mode in (True, False):
        built.model.train(mode)
        with torch.no_grad():
            base, other = built(x), built(x + torch.randn_like(x))
            for name, value in base.items():
                shape = [3 if n == "samples" else n for n in spec.interface.outputs[name].shape]
                assert list(value.shape) == shape
                assert relative(other[name], value) > 1e-6, f"{name} ignores its input"
            for element in grid_elements(group):
                for name, value in built(moved(x, element, vectors)).items():
                    if name != "latent":
                        error = relative(value, expected(name, base[name], element, vectors))
                        assert error < 1e-12, (name, element, mode)


@pytest.mark.parametrize(
    ("family", "group", "rep", "per"),
    [
        ("regular-gcnn", "C4", "1xtrivial + 2xirrep(1)", "sample"),
        ("regular-gcnn", "D4", "1xirrep(1,0) + 2xirrep(1,1)", "point"),
        ("steerable-cnn", "O(2)", "1xirrep(1,0) + 1xirrep(1,3)", "sample"),
        ("harmonic-network", "SO(2)", "2xirrep(2) + 1xtrivial", "point"),
    ],
)
def test_any_representation(family: str, group: str, rep: str, per: str) -> None:
    task = {"type": "regression", "representation": rep, "per": per}
    built = Built(request(group, task, (10, 9), family))
    built.model.eval()
    x = built.image()
    parts = [term.split("x", 1) for term in rep.split(" + ")]
    with torch.no_grad():
        base = built(x)["prediction"]
        for element in grid_elements(group):
            blocks = [irrep_matrix(name, element) for n, name in parts for _ in range(int(n))]
            turn = torch.block_diag(*blocks)
            wanted = moved(base, element) if per == "point" else base
            wanted = torch.einsum("ij,bj...->bi...", turn, wanted)
            assert relative(built(moved(x, element))["prediction"], wanted) < 1e-12, element


def irrep_matrix(name: str, element: Element) -> Tensor:
    """By the definition of the names: irrep(j,k) turns k times as fast and is diag(1, -1) on the reflection."""
    if name == "trivial":
        return torch.ones(1, 1, dtype=torch.float64)
    index = [int(number) for number in name[6:-1].split(",")]
    turns, mirror = element
    if index[-1] == 0:
        return torch.tensor([[-1.0 if mirror else 1.0]], dtype=torch.float64)
    return matrix((turns * index[-1] % 4, mirror))


@pytest.mark.parametrize("family", ["regular-gcnn", "steerable-cnn", "harmonic-network"])
def test_modes_and_copies(family: str) -> None:
    group = "SO(2)" if family == "harmonic-network" else "C4"
    built = Built(request(group, TASKS["segmentation"], (10, 9), family))
    x = built.image()
    late = built.module.build_model().eval().double()
    late.load_state_dict(built.model.state_dict())
    built.model.eval()
    assert torch.equal(late(x), built.model(x))
    assert torch.equal(copy.deepcopy(late)(x), late(x))
    for _ in range(2):
        late(x).sum().backward()
    with torch.no_grad():
        late.encode_1[0].weights.mul_(2)
    assert relative(late(x), built.model(x)) > 1e-3, "the kernel is frozen in eval mode"
    fresh = built.module.build_model()
    assert fresh(x.float()).dtype == torch.float32, "models share their kernels"


@pytest.mark.parametrize("family", ["regular-gcnn", "steerable-cnn", "harmonic-network"])
@pytest.mark.parametrize("task", TASKS)
def test_every_parameter_counts(family: str, task: str) -> None:
    """At the initial parameters, where no unit is dead by chance."""
    built = Built(
        request("O(2)" if family != "regular-gcnn" else "D2", TASKS[task], (9, 9), family)
    )
    model = built.module.build_model().double()
    outputs = model(built.image())
    values = [*outputs.values()] if isinstance(outputs, dict) else [outputs]
    torch.manual_seed(2)
    sum((value * torch.randn_like(value)).sum() for value in values).backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        largest = parameter.grad.abs().max()
        assert largest > 0, name
        assert (parameter.grad.abs() > 1e-12 * largest).all(), name


def test_blank_images_have_finite_gradients() -> None:
    built = Built(request("SO(2)", TASKS["pose"], (9, 9), "harmonic-network"))
    x = torch.zeros_like(built.image()).requires_grad_()
    outputs = built(x)
    sum(value.sum() for value in outputs.values()).backward()  # type: ignore[union-attr]
    assert x.grad is not None
    assert x.grad.isfinite().all()


def test_centre_is_measured_in_pixels() -> None:
    built = Built(request("C4", TASKS["pose"], (16, 16), "regular-gcnn"))
    centroid = built.module.image_centroid
    values = torch.full((1, 3, 8, 8), 0.0)
    values[0, 0, 2, 5] = 1e4
    assert torch.allclose(centroid(values, 2), torch.tensor([[3.0, 3.0]]))


def test_stages_halve_to_the_same_centre() -> None:
    assert [s.size for s in stages((28, 29), 1)] == [(28, 29), (14, 15), (7, 8)]
    assert [s.size for s in stages((7, 7), 1)] == [(7, 7)] * 3
    assert stages((512, 512), 2)[0].depth == 1
    assert [kernel_that_fits(5, size) for size in ((1, 1), (2, 9), (1, 9))] == [1, 3, 5]


@pytest.mark.parametrize(("height", "width"), [(8, 8), (7, 8), (5, 5), (1, 2), (2, 1)])
def test_resampling_commutes_with_the_grid(height: int, width: int) -> None:
    module = Built(request("C4", TASKS["segmentation"], (10, 10), "regular-gcnn")).module
    x = torch.randn(2, 3, height, width, dtype=torch.float64)
    small = module.blur_pool(x)
    assert small.shape[2:] == ((height + 1) // 2, (width + 1) // 2)
    for element in grid_elements("D4"):
        turned = moved(x, element)
        assert torch.allclose(module.blur_pool(turned), moved(small, element), atol=1e-14)
        back = module.enlarge(moved(small, element), turned.shape[2:])
        assert torch.allclose(back, moved(module.enlarge(small, x.shape[2:]), element), atol=1e-14)


def conv(size: list[int], stride: int = 2, group: str = "C4", **settings: Any) -> TypedLayer:
    field = FieldText(space="pixels", rep=settings.pop("rep", "4xregular"))
    options = {"kernel": 3, "stride": stride, "size": size, "layout": "regular"}
    options |= settings.pop("options", {})
    layer = Layer(
        name="conv",
        kind="steerable-conv",
        **{"in": field},
        out=settings.pop("out", field),
        options=options,
        **settings,
    )
    return TypedLayer.of(layer, parse_group(group))


def test_ledger_of_strides() -> None:
    kind = layer_kind("steerable-conv")
    broken = kind.exactness(conv([16, 17]))
    assert (broken.level, broken.subgroup) == (Level.broken, "trivial")
    assert "height 15 or 17 repairs it" in broken.why
    assert kind.exactness(conv([17, 17])).level is Level.exact
    near = kind.exactness(conv([17, 17], group="C6"))
    assert (near.level, near.subgroup) == (Level.approximate, "C2")


def test_illegal_layers_are_faults() -> None:
    kind = layer_kind("steerable-conv")
    irreps = {"rep": "4xtrivial + 4xirrep(1)", "options": {"layout": "irreps"}}
    cases = [
        (conv([9, 9], 1, options={"kernel": 4}), "options.kernel"),
        (conv([9, 9], 1, nonlinearity="elu", **irreps), "nonlinearity"),
        (conv([9, 9], 1, nonlinearity="norm-relu"), "nonlinearity"),
        (conv([9, 9], 1, nonlinearity="fourier-elu"), "nonlinearity"),
        (conv([9, 9], 1, normalization="inner-batch", **irreps), "normalization"),
        (conv([9, 9], 1, nonlinearity="sigmoid"), "nonlinearity"),
    ]
    for layer, key in cases:
        faults = [*common_faults(kind, layer), *kind.faults(layer)]
        assert key in {fault.key for fault in faults}, key
    assert not [*kind.faults(conv([9, 9], 1, nonlinearity="norm-relu", **irreps))]


@pytest.mark.parametrize("group", ["C1", "C4", "C5", "D2", "D3", "D8", "SO(2)", "O(2)"])
def test_generators_make_the_grid_group(group: str) -> None:
    parsed = parse_group(group)
    found: set[tuple[float, ...]] = {(1.0, 0.0, 0.0, 1.0)}
    for _, turns, mirror in grid_symmetries(parsed):
        step = matrix((turns, mirror))
        products = {
            tuple((step @ torch.tensor(m).double().view(2, 2)).flatten().tolist()) for m in found
        }
        assert not found & products
        found |= products
    assert len(found) == (1 if group == "C1" else len(grid_elements(group)))


def test_field_types_read_as_written() -> None:
    so2, d1 = parse_group("SO(2)"), parse_group("D1")
    assert field_type(Rep.parse("3xirrep(1) + 3xirrep(2)", so2)) == "irreps(3, (1,), (2,))"
    assert field_type(Rep.parse("4xtrivial + 4xirrep(1)", so2)) == "harmonics(4, 1)"
    assert field_type(band_limited(so2, 2) * 4, "spectral") == "band_limited(4, 2)"
    assert field_type(Rep.parse("1xtrivial + 1xirrep(1,0)", d1)) == "irreps(1, (0,), (1,))"
    assert band_limit(band_limited(parse_group("D6"), 3) * 2) == (2, 3)


def test_a_decoder_mirrors_its_encoder() -> None:
    problem, _ = understand(request("C4", TASKS["segmentation"], (32, 20)))
    steps = trunk_steps(problem, 1)
    assert [step.kind for step in steps] == [
        "conv",
        "down",
        "conv",
        "down",
        "conv",
        *["join", "conv"] * 2,
    ]
    assert steps[-1].size_out == (32, 20)


def test_what_cannot_be_is_refused() -> None:
    problem, _ = understand(request("C4", TASKS["pose"], (1, 1)))
    assert "no direction" in str(family_by_id("regular-gcnn").objection(problem))
    task = {"type": "regression", "representation": "irrep(30)"}
    problem, _ = understand(request("SO(2)", task, (28, 28)))
    assert "irrep(30)" in str(family_by_id("harmonic-network").objection(problem))
    assert family_by_id("steerable-cnn").objection(problem) is None


@pytest.mark.parametrize("family", ["regular-gcnn", "steerable-cnn"])
def test_budgets_are_kept(family: str) -> None:
    for most in (2_000, 5_000):
        asked = request("D4", TASKS["classification"], (28, 28), family)
        data = asked.to_data()
        data["constraints"]["max_parameters"] = most
        total = design_architecture(request_from_data(data)).specification.parameters.total
        assert most / 3 < total <= most
    data["constraints"]["max_parameters"] = 10
    with pytest.raises(InputError, match="at most 10 parameters"):
        design_architecture(request_from_data(data))
