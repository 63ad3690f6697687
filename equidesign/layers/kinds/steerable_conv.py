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
    Sizes,
    TypedLayer,
)
from equidesign.layers.kinds._fieldtypes import LAYOUTS, band_limit, escnn_band, field_type, fields
from equidesign.layers.kinds._planar import stride_exactness
from equidesign.layers.steerable_basis import (
    conv_parameters,
    module_parameters,
    unreachable,
    weight_count,
)
from equidesign.spec.layer import Exactness

SIZE = Option(list, "height and width of the input, in pixels")
MODULES = {"inner-batch": "InnerBatchNorm", "iid-batch": "IIDBatchNorm2d"}
LEGAL_ON = {"relu": "regular", "elu": "regular", "fourier-elu": "spectral", "norm-relu": "irreps"}
BLOCKS = {
    ("elu", "inner-batch"): "RegularBlock",
    ("fourier-elu", "iid-batch"): "FourierBlock",
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
        "kernel": Option(int, "side of the kernel, odd", minimum=1),
        "stride": Option(int, "stride", required=False, minimum=1),
        "size": SIZE,
        "layout": Option(str, "how features are bundled into fields", choices=LAYOUTS),
        "layout_in": Option(
            str, "the same of the input, where it differs", required=False, choices=LAYOUTS
        ),
        "samples": Option(
            int, "group elements on which a Fourier nonlinearity acts", required=False, minimum=1
        ),
    }
    wraps = False

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """Odd kernels; every output irrep reachable; each nonlinearity on the fields it commutes with."""
        kernel, layout = layer.option("kernel"), layer.option("layout")
        if kernel % 2 == 0:
            yield Fault(
                "options.kernel", "an even kernel has no pixel at its centre", "use an odd one"
            )
            return
        acts = layer.layer.nonlinearity
        group, before, after = layer.group, layer.in_.rep, layer.out.rep
        if acts == "none" or layout == "irreps":
            for irrep in unreachable(group, before, after, kernel):
                yield Fault(
                    "out",
                    f"{irrep} is always zero: no {kernel}x{kernel} kernel maps {before} to it",
                )
        if not weight_count(group, before, after, kernel):
            yield Fault("out", f"no equivariant {kernel}x{kernel} kernel maps {before} to {after}")
        legal = LEGAL_ON.get(acts, layout)
        if legal == "regular" and not all(i.kind in ("regular", "trivial") for i in after.irreps):
            yield Fault(
                "nonlinearity", f"'{acts}' mixes the components of {after}", "use norm-relu"
            )
        if legal == "spectral" and (layout != "spectral" or band_limit(after) is None):
            yield Fault("nonlinearity", f"'{acts}' needs Fourier coefficients, {after} is none")
        if legal == "irreps" and (
            layout != "irreps" or "regular" in {i.kind for i in after.irreps}
        ):
            yield Fault("nonlinearity", f"'{acts}' acts on irreps one by one, not on {after}")
        if layer.layer.normalization == "inner-batch" and not all(
            i.kind in ("regular", "trivial") for i in after.irreps
        ):
            yield Fault(
                "normalization", f"'inner-batch' mixes components of {after}", "use iid-batch"
            )

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
            if key[0] == "fourier-elu":
                args = (before, *map(str, escnn_band(layer.out.rep) or ()))
                size["samples"] = str(layer.option("samples"))
            return Code(BLOCKS[key], args, size, call=(call,))
        modules = self._modules(layer, before, after)
        settings = self._settings(layer)
        if len(modules) == 1:
            return Code("SteerableConv", (before, after), settings, call=(call,))
        return Code("enn.SequentialModule", modules, call=(call,))

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
        if acts in ("relu", "elu"):
            modules.append(f"enn.{ {'relu': 'ReLU', 'elu': 'ELU'}[acts] }({after})")
        elif acts == "fourier-elu":
            count, frequency = escnn_band(layer.out.rep) or (0, 0)
            modules.append(f"fourier_elu({count}, {frequency}, {layer.option('samples')})")
        elif acts == "norm-relu":
            modules.append(f"NormReLU({after})")
        return tuple(modules)


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
