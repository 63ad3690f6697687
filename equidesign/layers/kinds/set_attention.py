"""Attention on sets with padding: SAB, ISAB and pooling by attention."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from equidesign.layers.base import (
    Code,
    Cost,
    Dialect,
    Fault,
    Option,
    Sizes,
    TypedLayer,
)
from equidesign.layers.common import MAX_WIDTH, kept_field
from equidesign.layers.kinds.deep_sets import TYPICAL_SIZE, SetLayer, typical_size
from equidesign.spec.field import Space

HEADS = Option(int, "attention heads; they divide the width", minimum=1, maximum=MAX_WIDTH)


def block_parameters(width: int) -> int:
    """Return the size of one attention block: three norms, four projections, a feed-forward of width 2 w."""
    norms = 3 * 2 * width
    attention = 4 * width**2 + width
    feed_forward = 2 * width**2 + 2 * width + 2 * width**2 + width
    return norms + attention + feed_forward


def block_cost(width: int, heads: int, queries: int, keys: int) -> Cost:
    """Return the cost of one attention block from ``keys`` to ``queries``."""
    dense = 2 * width**2 * (6 * queries + 2 * keys)
    pairs = queries * keys * (4 * width + 6 * heads)
    return Cost(
        dense + pairs + 20 * queries * width, queries * (10 * width + heads) + 3 * keys * width
    )


class SetSizeEmbedding(SetLayer):
    """Tells every element how large its set is: softmax averages, so attention alone can't count."""

    id = "set-size-embedding"
    title = "Set-size embedding"
    type = "Embedding"
    reference = "Corso et al. 2020 (PNA), eq. 5 (logarithmic degree scaler)"
    options: ClassVar[Mapping[str, Option]] = {"typical_size": TYPICAL_SIZE}
    why = "the number of elements is invariant"

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """The field stays what it is."""
        yield from kept_field(layer, "the size embedding")

    def parameters(self, layer: TypedLayer) -> int:
        """One number a channel."""
        return layer.out.rep.dim

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """One addition for every number."""
        numbers = sizes["elements"] * layer.out.rep.dim
        return Cost(numbers, numbers, "elements * channels")

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return construction and call."""
        return Code(
            "SetSizeEmbedding",
            (str(layer.out.rep.dim), typical_size(layer)),
            call=("{out} = {self}({in}, mask)",),
        )


class SetAttentionBlock(SetLayer):
    """SAB: self-attention among the elements, then a feed-forward layer; both residual."""

    id = "set-attention-block"
    title = "Set attention block (SAB)"
    type = "Attention"
    reference = "Lee et al. 2019 (Set Transformer), eqs. 6-8; Xiong et al. 2020 (pre-normalisation)"
    nonlinearities = ("gelu",)
    normalizations = ("layer",)
    options: ClassVar[Mapping[str, Option]] = {"heads": HEADS}
    why = "self-attention commutes with permutations; keys of padding get no weight"
    formula = "2 width^2 * 8 elements + elements^2 * (4 width + 6 heads)"

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """A residual keeps the field; heads share the width evenly."""
        yield from kept_field(layer, "a residual block")
        yield from heads_fault(layer)

    def parameters(self, layer: TypedLayer) -> int:
        """One attention block."""
        return block_parameters(layer.in_.rep.dim)

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """All pairs of elements."""
        count = sizes["elements"]
        cost = block_cost(layer.in_.rep.dim, layer.option("heads"), count, count)
        return Cost(cost.flops, cost.activations, self.formula)

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return construction and call."""
        return Code(
            "SetAttentionBlock",
            (str(layer.in_.rep.dim), str(layer.option("heads"))),
            call=("{out} = {self}({in}, mask)",),
        )


class InducedSetAttentionBlock(SetAttentionBlock):
    """ISAB: the set is read by a few learned points, and reads them; linear in the number of elements."""

    id = "induced-set-attention-block"
    title = "Induced set attention block (ISAB)"
    reference = "Lee et al. 2019 (Set Transformer), eqs. 9 and 10"
    options: ClassVar[Mapping[str, Option]] = {
        "heads": HEADS,
        "inducing": Option(int, "number of inducing points", minimum=1, maximum=MAX_WIDTH),
    }
    why = "the learned points read the set invariantly, and every element reads them alike"

    def parameters(self, layer: TypedLayer) -> int:
        """Two attention blocks and the inducing points."""
        width = layer.in_.rep.dim
        return int(2 * block_parameters(width) + layer.option("inducing") * width)

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """Every element with every inducing point, twice."""
        width, heads = layer.in_.rep.dim, layer.option("heads")
        count, points = sizes["elements"], layer.option("inducing")
        read = block_cost(width, heads, points, count)
        write = block_cost(width, heads, count, points)
        return Cost(
            read.flops + write.flops,
            read.activations + write.activations,
            "16 width^2 * (elements + points) + 2 elements * points * (4 width + 6 heads)",
        )

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return construction and call."""
        return Code(
            "InducedSetAttentionBlock",
            (str(layer.in_.rep.dim), str(layer.option("heads")), str(layer.option("inducing"))),
            call=("{out} = {self}({in}, mask)",),
        )


class AttentionPooling(SetLayer):
    """PMA: a few learned seeds attend to the elements; their answers side by side are invariant."""

    id = "attention-pooling"
    title = "Pooling by multihead attention (PMA)"
    type = "Attention pooling"
    reference = "Lee et al. 2019 (Set Transformer), eq. 11"
    nonlinearities = ("gelu",)
    normalizations = ("layer",)
    poolings = ("attention",)
    spaces = ((Space.elements, Space.global_),)
    options: ClassVar[Mapping[str, Option]] = {
        "heads": HEADS,
        "seeds": Option(int, "number of seed vectors", minimum=1, maximum=MAX_WIDTH),
    }
    why = (
        "the seeds are learned, so their order is the model's own; the elements' order does "
        "not enter"
    )

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """One copy of the channels for every seed, on the whole set."""
        yield from heads_fault(layer)
        expected = layer.in_.rep.dim * layer.option("seeds")
        if layer.out.rep.dim != expected:
            message = f"{layer.option('seeds')} seeds make {expected} channels a set"
            yield Fault("out.rep", message, f"write {expected}xtrivial")

    def parameters(self, layer: TypedLayer) -> int:
        """One attention block and the seeds."""
        width = layer.in_.rep.dim
        return int(block_parameters(width) + layer.option("seeds") * width)

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """Every seed with every element."""
        cost = block_cost(
            layer.in_.rep.dim, layer.option("heads"), layer.option("seeds"), sizes["elements"]
        )
        formula = "2 width^2 * (6 seeds + 2 elements) + seeds * elements * (4 width + 6 heads)"
        return Cost(cost.flops, cost.activations, formula)

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return construction and call."""
        return Code(
            "AttentionPooling",
            (str(layer.in_.rep.dim), str(layer.option("heads")), str(layer.option("seeds"))),
            call=("{out} = {self}({in}, mask)",),
        )


def heads_fault(layer: TypedLayer) -> Iterator[Fault]:
    """Yield a fault when the heads do not divide the width."""
    width, heads = layer.in_.rep.dim, layer.option("heads")
    if width % heads:
        yield Fault(
            "options.heads",
            f"{heads} heads do not divide the width {width}",
            "use a divisor of the width",
            "attention-heads",
        )


KINDS = (
    SetSizeEmbedding(),
    SetAttentionBlock(),
    InducedSetAttentionBlock(),
    AttentionPooling(),
)
