"""Layer normalisation of invariant features, one element, node or position at a time."""

from __future__ import annotations

from collections.abc import Iterator

from equidesign.layers.base import Code, Cost, Dialect, Fault, LayerKind, Sizes, TypedLayer
from equidesign.layers.common import kept_field, same
from equidesign.layers.kinds.mlp_head import COUNTED_BY
from equidesign.spec.field import Space
from equidesign.spec.layer import Exactness


class LayerNorm(LayerKind):
    """Zero mean and unit variance over the channels of each element, then scale and shift."""

    id = "layer-norm"
    title = "Layer normalisation"
    type = "Normalization"
    reference = "Ba et al. 2016 (Layer normalization), eq. 3"
    backends = ("torch", "pytorch_geometric")
    normalizations = ("layer",)
    spaces = same(*COUNTED_BY, Space.global_)

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """Statistics over channels mix components: legal on invariants only; nothing else changes."""
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

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return construction and call."""
        return Code("nn.LayerNorm", (str(layer.in_.rep.dim),), call=("{out} = {self}({in})",))

    def exactness(self, layer: TypedLayer) -> Exactness:
        """No statistic runs over elements, so neither order nor padding nor other samples matter."""
        return Exactness(
            subgroup=layer.group.name if layer.group.order != 1 else "S_n",
            why=(
                "the statistics are those of one element: order, padding and other samples "
                "do not enter"
            ),
        )


KINDS = (LayerNorm(),)
