"""Operators on the components of irreps and of regular fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from bundles import Bundle
from surgery import (
    Block,
    blocks,
    change_blocks,
    change_output,
    is_chain,
    noise,
    replace_forward,
    space,
    tensors,
)
from torch import Tensor, nn


@dataclass(frozen=True)
class Rule:
    """Where an operator applies, and what it does to a built model."""

    places: Callable[[Bundle], list[str]]
    change: Callable[[Bundle, nn.Module, str, float], None]


def layers_with(keep: Callable[[Bundle, str, list[Block]], bool]) -> Any:
    """Return the layers, and escnn's convolutions inside them, whose blocks pass a test."""

    def places(bundle: Bundle) -> list[str]:
        inner = [path for path in bundle.seen if path.endswith(".0") and path.count(".") == 1]
        geometric = [path for path in inner if hasattr(bundle.seen[path].output, "tensor")]
        paths = [*bundle.layers, *geometric]
        return [path for path in paths if keep(bundle, path, blocks(bundle, path))]

    return places


def _irreps(found: list[Block]) -> list[Block]:
    return [block for block in found if block.kind == "irrep"]


has_irreps = layers_with(lambda bundle, path, found: bool(_irreps(found)))
has_blocks = layers_with(lambda bundle, path, found: bool(found))


def blended(broken: Callable[[Tensor], Tensor], only_irreps: bool = True) -> Rule:
    """Return the rule x + eps (broken(x) - x) on components (..., count, dim)."""

    def change(bundle: Bundle, model: nn.Module, path: str, eps: float) -> None:
        found = blocks(bundle, path)
        found = _irreps(found) if only_irreps else found
        change_blocks(model.get_submodule(path), found, lambda module, x: x + eps * (broken(x) - x))

    return Rule(has_irreps if only_irreps else has_blocks, change)


def _linear(x: Tensor) -> Tensor:
    size = x.shape[-2] * x.shape[-1]
    return (x.flatten(-2) @ noise(size, size, like=x) / size**0.5).view_as(x)


def _swapped(x: Tensor) -> Tensor:
    order = [1, 0, *range(2, x.shape[-1])]
    return x[..., order]


relu = blended(torch.relu)
bias = blended(lambda x: x + noise(x.shape[-1], like=x), only_irreps=False)
linear = blended(_linear, only_irreps=False)
largest = blended(lambda x: x * (1 + x.amax(-1, keepdim=True)))


def _change_dropout(bundle: Bundle, model: nn.Module, path: str, eps: float) -> None:
    def change(module: Any, x: Tensor) -> Tensor:
        dropped = nn.functional.dropout(x, 0.3, module.training)
        return x + eps * (dropped - x)

    change_blocks(model.get_submodule(path), blocks(bundle, path), change)


# Not tried on grids: verify switches dropout off there, and so misses it on irreps; on regular fields it is no break.
on_points = layers_with(
    lambda bundle, path, found: (
        bool(found) and bundle.cell.data["domain"] in ("molecules", "point_clouds")
    )
)
dropout = Rule(on_points, _change_dropout)


def _change_batch_norm(bundle: Bundle, model: nn.Module, path: str, eps: float) -> None:
    module, found = model.get_submodule(path), blocks(bundle, path)
    values = tensors(bundle.seen[path].output)
    for number, block in enumerate(found):
        shape = block.of(values[block.item]).shape
        module.add_module(f"mutant_norm_{number}", nn.BatchNorm1d(shape[-2] * shape[-1]))

    def change(self: Any, outputs: list[Tensor]) -> list[Tensor]:
        for number, block in enumerate(found):
            x = block.of(outputs[block.item])
            flat = x.reshape(-1, x.shape[-2] * x.shape[-1])
            normed = self.get_submodule(f"mutant_norm_{number}")(flat).reshape(x.shape)
            outputs[block.item] = block.put(outputs[block.item], x + eps * (normed - x))
        return outputs

    change_output(module, change)


# A container would run the norm as one more step.
batch_norm = Rule(
    layers_with(lambda bundle, path, found: bool(found) and not is_chain(bundle, path)),
    _change_batch_norm,
)


def _mirrors(bundle: Bundle) -> bool:
    return bundle.spec.fiber.reflections


def _parity_places(bundle: Bundle) -> list[str]:
    def keep(bundle: Bundle, path: str, found: list[Block]) -> bool:
        return _mirrors(bundle) and any(_odd(block) for block in found)

    return [path for path in layers_with(keep)(bundle) if _enough(bundle, path)]


def _odd(block: Block) -> bool:
    return block.kind == "irrep" and (block.dim == 2 or (block.dim == 3 and block.polar))


def _enough(bundle: Bundle, path: str) -> bool:
    """Whether two vectors can be multiplied: of two channels, or of a point and its sample."""
    found = blocks(bundle, path)
    pairs = any(b.count > 1 or b.dim == 2 for b in found)
    return pairs or "pos" in bundle.spec.interface.inputs


