"""Tensor field network: point convolutions with tensor-product filters, self-interactions, gates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from equidesign.design.families._irreps import Block, IrrepsFamily
from equidesign.design.family import Size
from equidesign.design.making import make_layer
from equidesign.spec.layer import Layer


class TensorFieldNetwork(IrrepsFamily):
    """The network of Thomas et al. 2018, with a gate as nonlinearity."""

    id = "tensor-field-network"
    title = "Tensor field network"
    idea = "convolutions whose filters are learned radial functions times spherical harmonics, self-interactions, gates"
    cite = (
        "Thomas et al., Tensor field networks: rotation- and translation-equivariant neural networks "
        "for 3D point clouds, arXiv:1802.08219 (2018)"
    )
    expressiveness = 4
    speed = 3
    memory = 3
    trunk = ("tfn-convolution",)
    presets: ClassVar[Mapping[str, Size]] = {
        "speed": Size(16, 2, 1),
        "balanced": Size(32, 3, 1),
        "accuracy": Size(32, 4, 2),
    }

    def interaction(self, block: Block) -> Layer:
        """A point convolution between two self-interactions, then the gate."""
        return make_layer(
            block.name,
            "tfn-convolution",
            (block.space, block.before),
            (block.space, block.after),
            block.why,
            source=block.source,
            nonlinearity="gate",
            options=dict(block.options),
        )


FAMILY = TensorFieldNetwork()
