"""nequip, tensor-field-network and se3-transformer: symmetry, counts, smoothness, odd inputs."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
import torch
from points_building import (
    FAMILIES,
    FORCES,
    build,
    imported,
    matrix,
    outputs,
    request_file,
    rotation,
    shaken,
)

from equidesign.design.families._irreps import plan
from equidesign.design.family import Size, family_by_id
from equidesign.design.understand import understand
from equidesign.groups.names import parse_group
from equidesign.groups.rep import Irrep, Rep
from equidesign.layers.pipeline import completed, pipeline_faults
from equidesign.render.model import render_model
from equidesign.spec.request import load_request
from equidesign.spec.specification import Parameters, Specification

CELLS = [
    ("nequip", "E(3)", "molecules", FORCES, {}),
    ("nequip", "O(3)", "molecules", {"type": "regression", "representation": "1x0o"}, {}),
    (
        "nequip",
        "E(3)",
        "point_clouds",
        {"type": "segmentation", "classes": 3},
        {"features": "2x0e + 1x1e"},
    ),
    ("nequip", "SE(3)", "point_clouds", {"type": "pose_estimation"}, {"cutoff": 1.0}),
    (
        "nequip",
        "SO(2)",
        "point_clouds",
        {"type": "regression", "representation": "1x1"},
        {"preferred_axis": "x"},
    ),
    ("tensor-field-network", "E(3)", "point_clouds", {"type": "pose_estimation"}, {}),
    (
        "tensor-field-network",
        "E(3)",
        "molecules",
        {"type": "regression", "representation": "2x0e + 2x2e + 1x4e"},
        {},
    ),
    ("tensor-field-network", "SE(3)", "molecules", {"type": "generation"}, {"features": 2}),
    ("tensor-field-network", "O(2)", "molecules", FORCES, {"preferred_axis": "y"}),
    (
        "se3-transformer",
        "SE(3)",
        "point_clouds",
        {"type": "classification", "classes": 3},
        {"features": "1x2"},
    ),
    ("se3-transformer", "E(3)", "molecules", FORCES, {}),
    (
        "se3-transformer",
        "E(3)",
        "molecules",
        {"type": "regression", "representation": "1x1e", "per": "point"},
        {"features": "1x0o"},
    ),
    ("se3-transformer", "E(3)", "point_clouds", {"type": "generation"}, {"features": "1x1o"}),
]


def element(spec: Specification, axis: str) -> torch.Tensor:
    group = spec.group.geometric.name
    if group in ("SO(2)", "O(2)"):
        i, j = [k for k in range(3) if "xyz"[k] != axis]
        turn = torch.eye(3, dtype=torch.float64)
        turn[i, i] = turn[j, j] = math.cos(0.7)
        turn[j, i], turn[i, j] = math.sin(0.7), -math.sin(0.7)
        if group == "O(2)":
            turn[:, i] *= -1
        return turn
    return rotation(2) * (-1 if spec.fiber.reflections else 1)


@pytest.mark.parametrize(
    ("family", "group", "domain", "task", "data"),
    CELLS,
    ids=[f"{c[0]}-{c[1]}-{c[2]}-{c[3].get('representation', c[3]['type'])}" for c in CELLS],
)
def test_equivariant_exact_count_and_alive(
    tmp_path: Path, family: str, group: str, domain: str, task: Any, data: Any
) -> None:
    spec, module, model = build(tmp_path, family, group, domain, task, **data)
    assert [*pipeline_faults(spec.layers, spec.fiber, spec.interface.inputs)] == []
    assert spec.parameters.total == sum(p.numel() for p in model.parameters())

    shaken(model)
    x = module.example_inputs(batch_size=3, seed=1, dtype=torch.float64)
    g = element(spec, data.get("preferred_axis", "z"))
    shift = torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64) * spec.group.geometric.translations
    order = torch.randperm(len(x["pos"]), generator=torch.Generator().manual_seed(3))
    samples = torch.tensor([2, 0, 1])
    y = {**x, "pos": x["pos"] @ g.T + shift}
    if "x" in x:
        rep = Rep.parse(str(spec.interface.inputs["x"].rep), spec.fiber)
        y["x"] = x["x"] @ matrix(rep, g).T
    y |= {key: y[key][order] for key in ("pos", "z", "x") if key in y}
    y["batch"] = samples[x["batch"][order]]
    if "t" in x:
        y["t"] = torch.empty_like(x["t"]).index_copy(0, samples, x["t"])

    first, second = outputs(spec, model, x), outputs(spec, model, y)
    for name, item in spec.interface.outputs.items():
        value, other = first[name], second[name]
        assert value.isfinite().all()
        if item.layout == "columns":
            want = g @ value
        else:
            want = value @ matrix(Rep.parse(str(item.rep), spec.fiber), g).T
            if item.translates:
                want = want + shift
        per_sample = item.shape[0] == "samples"
        other, want = (other[samples], want) if per_sample else (other, want[order])
        assert (other - want).abs().max() < 1e-10 * want.abs().max()
        jittered = {**x, "pos": x["pos"] + 0.1 * torch.randn_like(x["pos"])}
        change = (outputs(spec, model, jittered)[name] - value).abs().max()
        assert change > 1e-7 * value.abs().max()

    sum(v.square().sum() for v in first.values()).backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name
        assert parameter.grad.abs().max() > 0, name


def test_preferred_axis_is_used(tmp_path: Path) -> None:
    task = {"type": "classification", "classes": 3}
    _, module, model = build(tmp_path, "nequip", "SO(2)", "point_clouds", task, preferred_axis="z")
    x = module.example_inputs(dtype=torch.float64)
    turned = {**x, "pos": x["pos"] @ rotation(5).T}
    assert (model(**turned) - model(**x)).abs().max() > 1e-3


@pytest.mark.parametrize("family", FAMILIES)
def test_forces_are_the_gradient_and_vanish_smoothly(tmp_path: Path, family: str) -> None:
    _, module, model = build(tmp_path, family, "E(3)", "molecules", FORCES)
    x = module.example_inputs(batch_size=1, dtype=torch.float64)
    shift = torch.zeros_like(x["pos"])
    shift[1, 2] = 1e-5
    up = model(**{**x, "pos": x["pos"] + shift})["energy"]
    down = model(**{**x, "pos": x["pos"] - shift})["energy"]
    force = model(**x)["forces"][1, 2]
    assert torch.allclose((down - up)[0, 0] / 2e-5, force, rtol=1e-5, atol=1e-7)

    def pair(distance: float) -> dict[str, torch.Tensor]:
        pos = torch.tensor([[0.0, 0, 0], [0.6, 0.0, 0.8]], dtype=torch.float64)
        pos[1] *= distance
        return model(z=torch.tensor([1, 8]), pos=pos, batch=torch.zeros(2, dtype=torch.long))

    near, beyond = pair(5.0 - 1e-4), pair(5.0 + 1e-4)
    assert beyond["forces"].abs().max() == 0
    assert near["forces"].abs().max() < 1e-6
    assert (near["energy"] - beyond["energy"]).abs().max() < 1e-9
    assert pair(4.0)["forces"].abs().max() > 1e-6


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("domain", ["molecules", "point_clouds"])
def test_odd_inputs_stay_finite(tmp_path: Path, family: str, domain: str) -> None:
    spec, _, model = build(tmp_path, family, "E(3)", domain, FORCES)
    generator = torch.Generator().manual_seed(0)
    cloud = torch.randn(5, 3, generator=generator, dtype=torch.float64)
    cases = {
        "one": cloud[:1],
        "two": cloud[:2],
        "all equal": torch.zeros(4, 3, dtype=torch.float64),
        "two coincide": cloud[[0, 0, 1, 2, 3]],
        "isolated": torch.cat([cloud, cloud[:1] + 1e3]),
        "line": torch.arange(4.0, dtype=torch.float64)[:, None] * cloud[:1],
        "many coincide": cloud[:1].expand(24, 3),
    }
    for name, pos in cases.items():
        inputs = {"pos": pos, "batch": torch.zeros(len(pos), dtype=torch.long)}
        if domain == "molecules":
            inputs["z"] = torch.ones(len(pos), dtype=torch.long)
        model.zero_grad()
        result = outputs(spec, model, inputs)
        sum(v.square().sum() for v in result.values()).backward()
        assert all(v.isfinite().all() for v in result.values()), name
        gradients = [p.grad for p in model.parameters() if p.grad is not None]
        assert all(g.isfinite().all() for g in gradients), name


@pytest.mark.parametrize("family", FAMILIES)
def test_ties_among_nearest_neighbours_keep_the_symmetry(tmp_path: Path, family: str) -> None:
    """On a cubic lattice every shell of neighbours is a tie, and the boundary stands in one."""
    _, _, model = build(tmp_path, family, "E(3)", "point_clouds", FORCES, neighbours=8)
    pos = torch.cartesian_prod(*[torch.arange(3.0, dtype=torch.float64)] * 3) - 1
    batch = torch.zeros(len(pos), dtype=torch.long)
    order = torch.randperm(len(pos), generator=torch.Generator().manual_seed(0))
    turn = torch.tensor([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]], dtype=torch.float64)
    forces = model(pos=pos, batch=batch)["forces"]
    permuted = model(pos=pos[order], batch=batch)["forces"]
    turned = model(pos=pos @ rotation(1).T @ turn.T, batch=batch)["forces"]
    scale = forces.abs().max()
    assert scale > 1e-3
    assert (permuted - forces[order]).abs().max() < 1e-10 * scale
    assert (turned - forces @ rotation(1).T @ turn.T).abs().max() < 1e-10 * scale


@pytest.mark.parametrize("domain", ["molecules", "point_clouds"])
def test_samples_without_points_change_nothing(tmp_path: Path, domain: str) -> None:
    _, module, model = build(tmp_path, "nequip", "E(3)", domain, FORCES)
    x = module.example_inputs(batch_size=2, dtype=torch.float64)
    full, gaps = model(**x), model(**{**x, "batch": 2 * x["batch"]})
    assert torch.equal(full["forces"], gaps["forces"])
    assert torch.equal(full["energy"], gaps["energy"][::2])
    assert gaps["energy"][1] == 0


def test_unknown_element_is_refused(tmp_path: Path) -> None:
    _, module, model = build(tmp_path, "nequip", "E(3)", "molecules", FORCES)
    x = module.example_inputs(dtype=torch.float64)
    for number in (0, 26, 118):
        with pytest.raises(ValueError, match=rf"atomic numbers \[{number}\] not in"):
            model(**{**x, "z": torch.full_like(x["z"], number)})


def test_norm_nonlinearity(tmp_path: Path) -> None:
    """A person may write `norm` for `gate` in architecture.yaml."""
    case = ("tensor-field-network", "E(3)", "point_clouds", {"type": "generation"})
    spec, _, _ = build(tmp_path, *case)
    edited = [
        layer.model_copy(update={"nonlinearity": "norm"}) if "tfn" in layer.kind else layer
        for layer in spec.layers
    ]
    layers = completed(edited, spec.fiber)
    total = sum(layer.parameters for layer in layers)
    spec = spec.model_copy(
        update={"layers": layers, "parameters": Parameters(total=total, per_layer={})}
    )
    module = imported(render_model(spec), tmp_path)
    model = shaken(module.build_model().double())
    assert sum(p.numel() for p in model.parameters()) == total
    x = module.example_inputs(dtype=torch.float64)
    g = -rotation(3)
    want = model(**x) @ g.T
    assert (model(**{**x, "pos": x["pos"] @ g.T}) - want).abs().max() < 1e-10 * want.abs().max()


def irreps(*texts: str) -> frozenset[Irrep]:
    return frozenset(Rep.parse(" + ".join(texts), parse_group("O(3)")).irreps)


def test_plan_raises_depth_and_degree_where_they_are_needed() -> None:
    start = tuple(irreps("0e"))
    size = Size(8, 2, 1)
    plain = plan(start, irreps("0e"), size)
    assert plain is not None
    assert plain.degrees == (1, 1)
    assert plain.hidden == ((*sorted(irreps("0e", "1o")),), (*irreps("0e"),))
    pseudoscalar = plan(start, irreps("0o"), size)
    assert pseudoscalar is not None
    assert [*map(set, pseudoscalar.hidden)] == [irreps("0e", "1o"), irreps("1e"), irreps("0o")]
    high = plan(start, irreps("4e"), size)
    assert high is not None
    assert high.degrees == (1, 4)
    feature = plan((*start, *irreps("5o")), irreps("0e"), size)
    assert feature is not None
    assert feature.degrees[0] >= 4
    assert plan(start, irreps("12e"), size) is None


@pytest.mark.parametrize("family", FAMILIES)
def test_objections(tmp_path: Path, family: str) -> None:
    def problem(representation: str | None, **data: Any) -> Any:
        task: Any = {"type": "regression"}
        if representation:
            task["representation"] = representation
        path = request_file(tmp_path, family, "E(3)", "point_clouds", task, **data)
        return understand(load_request(path))[0]

    member = family_by_id(family)
    assert member.objection(problem("1x4e")) is None
    assert "degrees above 11" in str(member.objection(problem("1x12e")))
