"""Requests of images, models drawn anew, and how the grid moves pictures."""

from __future__ import annotations

import math
import sys
import types
from typing import Any

import torch
from torch import Tensor

from equidesign.design.pipeline import design_architecture
from equidesign.render.model import render_model
from equidesign.spec.request import Request, request_from_data

Element = tuple[int, bool]
"""Quarter turns, after a reflection of the rows or not."""

TASKS: dict[str, dict[str, Any]] = {
    "classification": {"type": "classification", "classes": 3},
    "scalars": {"type": "regression", "targets": 2},
    "segmentation": {"type": "segmentation", "classes": 3},
    "pose": {"type": "pose_estimation"},
    "generation": {"type": "generation"},
}


def request(
    group: str, task: dict[str, Any], size: tuple[int, int], family: str = "", **data: Any
) -> Request:
    limits = {"priority": "speed", **({"family": family} if family else {})}
    return request_from_data(
        {
            "version": 1,
            "name": "test",
            "symmetry": {"group": group},
            "data": {"domain": "images", "size": list(size), **data},
            "task": task,
            "constraints": limits,
        }
    )


class Built:
    """A designed model in float64 with all parameters drawn anew."""

    def __init__(self, asked: Request) -> None:
        self.spec = design_architecture(asked).specification
        self.text = render_model(self.spec)
        self.module: Any = types.ModuleType("generated_images")
        sys.modules["generated_images"] = self.module
        exec(compile(self.text, "generated_images", "exec"), self.module.__dict__)
        torch.manual_seed(0)
        self.model = self.module.build_model().double()
        for parameter in self.model.parameters():
            parameter.data = 0.3 * torch.randn_like(parameter)

    def image(self) -> Tensor:
        shape = self.spec.interface.inputs["x"].shape[1:]
        generator = torch.Generator().manual_seed(1)
        return torch.randn((3, *map(int, shape)), generator=generator, dtype=torch.float64)

    def __call__(self, x: Tensor) -> dict[str, Tensor]:
        result = self.model(x)
        if isinstance(result, dict):
            return result
        return {next(iter(self.spec.interface.outputs)): result}


def grid_elements(group: str) -> list[Element]:
    turns = 4 if group.endswith("(2)") else math.gcd(int(group[1:]), 4)
    mirrors = (False, True) if group[0] == "D" or group == "O(2)" else (False,)
    return [(4 // turns * step, mirror) for step in range(turns) for mirror in mirrors]


def matrix(element: Element) -> Tensor:
    turns, mirror = element
    c, s = ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))[turns]
    rotation = torch.tensor([[c, -s], [s, c]], dtype=torch.float64)
    return rotation @ torch.tensor([[1, 0], [0, -1 if mirror else 1]], dtype=torch.float64)


def moved(x: Tensor, element: Element, vectors: bool = False) -> Tensor:
    """Turn and reflect the grid; the components too when they are vectors (x, y)."""
    turns, mirror = element
    x = (x.flip(2) if mirror else x).rot90(turns, (2, 3))
    if vectors:
        x = torch.einsum("ij,bcjhw->bcihw", matrix(element), x.unflatten(1, (-1, 2))).flatten(1, 2)
    return x


def expected(name: str, value: Tensor, element: Element, vectors: bool) -> Tensor:
    if name == "rotation":
        return matrix(element) @ value
    if name == "translation":
        return value @ matrix(element).T
    if name == "reconstruction":
        return moved(value, element, vectors)
    return moved(value, element) if value.dim() == 4 else value


def relative(a: Tensor, b: Tensor) -> float:
    return float(((a - b).norm() / b.norm()).detach())
