"""Families on sets and graphs: counts, symmetry, padding, isolation of samples, no dead parameters."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import torch
from torch import Tensor

from equidesign.design.pipeline import design_architecture
from equidesign.layers.pipeline import pipeline_faults
from equidesign.render.model import render_model
from equidesign.spec.request import request_from_data

TASKS: dict[str, dict[str, Any]] = {
    "classification": {"type": "classification", "classes": 3},
    "regression": {"type": "regression", "targets": 2},
    "regression-per-point": {"type": "regression", "targets": 2, "per": "point"},
    "segmentation": {"type": "segmentation", "classes": 4},
    "generation": {"type": "generation"},
}
DATA: dict[str, dict[str, Any]] = {
    "sets": {"domain": "sets", "features": 3, "size": 9},
    "large-sets": {"domain": "sets", "features": 2, "size": 300},
    "graphs": {"domain": "graphs", "node_features": 3, "nodes": 10},
    "edge-graphs": {"domain": "graphs", "node_features": 2, "edge_features": 2, "nodes": 9},
    "directed-graphs": {
        "domain": "graphs",
        "node_features": 2,
        "edge_features": 1,
        "directed": True,
        "nodes": 9,
    },
}
SETS = [
    (family, data, task)
    for family in ("deepsets", "set-transformer")
    for data in ("sets", "large-sets")
    for task in TASKS
]
GRAPHS = [
    ("message-passing-gnn", data, task)
    for data in ("graphs", "edge-graphs", "directed-graphs")
    for task in TASKS
]
Outputs = dict[str, Tensor]


class Built:
    """A designed model in float64 with all parameters drawn anew."""

    def __init__(
        self, family: str, data: str, task: str, priority: str = "speed", **limits: Any
    ) -> None:
        request = request_from_data(
            {
                "version": 1,
                "name": "test",
                "symmetry": {"group": "S_n"},
                "data": DATA[data],
                "task": TASKS[task],
                "constraints": {"family": family, "priority": priority, **limits},
            }
        )
        self.spec = design_architecture(request).specification
        self.text = render_model(self.spec)
        module: Any = types.ModuleType(f"generated_{family}_{data}_{task}".replace("-", "_"))
        sys.modules[module.__name__] = module
        exec(compile(self.text, module.__name__, "exec"), module.__dict__)
        self.module = module
        torch.manual_seed(0)
        self.model = module.build_model().double().eval()
        for parameter in self.model.parameters():
            parameter.data = 0.3 * torch.randn_like(parameter)

    def inputs(self, batch_size: int = 3, seed: int = 0) -> dict[str, Tensor]:
        items: dict[str, Tensor] = self.module.example_inputs(batch_size, seed, torch.float64)
        return items

    def __call__(self, inputs: Mapping[str, Tensor]) -> Outputs:
        result = self.model(**inputs)
        names = list(self.spec.interface.outputs)
        return result if len(names) > 1 else {names[0]: result}


_built: dict[tuple[Any, ...], Built] = {}


def built(*key: str) -> Built:
    if key not in _built:
        _built[key] = Built(*key)
    return _built[key]


def error(ours: Tensor, theirs: Tensor) -> float:
    assert ours.shape == theirs.shape
    assert ours.isfinite().all()
    assert theirs.isfinite().all()
    scale = theirs.abs().max().clamp(min=1e-300)
    return ((ours - theirs).abs().max() / scale).item()


def compare(ours: Outputs, theirs: Outputs, move: Callable[[str, Tensor], Tensor]) -> float:
    return max(error(ours[name], move(name, theirs[name])) for name in theirs)


def check_common(it: Built, inputs: Mapping[str, Tensor]) -> None:
    """Types, counts, interface, gradients, dependence on the input."""
    spec = it.spec
    assert not [*pipeline_faults(spec.layers, spec.fiber, spec.interface.inputs)]
    assert spec.parameters.total == sum(p.numel() for p in it.model.parameters())
    outputs = it(inputs)
    for name, item in spec.interface.outputs.items():
        assert outputs[name].shape[-1] == item.shape[-1]
        assert len(outputs[name].shape) == len(item.shape)
        assert outputs[name].std() > 0
    sum((value * torch.randn_like(value)).sum() for value in outputs.values()).backward()
    for name, parameter in it.model.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name
        assert parameter.grad.abs().max() > 0, name
    it.model.zero_grad()
    other = it({**inputs, "x": inputs["x"] + torch.randn_like(inputs["x"])})
    for name in outputs:
        assert error(other[name], outputs[name]) > 1e-4


def per_element(it: Built, name: str) -> bool:
    return it.spec.interface.outputs[name].space in ("elements", "nodes")


@pytest.mark.parametrize("key", SETS, ids="-".join)
def test_sets(key: tuple[str, str, str]) -> None:
    it = built(*key)
    inputs = it.inputs()
    x, mask = inputs["x"], inputs["mask"]
    check_common(it, inputs)
    reference = it(inputs)

    order = torch.randperm(x.shape[1])
    moved = it({"x": x[:, order], "mask": mask[:, order]})
    assert compare(moved, reference, lambda n, v: v[:, order] if per_element(it, n) else v) < 1e-10

    samples = torch.tensor([2, 0, 1])
    assert (
        compare(it({"x": x[samples], "mask": mask[samples]}), reference, lambda n, v: v[samples])
        < 1e-10
    )
    alone = it({"x": x[:1], "mask": mask[:1]})
    assert compare(alone, reference, lambda n, v: v[:1]) < 1e-10

    wild = torch.where(mask[..., None], x, torch.nan)
    wild = torch.cat([wild, torch.full_like(wild[:, :5], torch.inf)], dim=1)
    padded = it({"x": wild, "mask": torch.cat([mask, torch.zeros_like(mask[:, :5])], dim=1)})
    size = x.shape[1]
    for name in reference:
        if per_element(it, name):
            assert padded[name][:, size:].abs().max() == 0
            assert reference[name][~mask].abs().sum() == 0
            padded[name] = padded[name][:, :size]
    assert compare(padded, reference, lambda n, v: v) < 1e-10


@pytest.mark.parametrize("key", SETS, ids="-".join)
def test_empty_and_single_sets(key: tuple[str, str, str]) -> None:
    it = built(*key)
    x = torch.randn(3, 4, DATA[key[1]]["features"], dtype=torch.float64, requires_grad=True)
    mask = torch.tensor([[False] * 4, [False, True, False, False], [True] * 4])
    outputs = it({"x": x, "mask": mask})
    sum(value.sum() for value in outputs.values()).backward()
    assert all(value.isfinite().all() for value in outputs.values())
    assert x.grad is not None
    assert x.grad.isfinite().all()
    assert x.grad[~mask].abs().max() == 0
    longer = it(
        {"x": torch.randn(1, 7, x.shape[2], dtype=x.dtype), "mask": torch.zeros(1, 7).bool()}
    )
    for name, value in outputs.items():
        if not per_element(it, name):
            assert error(longer[name], value[:1]) < 1e-10


@pytest.mark.parametrize("family", ["deepsets", "set-transformer"])
def test_set_size_matters(family: str) -> None:
    """Repeating every element changes the output: the model can count."""
    it = built(family, "sets", "regression")
    inputs = it.inputs()
    twice = {key: torch.cat([value, value], dim=1) for key, value in inputs.items()}
    assert error(it(twice)["prediction"], it(inputs)["prediction"]) > 1e-3


@pytest.mark.parametrize("family", ["deepsets", "set-transformer"])
def test_autoencoder_tells_elements_apart(family: str) -> None:
    """Reconstructions of different elements differ, those of equal elements agree."""
    it = built(family, "sets", "generation")
    x = torch.randn(1, 6, 3, dtype=torch.float64)
    x[:, 5] = x[:, 0]
    found = it({"x": x, "mask": torch.ones(1, 6).bool()})["reconstruction"][0]
    assert error(found[5], found[0]) < 1e-10
    distance = torch.cdist(found[:5], found[:5]) + torch.eye(5)
    assert distance.min() > 1e-3


def relabelled(inputs: Mapping[str, Tensor]) -> tuple[dict[str, Tensor], Tensor]:
    """Nodes in another order (samples interleaved), edges in another order."""
    order = torch.randperm(len(inputs["x"]))
    edges = torch.randperm(inputs["edge_index"].shape[1])
    place = torch.empty_like(order)
    place[order] = torch.arange(len(order))
    moved = {"x": inputs["x"][order], "batch": inputs["batch"][order]}
    moved["edge_index"] = place[inputs["edge_index"]][:, edges]
    if "edge_attr" in inputs:
        moved["edge_attr"] = inputs["edge_attr"][edges]
    return moved, order


@pytest.mark.parametrize("key", GRAPHS, ids="-".join)
def test_graphs(key: tuple[str, str, str]) -> None:
    it = built(*key)
    inputs = it.inputs()
    check_common(it, inputs)
    reference = it(inputs)
    moved, order = relabelled(inputs)
    by_node = compare(it(moved), reference, lambda n, v: v[order] if per_element(it, n) else v)
    assert by_node < 1e-10

    samples = it({**inputs, "batch": 2 - inputs["batch"]})
    assert compare(samples, reference, lambda n, v: v if per_element(it, n) else v.flip(0)) < 1e-10

    first = inputs["batch"] == 0
    kept = first[inputs["edge_index"][0]]
    alone = {"x": inputs["x"][first], "batch": inputs["batch"][first]}
    alone["edge_index"] = inputs["edge_index"][:, kept]
    if "edge_attr" in inputs:
        alone["edge_attr"] = inputs["edge_attr"][kept]
    found = compare(it(alone), reference, lambda n, v: v[first] if per_element(it, n) else v[:1])
    assert found < 1e-10


@pytest.mark.parametrize("key", GRAPHS, ids="-".join)
def test_graphs_without_edges(key: tuple[str, str, str]) -> None:
    """One node alone, no edge at all: finite, with finite gradients."""
    it = built(*key)
    data = DATA[key[1]]
    x = torch.randn(3, data["node_features"], dtype=torch.float64, requires_grad=True)
    inputs = {
        "x": x,
        "edge_index": torch.zeros(2, 0, dtype=torch.int64),
        "batch": torch.tensor([0, 0, 1]),
    }
    if "edge_features" in data:
        inputs["edge_attr"] = torch.zeros(0, data["edge_features"], dtype=torch.float64)
    outputs = it(inputs)
    sum(value.sum() for value in outputs.values()).backward()
    assert all(value.isfinite().all() for value in outputs.values())
    assert x.grad is not None
    assert x.grad.isfinite().all()


@pytest.mark.parametrize("data", ["graphs", "edge-graphs", "directed-graphs"])
def test_edges_matter(data: str) -> None:
    """Dropping edges, and turning directed ones around, changes the outputs."""
    it = built("message-passing-gnn", data, "segmentation")
    inputs = it.inputs()
    reference = it(inputs)["logits"]
    half = inputs["edge_index"].shape[1] // 2
    fewer = {**inputs, "edge_index": inputs["edge_index"][:, :half]}
    if "edge_attr" in inputs:
        fewer["edge_attr"] = inputs["edge_attr"][:half]
        assert (
            error(it({**inputs, "edge_attr": 2 * inputs["edge_attr"]})["logits"], reference) > 1e-4
        )
    assert error(it(fewer)["logits"], reference) > 1e-4
    turned = error(it({**inputs, "edge_index": inputs["edge_index"].flip(0)})["logits"], reference)
    if data == "directed-graphs":
        assert turned > 1e-4


@pytest.mark.parametrize("data", ["graphs", "directed-graphs"])
def test_edge_logits(data: str) -> None:
    """Scores of pairs move with the nodes; only directed graphs score the two directions apart."""
    it = built("message-passing-gnn", data, "generation")
    inputs = it.inputs()
    pairs = inputs["edge_index"]
    scores = it.model.decoder.edge_logits(it(inputs)["latent"], pairs)
    assert scores.shape == pairs.shape[1:]
    moved, order = relabelled(inputs)
    place = torch.empty_like(order)
    place[order] = torch.arange(len(order))
    again = it.model.decoder.edge_logits(it(moved)["latent"], place[pairs])
    assert error(again, scores) < 1e-10
    turned = it.model.decoder.edge_logits(it(inputs)["latent"], pairs.flip(0))
    assert (error(turned, scores) > 1e-4) == (data == "directed-graphs")
