"""Drawn inputs are what the interface says, of realistic spacing, and decided by the seed."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from equidesign.errors import InputError
from equidesign.spec.specification import Interface, TensorSpec
from equidesign.verify.draw import draw_inputs, drawn_blindly

SEEDS = range(8)
POS: dict[str, Any] = {
    "shape": ("points", 3),
    "space": "points",
    "rep": "1x1o",
    "translates": True,
}
BATCH: dict[str, Any] = {
    "shape": ("points",),
    "dtype": "int64",
    "space": "points",
    "role": "batch",
}
EDGES: dict[str, Any] = {
    "shape": (2, "edges"),
    "dtype": "int64",
    "space": "edges",
    "role": "edge_index",
}


def draw(
    group: str = "E(3) x S_n",
    *,
    batch: int = 3,
    seed: int = 0,
    sizes: dict[str, int] | None = None,
    cutoff: float | None = None,
    **inputs: dict[str, Any],
) -> dict[str, Tensor]:
    specs = {name: TensorSpec(**spec) for name, spec in inputs.items()}
    output = {"output": TensorSpec(shape=("samples", 1))}
    interface = Interface(group=group, sizes=sizes or {}, inputs=specs, outputs=output)
    found = draw_inputs(interface, batch, seed, cutoff=cutoff)
    assert list(found) == list(inputs)
    for name, spec in specs.items():
        dtype = spec.dtype if "float" not in spec.dtype else "float32"
        assert str(found[name].dtype) == f"torch.{dtype}"
        assert found[name].dim() == len(spec.shape)
        for want, got in zip(spec.shape, found[name].shape, strict=True):
            assert not isinstance(want, int) or want == got
        assert not found[name].is_floating_point() or found[name].isfinite().all()
    return found


def nearest(pos: Tensor) -> Tensor:
    distance = torch.cdist(pos.double(), pos.double()).fill_diagonal_(torch.inf)
    return distance.min(1).values


def test_the_seed_decides() -> None:
    one, same, other = (draw(pos=POS, batch_=BATCH, seed=seed) for seed in (1, 1, 2))
    assert all(torch.equal(one[name], same[name]) for name in one)
    assert one["pos"].shape != other["pos"].shape or not torch.equal(one["pos"], other["pos"])


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("batch", "size"), [(1, None), (2, None), (5, 30), (3, 1)])
def test_samples_are_sorted_and_of_several_sizes(seed: int, batch: int, size: int | None) -> None:
    sizes = {"points": size} if size else {}
    owner = draw(pos=POS, b=BATCH, batch=batch, sizes=sizes, seed=seed)["b"]
    counts = owner.bincount()
    assert len(counts) == batch
    assert (owner.diff() >= 0).all()
    if size != 1:
        assert counts.min() >= 2
        assert batch == 1 or len(counts.unique()) > 1
    mean = size or 8
    assert 0.6 * mean <= counts.double().mean() <= 1.4 * mean


@pytest.mark.parametrize("dim", [1, 2, 3, 4, 5, 8])
@pytest.mark.parametrize("count", [2, 3, 8, 100])
def test_points_keep_their_distance(dim: int, count: int) -> None:
    for seed in SEEDS:
        pos = draw(pos={**POS, "shape": (count, dim)}, seed=seed, group=f"E({dim})")["pos"]
        apart = nearest(pos)
        assert apart.min() > 0.2
        assert 0.5 < apart.mean() < (2.0 if dim <= 4 else 3.0)


@pytest.mark.parametrize(
    ("more", "spacing"),
    [({"space": "atoms"}, 1.2), ({"unit": "Å"}, 1.2), ({"scale": 7.0}, 7.0), ({}, 1.0)],
)
def test_spacing(more: dict[str, Any], spacing: float) -> None:
    apart = [
        nearest(draw(pos={**POS, "shape": (50, 3), **more}, seed=seed)["pos"]) for seed in SEEDS
    ]
    assert 0.75 * spacing < torch.stack(apart).mean() < 1.25 * spacing


def test_a_small_cutoff_brings_points_together() -> None:
    pos = draw(pos={**POS, "shape": (50, 3)}, cutoff=0.5)["pos"]
    assert ((torch.cdist(pos, pos) < 0.5).sum(1) > 2).double().mean() > 0.5


def test_dense_points() -> None:
    found = draw(pos={**POS, "shape": ("samples", 16, 3)}, batch=4)["pos"]
    assert found.shape == (4, 16, 3)
    assert all(nearest(each).min() > 0.2 for each in found)
    assert not torch.equal(found[0], found[1])
    named = draw(pos={**POS, "shape": ("samples", "points", 3)}, batch=4, sizes={"points": 5})
    assert named["pos"].shape == (4, 5, 3)


def test_a_fixed_number_of_points_is_shared() -> None:
    found = draw(pos={**POS, "shape": (16, 3)}, b={**BATCH, "shape": (16,)}, batch=3)
    assert found["b"].bincount().tolist() == [6, 5, 5]
    with pytest.raises(InputError, match="cannot be shared among 3"):
        draw(pos={**POS, "shape": (2, 3)}, b={**BATCH, "shape": (2,)}, batch=3)


def check_edges(edges: Tensor, owner: Tensor) -> None:
    pairs = {tuple(pair) for pair in edges.T.tolist()}
    assert len(pairs) == edges.shape[1]
    assert all(i != j for i, j in pairs)
    assert {(j, i) for i, j in pairs} == pairs
    assert {i for i, _ in pairs} == set(range(len(owner)))
    assert torch.equal(owner[edges[0]], owner[edges[1]])


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("size", ["points", "nodes"])
def test_edges(seed: int, size: str) -> None:
    features = {"shape": (size, 4), "space": "nodes", "rep": "4xtrivial"}
    found = draw(
        "S_n",
        x=features,
        edge_index=EDGES,
        b={**BATCH, "shape": (size,)},
        edge_attr={"shape": ("edges", 2), "space": "edges"},
        seed=seed,
    )
    check_edges(found["edge_index"], found["b"])
    assert len(found["edge_attr"]) == found["edge_index"].shape[1]
    alone = draw("S_n", x=features, edge_index=EDGES, seed=seed)
    check_edges(alone["edge_index"], torch.zeros(len(alone["x"]), dtype=torch.int64))


def test_edges_join_near_points() -> None:
    found = draw(pos=POS, edge_index=EDGES, b=BATCH, sizes={"points": 30, "edges": 120})
    pos, (i, j) = found["pos"], found["edge_index"]
    joined = (pos[i] - pos[j]).norm(dim=1).mean()
    same = found["b"][:, None] == found["b"]
    assert joined < 0.7 * torch.cdist(pos, pos)[same].mean()
    assert 0.8 * 3 * 120 < len(i) < 1.3 * 3 * 120


def test_a_fixed_number_of_edges() -> None:
    fixed = {**EDGES, "shape": (2, 24)}
    x = {"shape": (8, 2), "space": "nodes"}
    edges = draw("S_n", x=x, edge_index=fixed)["edge_index"]
    check_edges(edges, torch.zeros(8, dtype=torch.int64))
    with pytest.raises(InputError, match="at most 56 edges"):
        draw("S_n", x=x, edge_index={**EDGES, "shape": (2, 60)})


def test_edges_may_be_declared_before_and_sized_by_others() -> None:
    found = draw("S_n", w={"shape": ("edges",), "space": "edges"}, edge_index=EDGES, b=BATCH)
    assert len(found["w"]) == found["edge_index"].shape[1]
    assert (
        draw("S_n", edge_weight={"shape": ("edges",), "space": "edges"}, edge_index=EDGES)[
            "edge_weight"
        ].min()
        > 0
    )


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("batch", [1, 2, 6])
def test_masks_are_partly_false_and_never_empty(seed: int, batch: int) -> None:
    mask = {"dtype": "bool", "role": "mask", "space": "elements"}
    sets = draw("S_n", m={**mask, "shape": ("samples", "elements")}, seed=seed, batch=batch)["m"]
    assert sets.any(1).all()
    assert not sets.all(1).any()
    table = draw("S_n", m={**mask, "shape": ("samples", 5, 9)}, seed=seed, batch=batch)["m"]
    assert table.any(1).all()
    assert table.any(2).all()
    assert not table.all()
    flat = draw("S_n", m={**mask, "shape": ("points",)}, b=BATCH, seed=seed, batch=batch)
    assert all(flat["m"][flat["b"] == sample].any() for sample in range(batch))


@pytest.mark.parametrize("seed", SEEDS)
def test_crystals(seed: int) -> None:
    cell = {"shape": ("samples", 3, 3), "rep": "1x1o", "role": "cell"}
    found = draw(pos={**POS, "space": "atoms"}, cell=cell, b=BATCH, seed=seed)
    lattice = found["cell"].double()
    cosine = torch.nn.functional.cosine_similarity(lattice[:, 0], lattice[:, 1])
    assert (cosine.abs() > 1e-4).all()
    fraction = (found["pos"].double()[:, None] @ lattice[found["b"]].inverse())[:, 0]
    assert fraction.min() >= 0
    assert fraction.max() < 1
    shifts = torch.cartesian_prod(*[torch.tensor([-1.0, 0.0, 1.0])] * 3).double()
    for sample, vectors in enumerate(lattice):
        pos = found["pos"].double()[found["b"] == sample]
        images = (pos[:, None] + shifts @ vectors).flatten(0, 1)
        distance = torch.cdist(pos, images)
        assert distance[distance > 1e-9].min() > 0.35
    one = draw(pos=POS, cell={**cell, "shape": (3, 3)}, seed=seed)
    assert one["cell"].shape == (3, 3)


def test_integers() -> None:
    z = {"shape": ("points",), "dtype": "int64", "space": "atoms"}
    kind = {"shape": ("points",), "dtype": "int32", "values": (3, 7)}
    found = draw(z=z, kind=kind, other={**z, "space": "points"}, b=BATCH, batch=20)
    assert set(found["z"].tolist()) == {1, 6, 7, 8}
    assert set(found["kind"].tolist()) == {3, 7}
    assert set(found["other"].tolist()) == {0, 1, 2}


def test_which_integers_are_drawn_blindly() -> None:
    whole = {"shape": ("points",), "dtype": "int64"}
    specs = {
        "a": TensorSpec(**whole),
        "b": TensorSpec(**whole, values=(1,)),
        "c": TensorSpec(**BATCH),
    }
    assert drawn_blindly(Interface(group="S_n", inputs=specs, outputs={})) == ["a"]


@pytest.mark.parametrize(
    ("space", "shape"),
    [
        ("pixels", ("samples", 3, 28, 31)),
        ("voxels", ("samples", 1, 12, 13, 14)),
        ("sphere", ("samples", 2, 20, 20)),
    ],
)
def test_grids_are_smooth_but_not_flat(space: str, shape: tuple[Any, ...]) -> None:
    x = draw("SO(3)", x={"shape": shape, "space": space, "scale": 5.0}, batch=4)["x"]
    assert 3.5 < x.std() < 6.5
    step = x.diff(dim=-1).square().mean().sqrt()
    assert 0.02 * x.std() < step < 0.9 * x.std()
    assert not torch.allclose(x[0], x[1])


def test_signals_on_the_sphere_are_functions_of_the_point() -> None:
    from equidesign.verify.actions import sphere_points

    x = draw("SO(3)", x={"shape": (1, 1, 40, 40), "space": "sphere"})["x"][0, 0].double()
    near_pole = x[0]
    assert near_pole.std() < 0.15 * x.std()
    assert sphere_points(40)[0, :, 1].min() > 0.99


def test_scale_and_times() -> None:
    found = draw(
        t={"shape": ("samples",)},
        field={"shape": ("samples", 3), "rep": "1x1o", "scale": 100.0},
        x={"shape": ("samples", 4, 128), "space": "positions"},
        batch=200,
    )
    assert 0 <= found["t"].min() < 0.1
    assert 0.9 < found["t"].max() <= 1
    assert 80 < found["field"].std() < 120
    assert 0.9 < found["x"].std() < 1.1


def test_four_vectors_are_time_like() -> None:
    x = draw("SO(1,3)", x={"shape": ("samples", 14), "rep": "2xS + 3xV"}, batch=50)["x"].double()
    vectors = x[:, 2:].reshape(-1, 4)
    assert (vectors[:, 0] > 0).all()
    assert (vectors[:, 0] ** 2 - vectors[:, 1:].square().sum(1) > 0.2).all()


def test_defaults_of_torch_do_not_matter() -> None:
    before = draw(pos=POS, b=BATCH)["pos"]
    torch.set_default_dtype(torch.float64)
    try:
        after = draw(pos=POS, b=BATCH)["pos"]
    finally:
        torch.set_default_dtype(torch.float32)
    assert torch.equal(before, after)
