"""Batch normalisation of invariant features, over all points of a batch."""

from __future__ import annotations

from collections.abc import Iterator

from equidesign.layers.base import Code, Cost, Dialect, Fault, LayerKind, Sizes, TypedLayer
from equidesign.layers.common import kept_field, same
from equidesign.spec.field import Space
from equidesign.spec.layer import Exactness


class BatchNorm(LayerKind):
    """Zero mean and unit variance of each channel over all points, then scale and shift."""

    id = "batch-norm"
    title = "Batch normalisation"
    type = "Normalization"
    reference = "Ioffe & Szegedy 2015 (Batch normalization), algorithm 1"
    backends = ("e3nn", "torch", "pytorch_geometric")
    normalizations = ("batch",)
    spaces = same(Space.points, Space.atoms)

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """A mean that is taken away, and a shift, are legal on invariants only; nothing else changes."""
        if not layer.in_.rep.is_scalar:
            yield Fault(
                "in.rep",
                f"statistics of the components of {layer.in_.rep} break {layer.group.name}",
                "normalise invariant scalars",
                "component-statistics",
            )
        yield from kept_field(layer, "normalisation")

    def parameters(self, layer: TypedLayer) -> int:
        """A scale and a shift a channel."""
        return 2 * layer.in_.rep.dim

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """Mean, variance, scale and shift."""
        count = sizes["points"] * layer.in_.rep.dim
        return Cost(8 * count, count, "8 * points * channels")

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return construction and call."""
        return Code("nn.BatchNorm1d", (str(layer.in_.rep.dim),), call=("{out} = {self}({in})",))

    def exactness(self, layer: TypedLayer) -> Exactness:
        """Statistics run over all points alike, so their order does not matter."""
        return Exactness(
            subgroup=layer.group.name if layer.group.order != 1 else "S_n",
            why=(
                "the statistics run over all points alike, and invariants do not turn; in evaluation "
                "mode they are constants"
            ),
        )


KINDS = (BatchNorm(),)
