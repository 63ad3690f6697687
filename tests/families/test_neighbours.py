"""Neighbour search of generated models: the edges are those of comparing all pairs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from points_building import FORCES, build, rotation, shaken
from torch import Tensor

from equidesign.design.pipeline import design_architecture
from equidesign.resources import data_dir
from equidesign.spec.request import request_from_data

FRAGMENT = Path(str(data_dir("templates"))) / "code" / "points" / "graph.py.jinja"
GRAPH: dict[str, Any] = {}
exec(compile(FRAGMENT.read_text(encoding="utf-8"), str(FRAGMENT), "exec"), GRAPH)
DTYPES = {"float32": torch.float32, "float64": torch.float64}
KINDS = ("uniform", "lattice", "duplicates", "outliers", "shifted", "one place", "line")


def brute_force(pos: Tensor, batch: Tensor, cutoff: float) -> set[tuple[int, int]]:
    """Compare every point with all others, one point at a time."""
    edges = set()
    for centre in range(len(pos)):
        near = (pos[centre] - pos).square().sum(1) < cutoff**2
        near &= batch == batch[centre]
        edges |= {(j, centre) for j in near.nonzero().flatten().tolist() if j != centre}
    return edges


def by_cells(pos: Tensor, batch: Tensor, cutoff: float) -> list[tuple[int, int]]:
    """Return the edges of the cell list, whatever the size."""
    squared, centre, neighbour = GRAPH["pairs_by_cells"](pos, batch, cutoff)
    near = (squared < cutoff**2) & (centre != neighbour)
    return list(zip(neighbour[near].tolist(), centre[near].tolist(), strict=True))


def edges_of(graph: tuple[Tensor, Tensor, float]) -> list[tuple[int, int]]:
    """Return the edges of a graph as pairs of numbers."""
    return [(int(i), int(j)) for i, j in graph[0].T.tolist()]


def cloud(kind: str, size: int, dimension: int, dtype: torch.dtype, seed: int) -> Tensor:
    """Return points in units of the cutoff."""
    torch.manual_seed(seed)
    pos = 5 * torch.rand(size, dimension, dtype=dtype)
    if kind == "lattice":
        return (2 * pos).round() / 2 - 1
    if kind == "duplicates":
        return pos[torch.randint(0, max(size // 3, 1), (size,))] if size else pos
    if kind == "outliers":
        far = torch.logspace(0, 25, 26).to(dtype)[torch.randint(0, 26, (size, 1))]
        return torch.where(torch.rand(size, 1) < 0.2, far * (pos - 2), pos)
    if kind == "shifted":
        return pos + 10.0 ** float(torch.randint(2, 18, ()))
    if kind == "one place":
        return pos[:1].expand_as(pos).clone()
    if kind == "line":
        return 0.999 * torch.arange(size, dtype=dtype)[:, None].expand(size, dimension)
    return pos


@given(
    kind=st.sampled_from(KINDS),
    size=st.integers(0, 600),
    dimension=st.sampled_from([2, 3]),
    dtype=st.sampled_from([*DTYPES]),
    samples=st.integers(1, 5),
    cutoff=st.sampled_from([0.01, 0.1, 1.0, 5.0, 1e5]),
    wide=st.sampled_from([1.0, 1.0, 0.5, 20.0]),
    seed=st.integers(0, 2**20),
)
@settings(deadline=None, max_examples=60)
def test_every_edge_is_found_once(
    kind: str,
    size: int,
    dimension: int,
    dtype: str,
    samples: int,
    cutoff: float,
    wide: float,
    seed: int,
) -> None:
    pos = cutoff * cloud(kind, size, dimension, DTYPES[dtype], seed)
    batch = torch.randint(0, samples, (size,))  # some samples may be empty
    expected = brute_force(pos, batch, wide * cutoff)
    for found in (
        by_cells(pos, batch, wide * cutoff),
        edges_of(GRAPH["radius_graph"](pos, batch, wide * cutoff)),
    ):
        assert len(found) == len(set(found))
        assert set(found) == expected


@pytest.mark.parametrize("dtype", DTYPES.values(), ids=DTYPES)
@pytest.mark.parametrize("cutoff", [0.1, 1.0, 1 / 3, 2.65677366289831])
def test_points_at_the_edge_of_a_cell(dtype: torch.dtype, cutoff: float) -> None:
    """Coordinates a rounding error around multiples of the cutoff and of a cell, up to huge ones."""
    for scale in (1.0, 2.0**10, 2.0**20, 2.0**39, 2.0**40, 2.0**41, 2.0**50, 1e30):
        for side in (cutoff, 1.001 * cutoff):
            places = (torch.arange(-4, 5, dtype=dtype) + scale) * side
            line, up, down = places, places, places
            for _ in range(3):
                up = torch.nextafter(up, torch.full_like(up, torch.inf))
                down = torch.nextafter(down, torch.full_like(down, -torch.inf))
                line = torch.cat([line, up, down])
            pos = torch.stack([line, torch.zeros_like(line)], 1)
            batch = torch.zeros(len(pos), dtype=torch.int64)
            found = by_cells(pos, batch, cutoff)
            assert len(found) == len(set(found))
            assert set(found) == brute_force(pos, batch, cutoff)


def test_large_samples_take_linear_memory() -> None:
    """Candidates stay a few times the edges, for one far-away point and for samples of any sizes."""
    torch.manual_seed(0)
    pos = torch.rand(4000, 3) * 4000 ** (1 / 3)
    pos[0] = 1e20
    batch = torch.zeros(4000, dtype=torch.int64)
    batch[3000:] = torch.arange(1000) % 300 + 7
    squared, _, _ = GRAPH["pairs_by_cells"](pos, batch, 1.5)
    near = int((squared < 1.5**2).sum())
    assert near > 4000
    assert len(squared) < 10 * near


def test_vectors_are_differentiable_and_sums_repeat() -> None:
    torch.manual_seed(0)
    pos = (8 * torch.rand(700, 3, dtype=torch.float64)).requires_grad_()
    batch = torch.zeros(700, dtype=torch.int64)
    edge_index, vectors, _ = GRAPH["radius_graph"](pos, batch, 1.5)
    (gradient,) = torch.autograd.grad(vectors.pow(4).sum(), pos)
    expected = torch.zeros_like(gradient)
    slope = 4 * vectors.detach().pow(3)
    expected = expected.index_add(0, edge_index[0], slope).index_add(0, edge_index[1], -slope)
    assert gradient.abs().max() > 1
    assert torch.allclose(gradient, expected, rtol=1e-12, atol=1e-12)
    again = GRAPH["radius_graph"](pos, batch, 1.5)
    assert torch.equal(again[0], edge_index)
    assert torch.equal(again[1], vectors)


@pytest.mark.parametrize("family", ["nequip", "painn", "schnet", "egnn"])
def test_large_samples_keep_the_symmetry(family: str, tmp_path: Path) -> None:
    """Turned, shifted and reordered atoms of a sample that is searched by cells, in a batch with a small one."""
    data = {"species": ["H", "C"], "cutoff": 1.5, "neighbours": 10}
    _, module, model = build(tmp_path, family, "E(3) x S_n", "molecules", FORCES, **data)
    calls: list[int] = []
    search = module.pairs_by_cells
    module.pairs_by_cells = lambda *args: calls.append(1) or search(*args)
    shaken(model)
    pos = 6.5 * torch.rand(620, 3, dtype=torch.float64)
    z = torch.tensor([1, 6])[torch.randint(0, 2, (620,))]
    batch = (torch.arange(620) < 20).long()
    before = model(z=z, pos=pos, batch=batch)
    g, order = -rotation(3), torch.randperm(620)
    moved = (pos @ g.T + 7)[order]
    after = model(z=z[order], pos=moved, batch=batch[order])
    assert len(calls) == 2
    for name, expected in (
        ("energy", before["energy"]),
        ("forces", (before["forces"] @ g.T)[order]),
    ):
        assert expected.abs().max() > 0
        assert (after[name] - expected).abs().max() < 1e-10 * expected.abs().max()


def test_a_search_of_all_pairs_is_told() -> None:
    """A design for many points without a cutoff says what its search costs."""
    for points, cutoff, told in ((5000, None, True), (5000, 0.1, False), (500, None, False)):
        data = {"domain": "point_clouds", "points": points, "cutoff": cutoff}
        request = {
            "version": 1,
            "name": "case",
            "symmetry": {"group": "E(3)"},
            "data": {key: value for key, value in data.items() if value is not None},
            "task": {"type": "classification", "classes": 3},
        }
        spec = design_architecture(request_from_data(request)).specification
        assert any("all pairs" in text for text in spec.caveats) == told
