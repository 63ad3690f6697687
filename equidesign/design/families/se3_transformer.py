"""SE(3)-Transformer: invariant attention over equivariant messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from equidesign.design.families._irreps import Block, IrrepsFamily
from equidesign.design.family import Size
from equidesign.design.making import make_layer
from equidesign.spec.layer import Layer

HEADS = 4


class SE3Transformer(IrrepsFamily):
    """The attention network of Fuchs et al. 2020."""

    id = "se3-transformer"
    title = "SE(3)-Transformer"
    idea = "invariant attention weights from key-query products, equivariant values, several heads, self-interactions"
    cite = "Fuchs et al., SE(3)-Transformers: 3D roto-translation equivariant attention networks, NeurIPS (2020)"
    expressiveness = 5
    speed = 2
    memory = 2
    trunk = ("se3-attention",)
    step = 8
    presets: ClassVar[Mapping[str, Size]] = {
        "speed": Size(16, 2, 1),
        "balanced": Size(32, 3, 1),
        "accuracy": Size(32, 4, 2),
    }
    edge_options: ClassVar[Mapping[str, Any]] = {"envelope": True}

    def interaction(self, block: Block) -> Layer:
        """Attention over the neighbours, self-interaction, gate."""
        without_neighbours = {k: v for k, v in block.options.items() if k != "neighbours"}
        return make_layer(
            block.name,
            "se3-attention",
            (block.space, block.before),
            (block.space, block.after),
            block.why,
            source=block.source,
            nonlinearity="gate",
            options={**without_neighbours, "heads": HEADS},
        )


FAMILY = SE3Transformer()
