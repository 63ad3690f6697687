"""Layers on sets with padding: embedding, Deep Sets block, pooling, masking."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from equidesign.layers.base import (
    Code,
    Constant,
    Cost,
    Dialect,
    Fault,
    LayerKind,
    Option,
    Sizes,
    TypedLayer,
)
from equidesign.layers.common import MAX_COUNT, MAX_WIDTH, kept_field, same
from equidesign.spec.field import Space
from equidesign.spec.layer import Exactness

TYPICAL_SIZE = Option(
    int, "typical number of elements: keeps sums of order one", minimum=1, maximum=MAX_COUNT
)
CODE = Option(int, "width of the invariant code", minimum=1, maximum=MAX_WIDTH)
SKIP_CODE = Option(str, "the layer that writes the invariant code")
POOLED = {"sum": 1, "mean": 1, "max": 1, "sum-mean-max": 3}
"""How many statistics a pooling concatenates."""


def typical_size(layer: TypedLayer) -> Constant:
    """Return the constant that sums over the set are divided by."""
    return Constant(
        "TYPICAL_SIZE",
        int(layer.option("typical_size")),
        "elements of a set; keeps sums of order one",
    )


def statistics_faults(layer: TypedLayer) -> Iterator[Fault]:
    """Yield a fault where a pooling does not write one copy of the channels for every statistic."""
    expected = layer.in_.rep.dim * POOLED[layer.layer.pooling]
    if layer.out.rep.dim != expected:
        yield Fault(
            "out.rep",
            f"'{layer.layer.pooling}' makes {expected} channels of {layer.in_.rep.dim}",
            f"write {expected}xtrivial",
        )


def code_faults(layer: TypedLayer, skip: TypedLayer) -> Iterator[Fault]:
    """Yield why the layer that should write an invariant code does not."""
    width = layer.option("code")
    if skip.out.space is not Space.global_:
        message = f"'{skip.name}' writes {skip.out}, and the code is one of the whole sample"
        yield Fault("options.skip", message, label="unfitting-skip")
    elif skip.out.rep.dim != width:
        message = f"the code of '{skip.name}' has width {skip.out.rep.dim}, not {width}"
        yield Fault("options.code", message, f"write {skip.out.rep.dim}", "unfitting-skip")


class SetLayer(LayerKind):
    """What the kinds on sets share: invariant channels on elements, backend, ledger."""

    backends = ("torch",)
    why = "one map shared by all elements"
    spaces = same(Space.elements)

    def exactness(self, layer: TypedLayer) -> Exactness:
        """Exact for every permutation, whatever the padding."""
        return Exactness(subgroup="S_n", why=self.why)


class ElementEmbedding(SetLayer):
    """One linear layer shared by all elements; what padding holds is replaced by zeros first."""

    id = "element-embedding"
    title = "Element embedding"
    type = "Embedding"
    reference = "Zaheer et al. 2017 (Deep Sets), theorem 2 (the map phi)"
    why = "one linear map shared by all elements; padding is replaced by zeros before it is read"

    def parameters(self, layer: TypedLayer) -> int:
        """Weights and biases."""
        return (layer.in_.rep.dim + 1) * layer.out.rep.dim

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """One linear map an element."""
        a, b = layer.in_.rep.dim, layer.out.rep.dim
        return Cost(2 * sizes["elements"] * a * b, sizes["elements"] * b, "2 * elements * in * out")

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return construction and call."""
        return Code(
            "ElementEmbedding",
            (str(layer.in_.rep.dim), str(layer.out.rep.dim)),
            call=("{out} = {self}({in}, mask)",),
        )