def _change_parity(bundle: Bundle, model: nn.Module, path: str, eps: float) -> None:
    """Add an axial vector to polar ones: a cross product; in the plane, vectors turned by 90 degrees."""
    found = [block for block in blocks(bundle, path) if _odd(block)]

    def change(self: Any, x: Tensor) -> Tensor:
        if x.shape[-1] == 2:
            return x + eps * torch.stack([-x[..., 1], x[..., 0]], dim=-1)
        other = x.roll(1, -2) if x.shape[-2] > 1 else _another(x)
        return x + eps * torch.linalg.cross(x, other)

    change_blocks(model.get_submodule(path), found, change)


def _another(x: Tensor) -> Tensor:
    """Return a second vector that is not parallel: the sum over points of vectors times their length."""
    other: Tensor = (x * x.norm(dim=-1, keepdim=True)).sum(0, keepdim=True).expand_as(x)
    return other


parity = Rule(_parity_places, _change_parity)


def _inverse(bundle: Bundle, path: str, x: Tensor) -> Tensor | None:
    """Return components that turn by the inverse element; None where there are not enough vectors for a frame."""
    size = x.shape[-1]
    if bundle.family == "regular-gcnn" and size == bundle.spec.fiber.order:
        steps = bundle.spec.fiber.n or 1
        return x[..., [*(-k % steps for k in range(steps)), *range(steps, size)]]
    if size == 2:
        return x * torch.tensor([1.0, -1.0]).to(x)
    if x.shape[-2] == 1 and x.dim() == 4 and x.shape[1] >= size:
        turned = x[:, :size, 0].transpose(1, 2).unsqueeze(2)
        return torch.cat([turned, x[:, size:]], dim=1)
    if size == 3 and x.shape[-2] >= size:
        turned = x[..., :size, :].transpose(-1, -2)
        return torch.cat([turned, x[..., size:, :]], dim=-2)
    return None


def _transposed_places(bundle: Bundle) -> list[str]:
    def keep(bundle: Bundle, path: str, found: list[Block]) -> bool:
        values = tensors(bundle.seen[path].output)
        return any(_inverse(bundle, path, b.of(values[b.item])) is not None for b in found)

    pose = [""] if bundle.cell.task["type"] == "pose_estimation" else []
    return layers_with(keep)(bundle) + pose


def _change_transposed(bundle: Bundle, model: nn.Module, path: str, eps: float) -> None:
    """Use the transpose of a frame, the inverse element of a regular field, the conjugate of a complex one."""

    def pose(self: Any, original: Any, args: Any, kwargs: Any) -> Any:
        outputs = original(*args, **kwargs)
        rotation = outputs["rotation"]
        turned = rotation + eps * (rotation.transpose(1, 2) - rotation)
        return {**outputs, "rotation": turned}

    def change(self: Any, x: Tensor) -> Tensor:
        turned = _inverse(bundle, path, x)
        return x if turned is None else x + eps * (turned - x)

    if not path:
        replace_forward(model, pose)
    else:
        change_blocks(model.get_submodule(path), blocks(bundle, path), change)


transposed = Rule(_transposed_places, _change_transposed)


def _swap_places(bundle: Bundle) -> list[str]:
    pixels = [path for path in bundle.layers if space(bundle, path) == "pixels"]
    return pixels or has_irreps(bundle)


def _change_swap(bundle: Bundle, model: nn.Module, path: str, eps: float) -> None:
    module = model.get_submodule(path)
    if bundle.domain != "images":
        return blended(_swapped).change(bundle, model, path, eps)
    change_output(module, lambda self, v: [t + eps * (t.transpose(-1, -2) - t) for t in v])
    return None


swap = Rule(_swap_places, _change_swap)


def _anywhere(bundle: Bundle) -> list[str]:
    """Layers with components, else those with points or pixels."""
    found = has_blocks(bundle)
    return found or [p for p in bundle.layers if space(bundle, p) not in ("global", "edges")]


def _broken(bundle: Bundle, path: str, values: list[Tensor]) -> list[Tensor]:
    """Return outputs without their symmetry: plain linear mixing, or weights that depend on the place."""
    found = blocks(bundle, path)
    for block in found:
        tensor = values[block.item]
        values[block.item] = block.put(tensor, _linear(block.of(tensor)))
    if found:
        return values
    from positions import by_place

    return [value * (1 + by_place(bundle, path, value)) for value in values]


def _sometimes(when: Callable[[Any], bool]) -> Rule:
    def change(bundle: Bundle, model: nn.Module, path: str, eps: float) -> None:
        def output(self: Any, values: list[Tensor]) -> list[Tensor]:
            if not when(self):
                return values
            broken = _broken(bundle, path, list(values))
            return [x + eps * (y - x) for x, y in zip(values, broken, strict=True)]

        change_output(model.get_submodule(path), output)

    return Rule(_anywhere, change)


train_only = _sometimes(lambda module: module.training)
eval_only = _sometimes(lambda module: not module.training)


def _change_hidden(bundle: Bundle, model: nn.Module, path: str, eps: float) -> None:
    """Multiply the break by a weight that starts as zero."""
    module = model.get_submodule(path)
    module.register_parameter("mutant_weight", nn.Parameter(torch.zeros(1)))

    def output(self: Any, values: list[Tensor]) -> list[Tensor]:
        broken = _broken(bundle, path, list(values))
        scale = eps * self.mutant_weight
        return [x + scale * (y - x) for x, y in zip(values, broken, strict=True)]

    change_output(module, output)


hidden = Rule(_anywhere, _change_hidden)
