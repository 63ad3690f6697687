"""How fields of a planar group become plain tensors: invariants, or the representation of a target."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from equidesign.layers.base import (
    Code,
    Cost,
    Dialect,
    Fault,
    LayerKind,
    Option,
    Port,
    Sizes,
    TypedLayer,
)
from equidesign.layers.common import kept_field, same
from equidesign.layers.kinds._fieldtypes import (
    LAYOUTS,
    bundles,
    field_type,
    fields,
    layout_faults,
)
from equidesign.layers.kinds._planar import grid_of, on_the_grid
from equidesign.layers.kinds.steerable_conv import POINTWISE, SIZE, conv_cost, is_regular
from equidesign.layers.steerable_basis import conv_parameters, module_parameters, unreachable
from equidesign.spec.field import Space
from equidesign.spec.layer import Exactness

LAYOUT = Option(str, "how the input is bundled into fields", choices=LAYOUTS)


class FieldReadout(LayerKind):
    """A 1 x 1 steerable convolution to the representation of the target."""

    id = "field-readout"
    title = "Readout"
    type = "Linear"
    reference = "Weiler & Cesa 2019, sec. 2.2 (Schur's lemma at the centre of the kernel)"
    backends = ("escnn",)
    options: ClassVar[dict[str, Option]] = {
        "size": SIZE,
        "layout": LAYOUT,
        "bias": Option(bool, "a bias on each trivial irrep; true by default", required=False),
    }
    spaces = same(Space.pixels)

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """Schur: an output irrep that the input lacks would be zero for ever."""
        yield from layout_faults(layer.in_.rep, layer.option("layout"), "options.layout")
        for irrep in unreachable(layer.group, layer.in_.rep, layer.out.rep, 1):
            yield Fault(
                "out.rep",
                f"{irrep} is always zero: {layer.in_.rep} has no such irrep",
                f"add {irrep} to the layer before",
                "zero-target",
            )

    def ports(self, layer: TypedLayer) -> tuple[Port, Port]:
        """Reads fields, writes a plain tensor."""
        grid = grid_of(layer)
        return Port(grid, bundles(layer.in_.rep, layer.option("layout"))), Port(grid)

    def parameters(self, layer: TypedLayer) -> int:
        """Schur's weights, and one bias for each trivial irrep."""
        bias = layer.option("bias", True)
        return conv_parameters(layer.group, layer.in_.rep, layer.out.rep, 1, bias=bias)

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """One small linear map a pixel."""
        return conv_cost(layer, 1, 1)

    def exactness(self, layer: TypedLayer) -> Exactness:
        """Pixel by pixel."""
        return on_the_grid(layer, "a map of single pixels")

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return construction and call."""
        before = field_type(layer.in_.rep, layer.option("layout"))
        return Code(
            "SteerableConv",
            (before, field_type(layer.out.rep)),
            {"kernel_size": "1", **({} if layer.option("bias", True) else {"bias": "False"})},
            call=("{out} = {self}({in}).tensor",),
        )


class InvariantMap(FieldReadout):
    """A 1 x 1 steerable convolution to invariants, normalised and activated."""

    id = "invariant-map"
    title = "Invariant map"
    reference = "Weiler & Cesa 2019, sec. 2.5 (invariant map)"
    nonlinearities = ("relu", "elu")
    normalizations = ("none", "inner-batch")

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """The output is invariant."""
        yield from super().faults(layer)
        if not layer.out.rep.is_scalar:
            acts, rep = layer.layer.nonlinearity, layer.out.rep
            message = f"'{acts}' acts on single components of {rep} and breaks {layer.group.name}"
            yield Fault("out.rep", message, "write trivial channels", "pointwise-on-irreps")

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return construction and call."""
        code, acts = super().code(layer, dialect), layer.layer.nonlinearity
        if layer.layer.normalization == "none":
            call = (f"{{out}} = nn.functional.{acts}({{self}}({{in}}).tensor)",)
            return Code(code.create, code.args, code.kwargs, call=call)
        if acts == "relu":
            return Code("RegularBlock", code.args, {"kernel_size": "1"}, call=code.call)
        before, after = map(str, code.args)
        modules = (
            f"SteerableConv({before}, {after}, kernel_size=1, bias=False)",
            f"enn.InnerBatchNorm({after})",
            f"enn.{POINTWISE[acts]}({after})",
        )
        return Code("enn.SequentialModule", modules, call=code.call)

    def parameters(self, layer: TypedLayer) -> int:
        """Schur's weights, and scale and shift of the normalisation or a bias for each invariant."""
        if layer.layer.normalization == "none":
            return super().parameters(layer)
        rep = layer.out.rep
        weights = conv_parameters(layer.group, layer.in_.rep, rep, 1, bias=False)
        return weights + module_parameters("InnerBatchNorm", fields(rep, "regular"))


class GroupPooling(LayerKind):
    """The maximum over the group of every regular field."""

    id = "group-pooling"
    title = "Group pooling"
    type = "Pooling"
    reference = "Cohen & Welling 2016 (Group equivariant convolutional networks), sec. 6.3"
    backends = ("escnn",)
    poolings = ("max",)
    options: ClassVar[dict[str, Option]] = {"size": SIZE}
    spaces = same(Space.pixels)

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """Regular fields become one invariant each."""
        if not is_regular(layer.in_.rep):
            message = f"the maximum of components of {layer.in_.rep} is not invariant under {layer.group.name}"
            hint = "pool regular fields, or use invariant-map"
            yield Fault("in.rep", message, hint, "component-maximum")
        count = sum(mul for mul, _ in layer.in_.rep.terms)
        if not layer.out.rep.is_scalar or layer.out.rep.dim != count:
            message = f"each of {count} fields becomes one invariant"
            yield Fault("out.rep", message, f"write {count}xtrivial")

    def ports(self, layer: TypedLayer) -> tuple[Port, Port]:
        """Reads fields, writes a plain tensor."""
        grid = grid_of(layer)
        return Port(grid, bundles(layer.in_.rep, "regular")), Port(grid)

    def parameters(self, layer: TypedLayer) -> int:
        """Nothing is learned."""
        return 0

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """One comparison for every number."""
        height, width = layer.option("size")
        pixels = height * width
        return Cost(pixels * layer.in_.rep.dim, pixels * layer.out.rep.dim, "pixels * dim")

    def exactness(self, layer: TypedLayer) -> Exactness:
        """Pixel by pixel."""
        return on_the_grid(layer, "a map of single pixels")

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return the call; escnn's own pooling computes in float32 whatever comes in."""
        return Code(None, call=("{out} = group_pool({in})",), uses=("group_pool",))


class FieldValues(LayerKind):
    """The components of the fields as a plain tensor."""

    id = "field-values"
    title = "Field values"
    type = "Identity"
    reference = "Weiler & Cesa 2019, sec. 2.1"
    backends = ("escnn",)
    options: ClassVar[dict[str, Option]] = {"size_out": SIZE}
    spaces = same(Space.pixels)

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """Nothing changes."""
        yield from kept_field(layer, "reading values")

    def ports(self, layer: TypedLayer) -> tuple[Port, Port]:
        """Reads fields of either bundling, writes a plain tensor."""
        grid = grid_of(layer, "size_out")
        return Port(grid, None), Port(grid)

    def parameters(self, layer: TypedLayer) -> int:
        """Nothing is learned."""
        return 0

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """Free."""
        return Cost(0, 0, "0")

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return the call."""
        return Code(None, call=("{out} = {in}.tensor",))


KINDS = (FieldReadout(), InvariantMap(), GroupPooling(), FieldValues())
