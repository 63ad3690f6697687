"""Opening a built model: where the components of a module's output lie, and how its ``forward`` is replaced."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from bundles import Bundle
from torch import Tensor, nn

from equidesign.spec.layer import parse_rep

ITEMS = {"points": 0, "atoms": 0, "nodes": 0, "edges": 0, "elements": 1}
"""Axis of a layer's output along which its points lie, by space."""
Forward = Callable[..., Any]


@dataclass(frozen=True)
class Block:
    """``count`` fields of ``dim`` components each, side by side in one tensor of an output.

    Attributes:
        item: which tensor of a tuple.
        axis: the axis of the components.
        start: where they begin.
        count: how many fields.
        dim: components of each field.
        kind: ``irrep``, or ``regular`` where the group permutes the components.
        polar: whether space inversion changes the sign of vectors.
    """

    item: int
    axis: int
    start: int
    count: int
    dim: int
    kind: str = "irrep"
    polar: bool = True

    def of(self, tensor: Tensor) -> Tensor:
        """Return the components (..., count, dim)."""
        part = tensor.narrow(self.axis, self.start, self.count * self.dim)
        return part.movedim(self.axis, -1).unflatten(-1, (self.count, self.dim))

    def put(self, tensor: Tensor, values: Tensor) -> Tensor:
        """Return the tensor with its components replaced."""
        whole = tensor.movedim(self.axis, -1)
        stop = self.start + self.count * self.dim
        parts = [whole[..., : self.start], values.flatten(-2), whole[..., stop:]]
        return torch.cat(parts, dim=-1).movedim(-1, self.axis)


def tensors(output: Any) -> list[Tensor]:
    """Return the tensors of an output: a tensor, a geometric tensor or a tuple."""
    if hasattr(output, "tensor"):
        return [output.tensor]
    return list(output) if isinstance(output, tuple | list) else [output]


def rebuilt(output: Any, values: list[Tensor]) -> Any:
    """Return an output of the same kind with other tensors."""
    if hasattr(output, "tensor"):
        return output.type(values[0])
    return tuple(values) if isinstance(output, tuple | list) else values[0]


def blocks(bundle: Bundle, path: str) -> list[Block]:
    """Return the blocks of components that move with the group, of a module's output."""
    output = bundle.seen[path].output
    if hasattr(output, "tensor"):
        return list(_geometric(output.type))
    values = tensors(output)
    if len(values) == 2 and values[1].dim() == 3 and values[1].shape[1] == 3:
        return [Block(1, 1, 0, 1, 3)]
    layer = next((layer for layer in bundle.spec.layers if layer.name == path), None)
    if layer is None or not isinstance(output, Tensor):
        return []
    rep = parse_rep(layer.out.rep, bundle.spec.fiber)
    if output.dim() == 3 and output.shape[2] == 3 and rep.dim == 3 * output.shape[1]:
        return [Block(0, 2, 0, 1, 3)]
    if output.dim() != 2 or output.shape[1] != rep.dim:
        return []
    found, start = [], 0
    for count, irrep in rep.terms:
        if irrep.dim > 1:
            polar = not str(irrep).endswith("e")
            found.append(Block(0, 1, start, count, irrep.dim, polar=polar))
        start += count * irrep.dim
    return found


def _geometric(kind: Any) -> Iterator[Block]:
    start = 0
    for field in kind.representations:
        if field.name == "regular":
            yield Block(0, 1, start, 1, field.size, "regular")
            start += field.size
            continue
        for index in field.irreps:
            size = field.group.irrep(*index).size
            if size > 1:
                yield Block(0, 1, start, 1, size)
            start += size


def space(bundle: Bundle, path: str) -> str:
    """Return the space of a layer's output."""
    return next(str(layer.out.space) for layer in bundle.spec.layers if layer.name == path)


def is_chain(bundle: Bundle, path: str) -> bool:
    """Whether a module runs its children one after the other."""
    return f"{path}.0" in bundle.seen


def replace_forward(module: nn.Module, forward: Callable[[Any, Forward, Any, Any], Any]) -> None:
    """Make ``forward(module, original, args, kwargs)`` the forward of a module, in place.

    The module keeps its path, its parameters and its attributes.
    """
    original = type(module)

    class Mutated(original):  # type: ignore[misc, valid-type]
        def forward(self, *args: Any, **kwargs: Any) -> Any:
            return forward(self, super().forward, args, kwargs)

    Mutated.__name__ = original.__name__
    Mutated.__qualname__ = original.__qualname__
    module.__class__ = Mutated


def change_output(module: nn.Module, change: Callable[[Any, list[Tensor]], list[Tensor]]) -> None:
    """Change the tensors that a module returns: ``change(module, tensors)``."""

    def forward(self: Any, original: Forward, args: Any, kwargs: Any) -> Any:
        output = original(*args, **kwargs)
        return rebuilt(output, change(self, tensors(output)))

    replace_forward(module, forward)


def change_blocks(
    module: nn.Module, found: list[Block], change: Callable[[Any, Tensor], Tensor]
) -> None:
    """Change components (..., count, dim) block by block."""

    def output(self: Any, values: list[Tensor]) -> list[Tensor]:
        for block in found:
            tensor = values[block.item]
            values[block.item] = block.put(tensor, change(self, block.of(tensor)))
        return values

    change_output(module, output)


def noise(*shape: int, like: Tensor, seed: int = 0) -> Tensor:
    """Return fixed random numbers in the precision of a tensor."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64).to(like)
