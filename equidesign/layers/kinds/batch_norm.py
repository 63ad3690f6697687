"""Batch normalisation of invariant features, over all points of a batch."""

from __future__ import annotations

from equidesign.layers.base import Code, Dialect, TypedLayer
from equidesign.layers.common import same
from equidesign.layers.kinds._invariant_norm import InvariantNorm
from equidesign.spec.field import Space
from equidesign.spec.layer import Exactness


class BatchNorm(InvariantNorm):
    """Zero mean and unit variance of each channel over all points, then scale and shift."""

    id = "batch-norm"
    title = "Batch normalisation"
    reference = "Ioffe & Szegedy 2015 (Batch normalization), algorithm 1"
    backends = ("e3nn", "torch", "pytorch_geometric")
    normalizations = ("batch",)
    spaces = same(Space.points, Space.atoms)

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
