"""Operators on where features lie: positions, indices, pixels, neighbours, samples."""

from __future__ import annotations

from typing import Any

import torch
from bundles import Bundle
from components import Rule
from surgery import ITEMS, Forward, change_output, noise, rebuilt, replace_forward, space, tensors
from torch import Tensor, nn


def _on(*spaces: str) -> Any:
    return lambda bundle: [path for path in bundle.layers if space(bundle, path) in spaces]


def by_place(bundle: Bundle, path: str, value: Tensor) -> Tensor:
    """Return numbers that depend on the index of a point, or on the place of a pixel."""
    if value.dim() == 4:
        return _ramp(value)
    axis = ITEMS[space(bundle, path)]
    index = torch.arange(value.shape[axis]).to(value)
    shape = [1] * value.dim()
    shape[axis] = -1
    return (1.7 * index + 0.3).sin().view(shape)


def _ramp(value: Tensor) -> Tensor:
    """Return a wave along the rows of images (..., H, W) and a ramp along its columns."""
    height, width = value.shape[-2:]
    x = torch.linspace(-1, 1, width).to(value)
    y = torch.linspace(-1, 1, height).to(value)
    return x + 0.5 * y[:, None].exp()


def _change_index(bundle: Bundle, model: nn.Module, path: str, eps: float) -> None:
    def change(self: Any, values: list[Tensor]) -> list[Tensor]:
        return [value * (1 + eps * by_place(bundle, path, value)) for value in values]

    change_output(model.get_submodule(path), change)


index = Rule(_on("points", "atoms", "nodes", "elements", "pixels"), _change_index)


def _absolute_places(bundle: Bundle) -> list[str]:
    if bundle.domain == "sphere":
        return ["analysis"]
    if bundle.domain == "images":
        return _on("pixels")(bundle)
    return _on("points", "atoms")(bundle) if "pos" in bundle.spec.interface.inputs else []


def _change_absolute(bundle: Bundle, model: nn.Module, path: str, eps: float) -> None:
    """Let features know where they are: pixels and directions by a ramp, points by their coordinates."""
    module = model.get_submodule(path)
    if bundle.domain == "sphere":

        def before(self: Any, original: Forward, args: Any, kwargs: Any) -> Any:
            return original(args[0] + eps * _ramp(args[0]), *args[1:], **kwargs)

        replace_forward(module, before)
        return
    if bundle.domain == "images":
        change_output(module, lambda self, values: [v + eps * _ramp(v) for v in values])
        return
    seen: dict[str, Tensor] = {}

    def remember(self: Any, original: Forward, args: Any, kwargs: Any) -> Any:
        pos = kwargs["pos"]
        if bundle.conservative and not pos.requires_grad:
            pos = pos.detach().requires_grad_()
        seen["pos"] = pos
        return original(*args, **{**kwargs, "pos": pos})

    def change(self: Any, values: list[Tensor]) -> list[Tensor]:
        first = values[0]
        place = seen["pos"] @ noise(3, like=first) / 3
        weight = place.view(-1, *[1] * (first.dim() - 1))
        return [first * (1 + eps * weight), *values[1:]]

    replace_forward(model, remember)
    change_output(module, change)


absolute = Rule(_absolute_places, _change_absolute)


def _kernel_places(bundle: Bundle) -> list[str]:
    if bundle.domain == "sphere":
        return ["analysis"]
    if bundle.domain == "images" and bundle.family != "cnn":
        return _on("pixels")(bundle)
    if bundle.family == "egnn":
        return [path for path in bundle.layers if path.startswith("layer_")]
    return [path for path in bundle.layers if space(bundle, path) == "edges"]


def _change_kernel(bundle: Bundle, model: nn.Module, path: str, eps: float) -> None:
    """Filter with a kernel that does not turn: a plain one on grids, one that prefers a direction on points."""
    module = model.get_submodule(path)

    def filtered(image: Tensor) -> Tensor:
        weight = noise(1, 1, 3, 3, like=image).expand(image.shape[1], 1, 3, 3) / 3
        return nn.functional.conv2d(image, weight, padding=1, groups=image.shape[1])

    def forward(self: Any, original: Forward, args: Any, kwargs: Any) -> Any:
        if bundle.domain == "sphere":
            return original(args[0] + eps * filtered(args[0]), *args[1:], **kwargs)
        if bundle.family == "egnn":  # h, v, edge_index, edge_vec, edge_weight
            h, v, edge_index, edge_vec, weight = args
            return original(h, v, edge_index, edge_vec, weight * _slope(edge_vec))
        output = original(*args, **kwargs)
        values = tensors(output)
        if bundle.domain == "images":
            values = [value + eps * filtered(value) for value in values]
        else:
            values[-1] = values[-1] * _slope(args[0])
        return rebuilt(output, values)

    def _slope(edge_vec: Tensor) -> Tensor:
        direction = edge_vec / edge_vec.norm(dim=1, keepdim=True)
        return 1 + eps * (direction @ noise(3, 1, like=edge_vec))

    replace_forward(module, forward)


kernel = Rule(_kernel_places, _change_kernel)


def _change_padding(bundle: Bundle, model: nn.Module, path: str, eps: float) -> None:
    """Pad two pixels on one side and none on the other: the output moves by a pixel."""

    def change(self: Any, values: list[Tensor]) -> list[Tensor]:
        moved = [nn.functional.pad(value, (1, -1, 0, 0)) for value in values]
        return [x + eps * (y - x) for x, y in zip(values, moved, strict=True)]

    change_output(model.get_submodule(path), change)


padding = Rule(_on("pixels"), _change_padding)


def _change_stride(bundle: Bundle, model: nn.Module, path: str, eps: float) -> None:
    """Keep every other pixel, counted from a corner, and repeat it."""

    def strided(value: Tensor) -> Tensor:
        height, width = value.shape[-2:]
        kept = value[..., ::2, ::2]
        return kept.repeat_interleave(2, -2).repeat_interleave(2, -1)[..., :height, :width]

    def change(self: Any, values: list[Tensor]) -> list[Tensor]:
        return [value + eps * (strided(value) - value) for value in values]

    change_output(model.get_submodule(path), change)


stride = Rule(_on("pixels"), _change_stride)


def _change_leak(bundle: Bundle, model: nn.Module, path: str, eps: float) -> None:
    def change(self: Any, values: list[Tensor]) -> list[Tensor]:
        return [value + eps * value.mean(0, keepdim=True) for value in values]

    change_output(model.get_submodule(path), change)


leak = Rule(_on("points", "atoms", "nodes", "elements", "pixels", "global"), _change_leak)


def _change_float32(bundle: Bundle, model: nn.Module, path: str, eps: float) -> None:
    """Round what a module returns to float32, as a module that computes in it would."""
    change_output(
        model.get_submodule(path), lambda self, values: [v.float().to(v.dtype) for v in values]
    )


float32 = Rule(lambda bundle: bundle.layers, _change_float32)
