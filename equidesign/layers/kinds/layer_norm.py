"""Layer normalisation of invariant features, one element, node or position at a time."""

from __future__ import annotations

from equidesign.layers.base import Code, Dialect, TypedLayer
from equidesign.layers.common import same
from equidesign.layers.kinds._invariant_norm import InvariantNorm
from equidesign.layers.kinds.mlp_head import COUNTED_BY
from equidesign.spec.field import Space
from equidesign.spec.layer import Exactness


class LayerNorm(InvariantNorm):
    """Zero mean and unit variance over the channels of each element, then scale and shift."""

    id = "layer-norm"
    title = "Layer normalisation"
    reference = "Ba et al. 2016 (Layer normalization), eq. 3"
    backends = ("torch", "pytorch_geometric")
    normalizations = ("layer",)
    spaces = same(*COUNTED_BY, Space.global_)

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
