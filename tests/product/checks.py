"""Measures the equivariance error of a built model against the oracle, domain by domain."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import torch
from e3nn import o3
from oracle import (
    F64,
    Element,
    mix,
    planar_matrix,
    random_rotation,
    relative,
    representation,
    turn_about,
    turn_image,
    wigner,
)
from torch import Tensor

Tensors = dict[str, Tensor]


def outputs_of(model: torch.nn.Module, inputs: Tensors, task: dict[str, Any]) -> Tensors:
    """Run the model; name a single output as the documentation names it."""
    with torch.no_grad():
        result = model(**inputs)
    if isinstance(result, dict):
        return result
    names = {
        "classification": "logits",
        "segmentation": "logits",
        "regression": "prediction",
        "generation": "velocity",
        "pose_estimation": "rotation",
        "force_prediction": "forces",
    }
    return {names[task["type"]]: result}


def shake(model: torch.nn.Module, seed: int) -> None:
    """Move every parameter, so that no zero initialisation can hide anything."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            noise = torch.randn(parameter.shape, generator=generator, dtype=F64)
            parameter.add_(0.2 * noise.to(parameter))


def error(model: torch.nn.Module, inputs: Tensors, cell: Any, seed: int = 0) -> float:
    """The largest relative error over the elements that the request's group has on this domain."""
    generator = torch.Generator().manual_seed(seed)
    move = {
        "images": _images,
        "sphere": _sphere,
        "point_clouds": _points,
        "molecules": _points,
        "sets": _sets,
        "graphs": _graphs,
    }[cell.data["domain"]]
    worst = 0.0
    for base, moved, expected in move(inputs, cell, generator):
        plain = outputs_of(model, base, cell.task)
        got = outputs_of(model, moved, cell.task)
        assert got.keys() == plain.keys()
        for name, value in plain.items():
            if name != "latent":
                worst = max(worst, relative(got[name], expected(name, value)))
    return worst


Move = Iterator[tuple[Tensors, Tensors, Callable[[str, Tensor], Tensor]]]


def _group(cell: Any) -> str:
    name = cell.group.replace(" ", "").removesuffix("xS_n").replace("_", "")
    return {"p4": "C4", "Z4": "C4", "p4m": "D4", "SE(2)": "SO(2)", "E(2)": "O(2)"}.get(name, name)