class DeepSetsBlock(SetLayer):
    """Residual equivariant layer: every element sees itself and the pooled set."""

    id = "deep-sets-block"
    accelerations = ("compile",)
    title = "Deep Sets block"
    type = "Equivariant Linear"
    reference = "Zaheer et al. 2017 (Deep Sets), eq. 4; Corso et al. 2020 (PNA), eq. 8"
    nonlinearities = ("gelu",)
    normalizations = ("layer",)
    poolings = ("sum-mean-max",)
    options: ClassVar[Mapping[str, Option]] = {"typical_size": TYPICAL_SIZE}
    why = (
        "the only linear maps of a set that commute with S_n: one on elements, one on what "
        "is pooled over those that exist"
    )

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """A residual keeps the field."""
        yield from kept_field(layer, "a residual block")

    def parameters(self, layer: TypedLayer) -> int:
        """Norm, the maps of element and context, the update."""
        width = layer.in_.rep.dim
        return 2 * width + (width + 1) * width + 3 * width * width + (width + 1) * width

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """Two dense maps an element, one a set."""
        width, count = layer.in_.rep.dim, sizes["elements"]
        return Cost(
            4 * count * width**2 + 6 * width**2 + 20 * count * width,
            5 * count * width + 4 * width,
            "4 * elements * width^2 + 6 * width^2 + 20 * elements * width",
        )

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return construction and call."""
        return Code(
            "DeepSetsBlock",
            (str(layer.in_.rep.dim), typical_size(layer)),
            call=("{out} = {self}({in}, mask)",),
        )


class PoolElements(SetLayer):
    """Sum, mean, maximum over the elements that exist, or all three: invariant to order and padding."""

    id = "pool-elements"
    title = "Pooling over elements"
    type = "Pooling"
    reference = (
        "Zaheer et al. 2017 (Deep Sets), theorem 2; Xu et al. 2019 (GIN), sec. 5.2; Corso et "
        "al. 2020 (PNA), sec. 2"
    )
    poolings = tuple(POOLED)
    spaces = ((Space.elements, Space.global_),)
    options: ClassVar[Mapping[str, Option]] = {"typical_size": TYPICAL_SIZE}
    why = (
        "sums, means and maxima over the elements that exist do not depend on their order; "
        "an empty set gives zeros"
    )

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """One copy of the channels for every statistic, on the whole set."""
        yield from statistics_faults(layer)

    def parameters(self, layer: TypedLayer) -> int:
        """Nothing is learned."""
        return 0

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """One operation for every number and statistic."""
        flops = sizes["elements"] * layer.out.rep.dim
        return Cost(flops, flops, "elements * channels * statistics")

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return the call."""
        name = layer.layer.pooling
        if name == "sum-mean-max":
            function, arguments = "pool_elements", "{in}, mask, TYPICAL_SIZE"
        elif name == "sum":
            function, arguments = "sum_elements", "{in}, mask, TYPICAL_SIZE"
        else:
            function, arguments = f"{name}_elements", "{in}, mask"
        constants = (typical_size(layer),) if "TYPICAL_SIZE" in arguments else ()
        return Code(
            None,
            call=(f"{{out}} = {function}({arguments})",),
            uses=(function,),
            constants=constants,
        )


class MaskElements(SetLayer):
    """Zeros where no element exists."""

    id = "mask-elements"
    title = "Masked output"
    type = "Masking"
    reference = "Lee et al. 2019 (Set Transformer), sec. 3"
    why = "the mask is permuted together with the elements"

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """The field stays what it is."""
        yield from kept_field(layer, "masking")

    def parameters(self, layer: TypedLayer) -> int:
        """Nothing is learned."""
        return 0

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """A selection."""
        return Cost(0, sizes["elements"] * layer.in_.rep.dim, "0 (selection)")

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return the call."""
        return Code(None, call=("{out} = mask_elements({in}, mask)",), uses=("mask_elements",))


class SoftRankDecoder(SetLayer):
    """Decodes every element from the invariant code and from the element's own place in a learned order."""

    id = "soft-rank-decoder"
    title = "Permutation-equivariant decoder"
    type = "Decoder"
    reference = (
        "Winter et al. 2022 (Unsupervised learning of group invariant and equivariant "
        "representations), sec. 3.4; Prillo & Eisenschlos 2020 (SoftSort)"
    )
    nonlinearities = ("gelu",)
    options: ClassVar[Mapping[str, Option]] = {
        "skip": SKIP_CODE,
        "code": CODE,
        "hidden": Option(int, "hidden width", minimum=1, maximum=MAX_WIDTH),
        "frequencies": Option(int, "frequencies of the positional features", minimum=1, maximum=30),
    }
    why = (
        "soft ranks permute with the elements, equal elements share one; code and decoder "
        "are the same for all places"
    )

    def skip_faults(self, layer: TypedLayer, skip: TypedLayer) -> Iterator[Fault]:
        """The code is as wide as it says."""
        yield from code_faults(layer, skip)

    def parameters(self, layer: TypedLayer) -> int:
        """The score, and a perceptron from code and rank to the element."""
        hidden, entry = layer.option("hidden"), layer.option("code")
        entry += 2 * layer.option("frequencies")
        return int(layer.in_.rep.dim + (entry + 1) * hidden + (hidden + 1) * layer.out.rep.dim)

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """All pairs of scores, and a perceptron an element."""
        count, hidden = sizes["elements"], layer.option("hidden")
        entry = layer.option("code") + 2 * layer.option("frequencies")
        weights = layer.in_.rep.dim + entry * hidden + hidden * layer.out.rep.dim
        return Cost(
            6 * count**2 + 2 * count * weights,
            2 * count**2 + count * (entry + 2 * hidden + layer.out.rep.dim),
            "6 * elements^2 + 2 * elements * weights",
        )

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return construction and call."""
        return Code(
            "SoftRankDecoder",
            (
                str(layer.in_.rep.dim),
                str(layer.option("code")),
                str(layer.option("hidden")),
                str(layer.out.rep.dim),
                str(layer.option("frequencies")),
            ),
            call=("{out} = {self}({in}, {skip}, mask)",),
        )


KINDS = (ElementEmbedding(), DeepSetsBlock(), PoolElements(), MaskElements(), SoftRankDecoder())
