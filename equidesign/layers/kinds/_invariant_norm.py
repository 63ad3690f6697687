"""What normalisations of invariant features share."""

from __future__ import annotations

from collections.abc import Iterator

from equidesign.layers.base import Cost, Fault, LayerKind, Sizes, TypedLayer
from equidesign.layers.common import kept_field
from equidesign.layers.kinds.mlp_head import COUNTED_BY


class InvariantNorm(LayerKind):
    """Zero mean and unit variance, then a scale and a shift for each channel: on invariants only."""

    type = "Normalization"

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """Statistics and shifts of components are legal on invariants only; nothing else changes."""
        if not layer.in_.rep.is_scalar:
            yield Fault(
                "in.rep",
                f"statistics over the components of {layer.in_.rep} break {layer.group.name}",
                "normalise invariant scalars",
                "component-statistics",
            )
        yield from kept_field(layer, "normalisation")

    def parameters(self, layer: TypedLayer) -> int:
        """A scale and a shift a channel."""
        return 2 * layer.in_.rep.dim

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """Mean, variance, scale and shift."""
        count = sizes[COUNTED_BY[layer.in_.space]] if layer.in_.space in COUNTED_BY else 1
        return Cost(
            8 * count * layer.in_.rep.dim, count * layer.in_.rep.dim, "8 * places * channels"
        )
