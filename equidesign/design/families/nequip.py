"""NequIP: radial-network-weighted channelwise tensor products with gates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from equidesign.design.families._irreps import Block, IrrepsFamily
from equidesign.design.family import Size
from equidesign.design.making import make_layer
from equidesign.spec.layer import Layer


class NequIP(IrrepsFamily):
    """The interaction network of Batzner et al. 2022."""

    id = "nequip"
    title = "NequIP"
    idea = (
        "radial-network-weighted channelwise tensor products, Bessel basis with smooth cutoff, "
        "per-species self-connections, gates"
    )
    cite = (
        "Batzner et al., E(3)-equivariant graph neural networks for data-efficient and accurate "
        "interatomic potentials, Nature Communications 13, 2453 (2022)"
    )
    expressiveness = 5
    speed = 3
    memory = 3
    trunk = ("nequip-interaction",)
    presets: ClassVar[Mapping[str, Size]] = {
        "speed": Size(32, 2, 1),
        "balanced": Size(64, 3, 1),
        "accuracy": Size(64, 4, 2),
    }

    def interaction(self, block: Block) -> Layer:
        """NequIP's interaction, with a self-connection for each species."""
        return make_layer(
            block.name,
            "nequip-interaction",
            (block.space, block.before),
            (block.space, block.after),
            block.why,
            source=block.source,
            nonlinearity="gate",
            options={**block.options, "num_species": block.species},
        )


FAMILY = NequIP()
