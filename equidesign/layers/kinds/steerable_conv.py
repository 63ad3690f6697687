"""Steerable convolution, normalisation and nonlinearity on fields of a planar group, as one typed layer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from equidesign.groups.rep import Rep
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
from equidesign.layers.choices import moves_components
from equidesign.layers.common import same
from equidesign.layers.kinds._fieldtypes import (
    LAYOUTS,
    band_limit,
    bundles,
    escnn_band,
    field_type,
    fields,
    layout_faults,
)
from equidesign.layers.kinds._planar import (
    MAX_KERNEL,
    MAX_SIDE,
    grid_of,
    largest_kernel,
    size_option,
    stride_exactness,
)
from equidesign.layers.steerable_basis import (
    conv_parameters,
    module_parameters,
    unreachable,
    weight_count,
)
from equidesign.spec.field import Space
from equidesign.spec.layer import Exactness

SIZE = size_option("height and width of the input, in pixels")
MODULES = {"inner-batch": "InnerBatchNorm", "iid-batch": "IIDBatchNorm2d"}
POINTWISE = {"relu": "ReLU", "elu": "ELU"}
FOURIER = {f"fourier-{name}": function for name, function in POINTWISE.items()}
LEGAL_ON = {
    **dict.fromkeys(POINTWISE, "regular"),
    **dict.fromkeys(FOURIER, "spectral"),
    "norm-relu": "irreps",
}
EXPORT = ("export_model",)
"""What every file with steerable convolutions offers its user."""
BLOCKS = {
    ("relu", "inner-batch"): "RegularBlock",
    ("fourier-relu", "iid-batch"): "FourierBlock",
    ("norm-relu", "iid-batch"): "NormBlock",
}


def conv_cost(layer: TypedLayer, kernel: int, stride: int) -> Cost:
    """Return the cost of a dense convolution: kernels are expanded, then applied as usual."""
    height, width = layer.option("size")
    pixels = -(-height // stride) * -(-width // stride)
    dims = layer.in_.rep.dim * layer.out.rep.dim
    return Cost(
        2 * kernel**2 * dims * pixels,
        3 * pixels * layer.out.rep.dim,
        "2 * kernel^2 * dim_in * dim_out * pixels",
    )


class SteerableConv(LayerKind):
    """R2Conv with an odd kernel and padding kernel // 2, then normalisation, then nonlinearity."""

    id = "steerable-conv"
    title = "Steerable convolution"
    type = "Convolution"
    reference = "Weiler & Cesa 2019 (General E(2)-equivariant steerable CNNs), sec. 2"
    backends = ("escnn",)
    nonlinearities = ("none", *LEGAL_ON)
    normalizations = ("none", *MODULES)
    options: ClassVar[dict[str, Option]] = {
        "kernel": Option(int, "side of the kernel, odd", minimum=1, maximum=MAX_KERNEL),
        "stride": Option(int, "stride", required=False, minimum=1, maximum=MAX_SIDE),
        "size": SIZE,
        "layout": Option(str, "how features are bundled into fields", choices=LAYOUTS),
        "layout_in": Option(
            str, "the same of the input, where it differs", required=False, choices=LAYOUTS
        ),
        "samples": Option(
            int,
            "rotations on which a Fourier nonlinearity acts",
            required=False,
            minimum=1,
            maximum=4096,
        ),
    }
    spaces = same(Space.pixels)
    wraps = False

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """Odd kernels; every output irrep reachable; each nonlinearity on the fields it commutes with."""
        kernel, grid = layer.option("kernel"), grid_of(layer)
        if kernel % 2 == 0:
            message = f"a kernel of side {kernel} has no pixel at its centre"
            yield Fault("options.kernel", message, odd_sides(kernel), "even-kernel")
            return
        if kernel > largest_kernel(grid):
            message = (
                f"most of a kernel of side {kernel} never meets an image of {grid[0]} x {grid[1]}"
            )
            yield Fault("options.kernel", message, f"at most {largest_kernel(grid)}")
        yield from layout_faults(layer.out.rep, layer.option("layout"), "options.layout")
        if "layout_in" in layer.layer.options:
            yield from layout_faults(layer.in_.rep, layer.option("layout_in"), "options.layout_in")
        yield from self.reach_faults(layer, kernel)
        yield from action_faults(layer)

    def reach_faults(self, layer: TypedLayer, kernel: int) -> Iterator[Fault]:
        """Some kernel leads to every output irrep; a Fourier nonlinearity makes the others of some."""
        group, before, after = layer.group, layer.in_.rep, layer.out.rep
        if layer.layer.nonlinearity == "none" or layer.option("layout") == "irreps":
            for irrep in unreachable(group, before, after, kernel):
                message = (
                    f"{irrep} is always zero: no {kernel} x {kernel} kernel maps {before} to it"
                )
                hint = "a larger kernel, or other irreps in the layer before"
                yield Fault("out.rep", message, hint, "dead-path")
        elif not weight_count(group, before, after, kernel):
            message = f"no equivariant {kernel} x {kernel} kernel maps {before} to {after}"
            yield Fault("out.rep", message, "let both sides share an irrep", "dead-path")

    def ports(self, layer: TypedLayer) -> tuple[Port, Port]:
        """A stride lowers the resolution; a lifting convolution reads a plain tensor."""
        grid, stride, layout = grid_of(layer), layer.option("stride", 1), layer.option("layout")
        after = (-(-grid[0] // stride), -(-grid[1] // stride))
        before = () if self.wraps else bundles(layer.in_.rep, layer.option("layout_in", layout))
        return Port(grid, before), Port(after, bundles(layer.out.rep, layout))

    def parameters(self, layer: TypedLayer) -> int:
        """Weights of the kernel's basis; biases, where no normalisation takes them away again."""
        norm = MODULES.get(layer.layer.normalization)
        out = layer.out.rep
        total = conv_parameters(
            layer.group, layer.in_.rep, out, layer.option("kernel"), bias=norm is None
        )
        if norm:
            total += module_parameters(norm, fields(out, layer.option("layout")))
        if layer.layer.nonlinearity == "norm-relu":
            total += sum(count for count, irrep in out.terms if not irrep.is_trivial)
        return total

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """The convolution; the rest is small."""
        return conv_cost(layer, layer.option("kernel"), layer.option("stride", 1))

    def exactness(self, layer: TypedLayer) -> Exactness:
        """The grid's own symmetry, unless the stride breaks it."""
        kernel = layer.option("kernel")
        return stride_exactness(
            layer, layer.option("size"), kernel, layer.option("stride", 1), kernel // 2
        )

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return a block for the usual combinations, the modules in sequence for others."""
        layout, kernel = layer.option("layout"), layer.option("kernel")
        before = field_type(layer.in_.rep, layer.option("layout_in", layout))
        after = field_type(layer.out.rep, layout)
        key = (layer.layer.nonlinearity, layer.layer.normalization)
        call = "{out} = {self}({self}.in_type({in}))" if self.wraps else "{out} = {self}({in})"
        size = {"kernel_size": str(kernel)}
        if layer.option("stride", 1) == 1 and key in BLOCKS:
            args: tuple[str, ...] = (before, after)
            if key[0] in FOURIER:
                args = (before, *map(str, escnn_band(layer.out.rep) or ()))
                size["samples"] = str(layer.option("samples"))
            return Code(BLOCKS[key], args, size, call=(call,), uses=EXPORT)
        modules = self._modules(layer, before, after)
        settings = self._settings(layer)
        if len(modules) == 1:
            return Code("SteerableConv", (before, after), settings, call=(call,), uses=EXPORT)
        return Code("enn.SequentialModule", modules, call=(call,), uses=EXPORT)

    def _settings(self, layer: TypedLayer) -> dict[str, str]:
        settings = {"kernel_size": str(layer.option("kernel"))}
        if layer.option("stride", 1) > 1:
            settings["stride"] = str(layer.option("stride"))
        if layer.layer.normalization != "none":
            settings["bias"] = "False"
        return settings

    def _modules(self, layer: TypedLayer, before: str, after: str) -> tuple[str, ...]:
        norm, acts = layer.layer.normalization, layer.layer.nonlinearity
        settings = ", ".join(f"{key}={value}" for key, value in self._settings(layer).items())
        modules = [f"SteerableConv({before}, {after}, {settings})"]
        if norm != "none":
            modules.append(f"enn.{MODULES[norm]}({after})")
        if acts in POINTWISE:
            modules.append(f"enn.{POINTWISE[acts]}({after})")
        elif acts in FOURIER:
            count, frequency = escnn_band(layer.out.rep) or (0, 0)
            args = f'{count}, {frequency}, {layer.option("samples")}, "{FOURIER[acts]}"'
            modules.append(f"FourierPointwise({args})")
        elif acts == "norm-relu":
            modules.append(f"NormReLU({after})")
        return tuple(modules)


def odd_sides(kernel: int) -> str:
    """Return the odd sides next to an even one, for a hint."""
    return f"write {kernel - 1} or {kernel + 1}"


def action_faults(layer: TypedLayer) -> Iterator[Fault]:
    """Yield nonlinearities and normalisations that do not commute with the fields they act on."""
    acts, layout, after = layer.layer.nonlinearity, layer.option("layout"), layer.out.rep
    legal = LEGAL_ON.get(acts, layout)
    name = layer.group.name
    if legal == "regular" and moves_components(after):
        yield Fault(
            "nonlinearity",
            f"'{acts}' acts on single components of {after} and breaks {name}",
            "use norm-relu on irreps, fourier-relu on Fourier coefficients",
            "pointwise-on-irreps",
        )
    if legal == "spectral" and (layout != "spectral" or band_limit(after) is None):
        yield Fault(
            "nonlinearity",
            f"'{acts}' acts on functions on the group, and {after} are not Fourier coefficients of one",
            "use relu on regular fields, norm-relu on irreps",
            "fourier-nonlinearity",
        )
    elif acts in FOURIER:
        yield from sample_faults(layer)
    elif layout != "spectral" and "samples" in layer.layer.options:
        message = f"'{acts}' does not sample"
        yield Fault("options.samples", message, "leave samples out", "option-value")
    if legal == "irreps" and (layout != "irreps" or "regular" in {i.kind for i in after.irreps}):
        yield Fault(
            "nonlinearity",
            f"'{acts}' acts on the norms of irreps, and {after} are not single irreps",
            "use relu on regular fields, fourier-relu on Fourier coefficients",
            "norm-nonlinearity",
        )
    if layer.layer.normalization == "inner-batch" and moves_components(after):
        yield Fault(
            "normalization",
            f"'inner-batch' takes the mean of single components of {after} and breaks {name}",
            "use iid-batch",
            "component-statistics",
        )


def sample_faults(layer: TypedLayer) -> Iterator[Fault]:
    """Yield a fault where the samples of a Fourier nonlinearity are not symmetric, or alias."""
    group, samples = layer.group.point_group, layer.option("samples")
    if samples is None:
        message = "a Fourier nonlinearity needs the number of rotations that it samples"
        yield Fault("options", message, "add samples", "missing-option", "samples")
        return
    key, label = "options.samples", "fourier-samples"
    if group.finite:
        rotations = max(group.n or 1, 2)
        if samples != rotations:
            message = f"{samples} samples are not all rotations of {group.name}, and break it"
            yield Fault(key, message, f"write {rotations}", label)
        return
    frequency = (band_limit(layer.out.rep) or (0, 0))[1]
    if samples % 4:
        message = f"{samples} rotations do not contain the quarter turns of the grid"
        yield Fault(key, message, f"write {4 * -(-samples // 4)}", label)
    elif samples < 2 * frequency + 1:
        message = f"{samples} samples can't tell frequency {frequency} from lower ones"
        yield Fault(key, message, f"at least {2 * frequency + 1}", label)


class LiftingConv(SteerableConv):
    """The same, on the image itself: its channels become fields of the group."""

    id = "lifting-conv"
    title = "Lifting convolution"
    reference = "Cohen & Welling 2016 (Group equivariant convolutional networks), sec. 6.1"
    wraps = True


def is_regular(rep: Rep) -> bool:
    """Tell whether every field is regular."""
    return all(irrep.kind == "regular" for irrep in rep.irreps)


KINDS = (SteerableConv(), LiftingConv())