def _images(inputs: Tensors, cell: Any, generator: torch.Generator) -> Move:
    group = _group(cell)
    x = inputs["x"]
    if group in ("trivial", "T(2)"):
        if group == "T(2)":
            for shift in ((3, 5), (-1, 2)):
                yield (
                    inputs,
                    {"x": x.roll(shift, (2, 3))},
                    lambda name, v, s=shift: v.roll(s, (2, 3)) if v.dim() == 4 else v,
                )
        return
    quarter = {"S": 1, "O": 1}.get(group[0]) or 4 // math.gcd(4, int(group[1:]))
    flips = (False, True) if group[0] in "DO" else (False,)
    for turns in range(0, 4, quarter):
        for flip in flips:
            if turns == 0 and not flip:
                continue
            element: Element = {"turns": turns, "flip": flip, "matrix": planar_matrix(turns, flip)}
            moved = turn_image(x, turns, flip)
            if cell.data.get("input") == "vector":
                moved = mix(_stack(element["matrix"], x.shape[1] // 2), moved, 1)
            yield inputs, {"x": moved}, _image_output(cell, group, element)


def _stack(matrix: Tensor, count: int) -> Tensor:
    return torch.block_diag(*[matrix] * count)


def _image_output(cell: Any, group: str, element: Element) -> Callable[[str, Tensor], Tensor]:
    def expected(name: str, value: Tensor) -> Tensor:
        if name in ("rotation", "translation"):
            return mix(element["matrix"], value, 1)
        if value.dim() == 4:
            value = turn_image(value, element["turns"], element["flip"])
        if name == "reconstruction" and cell.data.get("input") == "vector":
            return mix(_stack(element["matrix"], value.shape[1] // 2), value, 1)
        if rep := cell.task.get("representation"):
            return mix(representation(rep, group, element), value, 1)
        return value

    return expected


def _sphere(inputs: Tensors, cell: Any, generator: torch.Generator) -> Move:
    group, x = _group(cell), inputs["x"]
    side = x.shape[-1]
    b = side // 2
    axis = turn_about("y", math.pi / b)
    yield inputs, {"x": x.roll(1, 3)}, _sphere_output(cell, axis, lambda v: v.roll(1, 3))
    if group == "O(3)":
        mirror = torch.diag(torch.tensor([1.0, -1.0, 1.0], dtype=F64))
        yield inputs, {"x": x.flip(2)}, _sphere_output(cell, mirror, lambda v: v.flip(2))

        def reverse(v: Tensor) -> Tensor:
            return v.flip(3).roll(1, 3)  # longitude a -> -a keeps column 0

        mirror = torch.diag(torch.tensor([-1.0, 1.0, 1.0], dtype=F64))
        yield inputs, {"x": reverse(x)}, _sphere_output(cell, mirror, reverse)
    if group == "SO(2)":
        return
    irreps = o3.Irreps([(1, (degree, 1)) for degree in range(b)])
    beta = (torch.arange(side, dtype=F64) + 0.5) * math.pi / side
    alpha = torch.arange(side, dtype=F64) * 2 * math.pi / side
    points = o3.angles_to_xyz(*torch.meshgrid(alpha, beta, indexing="ij")).movedim(0, 1)
    basis = o3.spherical_harmonics(irreps, points, normalize=True)
    for _ in range(2):
        rotation = random_rotation(generator)
        turn = torch.block_diag(*[wigner(degree, rotation) for degree in range(b)])

        def rotated(v: Tensor, turn: Tensor = turn) -> Tensor:
            flat, grid = basis.reshape(-1, basis.shape[-1]), v.flatten(2)
            coefficients = torch.linalg.lstsq(flat, grid.flatten(0, 1).T).solution
            residual = flat @ coefficients - grid.flatten(0, 1).T
            assert residual.abs().max() < 1e-9 * grid.abs().max(), "not band-limited"
            return (flat @ turn @ coefficients).T.reshape(v.shape)

        smooth = torch.randn(*x.shape[:2], irreps.dim, generator=generator, dtype=F64)
        signal = torch.einsum("bci,jki->bcjk", smooth, basis).to(x)
        yield {"x": signal}, {"x": rotated(signal)}, _sphere_output(cell, rotation, rotated)


def _sphere_output(
    cell: Any, matrix: Tensor, move: Callable[[Tensor], Tensor]
) -> Callable[[str, Tensor], Tensor]:
    def expected(name: str, value: Tensor) -> Tensor:
        if value.dim() == 4:
            return move(value)
        if name == "rotation":
            return mix(matrix, value, 1)
        if rep := cell.task.get("representation"):
            return mix(representation(rep, "", {"matrix": matrix}), value, 1)
        return value

    return expected


def _points(inputs: Tensors, cell: Any, generator: torch.Generator) -> Move:
    group, dimension = _group(cell), cell.data.get("dimension", 3)
    batch = inputs["batch"]
    for kind in range(4):
        order = torch.randperm(len(batch), generator=generator)
        if dimension == 2:
            flip = kind % 2 == 1 and group == "O(2)"
            turns = float(torch.rand((), generator=generator)) * 4
            element: Element = {"turns": turns, "flip": flip, "matrix": planar_matrix(turns, flip)}
        elif group in ("SO(2)", "O(2)"):
            name = cell.data.get("preferred_axis", "z")
            matrix = turn_about(name, float(torch.rand((), generator=generator)) * 6.3)
            if group == "O(2)" and kind % 2:
                mirror = torch.eye(3, dtype=F64)
                mirror["xyz".index(name) - 1, "xyz".index(name) - 1] = -1
                matrix = matrix @ mirror
            element = {"matrix": matrix}
        else:
            improper = kind % 2 == 1 and group in ("O(3)", "E(3)")
            element = {"matrix": random_rotation(generator) * (-1 if improper else 1)}
        shifts = cell.group.replace(" ", "").startswith(("SE", "E")) and kind > 1
        shift = 3 * torch.randn(dimension, generator=generator, dtype=F64) * shifts
        pos = inputs["pos"]
        moved = dict(inputs)
        moved["pos"] = (pos @ element["matrix"].T.to(pos) + shift.to(pos))[order]
        for name in ("z", "batch", "x"):
            if name in inputs:
                moved[name] = inputs[name][order]
        features = cell.data.get("features")
        if isinstance(features, str):
            moved["x"] = mix(representation(features, "", element), moved["x"], 1)
        yield inputs, moved, _point_output(cell, group, element, shift, order, len(batch))


def _point_output(
    cell: Any, group: str, element: Element, shift: Tensor, order: Tensor, count: int
) -> Callable[[str, Tensor], Tensor]:
    def expected(name: str, value: Tensor) -> Tensor:
        if name in ("forces", "velocity", "rotation"):
            value = mix(element["matrix"], value, 1)
        elif name == "translation":
            value = mix(element["matrix"], value, 1) + shift.to(value)
        elif rep := cell.task.get("representation"):
            value = mix(representation(rep, group, element), value, 1)
        per_point = name in ("forces", "velocity") or cell.task.get("per") == "point"
        if per_point or cell.task["type"] == "segmentation":
            assert len(value) == count
            return value[order]
        return value

    return expected


def _sets(inputs: Tensors, cell: Any, generator: torch.Generator) -> Move:
    x, mask = inputs["x"], inputs["mask"]
    for _ in range(3):
        order = torch.randperm(x.shape[1], generator=generator)
        noise = torch.randn(x.shape, generator=generator, dtype=F64).to(x)
        padded = torch.where(mask[..., None], x, noise)

        def expected(name: str, value: Tensor, order: Tensor = order) -> Tensor:
            return value[:, order] if value.dim() == 3 else value

        yield inputs, {"x": padded[:, order], "mask": mask[:, order]}, expected


def _graphs(inputs: Tensors, cell: Any, generator: torch.Generator) -> Move:
    count, edges = len(inputs["x"]), inputs["edge_index"].shape[1]
    for _ in range(3):
        order = torch.randperm(count, generator=generator)
        shuffled = torch.randperm(edges, generator=generator)
        new_name = torch.argsort(order)
        moved = {
            "x": inputs["x"][order],
            "batch": inputs["batch"][order],
            "edge_index": new_name[inputs["edge_index"]][:, shuffled],
        }
        if "edge_attr" in inputs:
            moved["edge_attr"] = inputs["edge_attr"][shuffled]

        def expected(name: str, value: Tensor, order: Tensor = order) -> Tensor:
            per_node = len(value) == count and name != "prediction"
            if per_node or cell.task.get("per") == "point":
                return value[order]
            return value

        yield inputs, moved, expected
