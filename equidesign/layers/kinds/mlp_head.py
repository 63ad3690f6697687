"""A multilayer perceptron on invariants: any nonlinearity and any bias is legal there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import ClassVar

from equidesign.layers.base import (
    Code,
    Cost,
    Dialect,
    Fault,
    LayerKind,
    Option,
    Sizes,
    TypedLayer,
)
from equidesign.layers.common import MAX_WIDTH, same, scalars_only
from equidesign.layers.irreps_math import mlp_weights
from equidesign.spec.field import Space

COUNTED_BY = {
    Space.points: "points",
    Space.atoms: "points",
    Space.elements: "elements",
    Space.nodes: "nodes",
    Space.edges: "edges",
}
HIDDEN = Option(
    list,
    "hidden widths",
    items=Option(int, "a width", minimum=1, maximum=MAX_WIDTH),
    length=(0, 32),
)
ACTIVATIONS = {"silu": "nn.SiLU()", "relu": "nn.ReLU()", "gelu": "nn.GELU()"}


class MLPHead(LayerKind):
    """Linear, activation, linear: on invariant scalars of a sample, a point, an element or a node."""

    id = "mlp-head"
    title = "Invariant head"
    type = "MLP"
    reference = "Zaheer et al. 2017 (Deep Sets), sec. 3"
    backends = ("e3nn", "torch", "pytorch_geometric", "escnn")
    nonlinearities = tuple(ACTIVATIONS)
    spaces = same(*COUNTED_BY, Space.global_)
    options: ClassVar[Mapping[str, Option]] = {
        "hidden": HIDDEN,
        "last_bias": Option(
            bool, "false where only gradients of the output matter", required=False
        ),
    }

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """Mixing components with a dense matrix is legal on invariants only."""
        yield from scalars_only(layer, "a dense layer")

    def widths(self, layer: TypedLayer) -> tuple[int, ...]:
        """Return all widths, input and output included."""
        return (layer.in_.rep.dim, *layer.option("hidden"), layer.out.rep.dim)

    def parameters(self, layer: TypedLayer) -> int:
        """Weights and biases."""
        spared = 0 if layer.option("last_bias", True) else layer.out.rep.dim
        return mlp_weights(self.widths(layer), bias=True) - spared

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """Two operations a weight, for every place the head runs on."""
        count = sizes[COUNTED_BY[layer.in_.space]] if layer.in_.space in COUNTED_BY else 1
        widths = self.widths(layer)
        return Cost(
            2 * count * mlp_weights(widths, bias=False),
            count * sum(widths[1:]),
            "2 * places * weights",
        )

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return construction and call."""
        widths = self.widths(layer)
        activation = ACTIVATIONS[layer.layer.nonlinearity]
        modules: list[str] = []
        for a, b in pairwise(widths):
            modules += [f"nn.Linear({a}, {b})", activation]
        if not layer.option("last_bias", True):
            modules[-2] = modules[-2].replace(")", ", bias=False)")
        return Code("nn.Sequential", tuple(modules[:-1]), call=("{out} = {self}({in})",))


KINDS = (MLPHead(),)
