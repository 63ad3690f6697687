"""Faults on pixels and on the sphere: kernels, strides, sizes, layouts, nonlinearities, norms, bandwidths."""

from __future__ import annotations

import random

from faults.planting import Planted, fault, planted, replaced
from faults.sheet import Path, Sheet


def _of(sheet: Sheet, rng: random.Random, *pattern: str, where=lambda layer: True) -> Path | None:  # type: ignore[no-untyped-def]
    """Return the path of a key of a random layer for which ``where`` holds."""
    layers = sheet.data["layers"]
    paths = [p for p in sheet.find("layers", "*", *pattern) if where(layers[p[1]])]
    return rng.choice(paths) if paths else None


@fault
def even_kernel(sheet: Sheet, rng: random.Random) -> Planted | None:
    """An even kernel has no pixel at its centre: rotations about it are lost."""
    path = _of(sheet, rng, "options", "kernel")
    return replaced(sheet, path, rng.choice(["2", "4", "6"])) if path else None


@fault
def kernel_larger_than_the_image(sheet: Sheet, rng: random.Random) -> Planted | None:
    """The kernel is larger than what it is laid on, padding included."""
    path = _of(sheet, rng, "options", "kernel")
    if path is None:
        return None
    size = max(sheet.get((*path[:-1], "size")))
    return replaced(sheet, path, str(2 * size + 7 - (2 * size) % 2))


@fault
def kernel_not_counted(sheet: Sheet, rng: random.Random) -> Planted | None:
    """The kernel was changed, the layer's parameters were not: all counts of the file are those of the old one."""
    path = _of(sheet, rng, "options", "kernel")
    return replaced(sheet, path, {5: "3", 3: "5", 7: "5"}[sheet.get(path)]) if path else None


@fault
def stride_that_breaks_the_grid(sheet: Sheet, rng: random.Random) -> Planted | None:
    """(H + 2p - k) mod s is not 0: the stride moves the grid off its centre and breaks the rotations."""
    path = _of(
        sheet,
        rng,
        "options",
        "kernel",
        where=lambda layer: (
            "layout" in layer["options"] and all(side % 2 == 0 for side in layer["options"]["size"])
        ),
    )
    if path is None or sheet.get(("symmetry", "canonical")) in ("trivial", "T(2)"):
        return None
    line = sheet.line(path)
    return planted(sheet.after(line, "      stride: 2"), line + 1)


@fault
def stride_that_halves_unseen(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A stride of 2 keeps the grid's symmetry here, but the layers after it still expect the full size."""
    path = _of(
        sheet,
        rng,
        "options",
        "kernel",
        where=lambda layer: (
            "layout" in layer["options"] and all(side % 2 for side in layer["options"]["size"])
        ),
    )
    if path is None:
        return None
    line = sheet.line(path)
    return planted(sheet.after(line, "      stride: 2"), line + 1)


@fault
def size_of_a_layer(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A layer expects another height or width than the layer before leaves."""
    path = _of(sheet, rng, "options", "size")
    if path is None:
        return None
    size = list(sheet.get(path))
    size[rng.randrange(2)] += rng.choice([1, 2, 4])
    return replaced(sheet, path, str(size))


@fault
def size_after_resampling(sheet: Sheet, rng: random.Random) -> Planted | None:
    """The size after halving or doubling is not the one that comes out."""
    path = _of(
        sheet, rng, "options", "size_out", where=lambda layer: layer["kind"] != "field-values"
    )
    if path is None:
        return None
    size = [side + rng.choice([1, 2]) for side in sheet.get(path)]
    return replaced(sheet, path, str(size))


@fault
def size_with_one_side(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A size of one side, or of three, on an image."""
    path = _of(sheet, rng, "options", "size")
    if path is None:
        return None
    size = sheet.get(path)
    return replaced(sheet, path, str(rng.choice([size[:1], [*size, 3]])))


@fault
def pointwise_on_irreps(sheet: Sheet, rng: random.Random) -> Planted | None:
    """ELU or ReLU on the components of irreps: it does not commute with their rotation."""
    path = _of(
        sheet,
        rng,
        "nonlinearity",
        where=lambda layer: (
            layer["nonlinearity"] in ("norm-relu", "fourier-relu")
            and "irrep" in layer["out"]["rep"]
        ),
    )
    return replaced(sheet, path, rng.choice(["elu", "relu"])) if path else None


@fault
def norm_relu_on_regular(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A norm nonlinearity acts on irreps one by one, not on regular fields."""
    path = _of(
        sheet,
        rng,
        "nonlinearity",
        where=lambda layer: layer["nonlinearity"] == "relu" and "regular" in layer["out"]["rep"],
    )
    return replaced(sheet, path, "norm-relu") if path else None


@fault
def fourier_on_regular(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A Fourier nonlinearity needs Fourier coefficients, not values on the group or single irreps."""
    path = _of(
        sheet,
        rng,
        "nonlinearity",
        where=lambda layer: (
            layer["nonlinearity"] in ("relu", "norm-relu")
            and "layout" in layer.get("options", {})
            and layer["kind"] != "invariant-map"
        ),
    )
    return replaced(sheet, path, "fourier-elu") if path else None


@fault
def batch_norm_mixes_components(sheet: Sheet, rng: random.Random) -> Planted | None:
    """Batch statistics over the components of irreps, one mean for each, break the rotation between them."""
    path = _of(
        sheet,
        rng,
        "normalization",
        where=lambda layer: (
            layer["normalization"] == "iid-batch" and "irrep" in layer["out"]["rep"]
        ),
    )
    return replaced(sheet, path, "inner-batch") if path else None


@fault
def plain_batch_norm(sheet: Sheet, rng: random.Random) -> Planted | None:
    """The batch normalisation of plain CNNs on fields of a group."""
    path = _of(
        sheet,
        rng,
        "normalization",
        where=lambda layer: layer["normalization"] in ("iid-batch", "inner-batch"),
    )
    return replaced(sheet, path, rng.choice(["batch", "layer", "instance"])) if path else None


@fault
def layout_of_another(sheet: Sheet, rng: random.Random) -> Planted | None:
    """The layout is not that of the fields: regular fields are not spectral, irreps are not regular."""
    path = _of(
        sheet, rng, "options", "layout", where=lambda layer: layer["kind"] == "steerable-conv"
    )
    if path is None:
        return None
    new = {"regular": "spectral", "spectral": "irreps", "irreps": "spectral"}[sheet.get(path)]
    return replaced(sheet, path, new)


@fault
def too_few_samples_of_the_group(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A Fourier nonlinearity on too few group elements aliases its own frequencies."""
    path = _of(sheet, rng, "options", "samples")
    return replaced(sheet, path, "2") if path and sheet.get(path) > 4 else None


@fault
def max_over_pixels(sheet: Sheet, rng: random.Random) -> Planted | None:
    """Pooling over pixels takes the mean; a maximum over components would break the group."""
    path = _of(
        sheet, rng, "pooling", where=lambda layer: layer["kind"] in ("pool-pixels", "blur-pool")
    )
    return replaced(sheet, path, "max") if path else None


@fault
def mean_over_the_group(sheet: Sheet, rng: random.Random) -> Planted | None:
    """Group pooling is a maximum; there is no other."""
    path = _of(sheet, rng, "pooling", where=lambda layer: layer["kind"] == "group-pooling")
    return replaced(sheet, path, rng.choice(["mean", "sum"])) if path else None


@fault
def strided_for_blurred(sheet: Sheet, rng: random.Random) -> Planted | None:
    """Halving without the blur (plain stride or max pooling) is not what the layer does, nor would it keep the grid."""
    path = _of(sheet, rng, "pooling", where=lambda layer: layer["kind"] == "blur-pool")
    return replaced(sheet, path, rng.choice(["stride", "max", "none"])) if path else None


@fault
def group_pooling_on_irreps(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A maximum over the components of irreps is not invariant: only regular fields have one."""
    path = _of(sheet, rng, "kind", where=lambda layer: layer["kind"] == "invariant-map")
    return replaced(sheet, path, "group-pooling") if path else None


@fault
def border_of_another(sheet: Sheet, rng: random.Random) -> Planted | None:
    """One layer pads differently than its ledger says and the others do (said at the border, or the ledger)."""
    path = _of(sheet, rng, "options", "border")
    if path is None:
        return None
    new = rng.choice([b for b in ("zeros", "circular", "sphere") if b != sheet.get(path)])
    ledger: Path = (*path[:2], "exactness")
    return planted(sheet.set(path, new), sheet.line(path), sheet.span(ledger))


@fault
def dilation_beyond_the_image(sheet: Sheet, rng: random.Random) -> Planted | None:
    """Taps further apart than the image is wide."""
    path = _of(sheet, rng, "options", "dilation")
    return replaced(sheet, path, "64") if path else None


@fault
def bandwidth_of_a_layer(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A layer's grid has another bandwidth than the request, the input and the other layers."""
    path = _of(sheet, rng, "options", "bandwidth")
    return replaced(sheet, path, str(sheet.get(path) + rng.choice([1, 3]))) if path else None


@fault
def degree_beyond_the_bandwidth(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A grid of bandwidth b has no degree b: the layer's output can't hold it."""
    path = _of(sheet, rng, "out", "rep", where=lambda layer: layer["kind"] == "sphere-analysis")
    if path is None:
        return None
    degree = sheet.get(("layers", path[1], "options", "bandwidth"))
    parity = ("e", "o")[degree % 2] if sheet.get(path)[-1] in "eo" else ""
    return replaced(sheet, path, f"{sheet.get(path)} + 1x{degree}{parity}")


@fault
def channels_of_the_product(sheet: Sheet, rng: random.Random) -> Planted | None:
    """The channels of the product were changed; the counts are those of the old ones."""
    path = _of(sheet, rng, "options", "channels")
    return replaced(sheet, path, str(sheet.get(path) + 4)) if path else None


@fault
def gate_for_pointwise(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A layer of this kind has no gate: it makes no scalars for one."""
    path = _of(
        sheet,
        rng,
        "nonlinearity",
        where=lambda layer: layer["nonlinearity"] not in ("gate", "norm"),
    )
    return replaced(sheet, path, "gate") if path else None


@fault
def spacing_of_the_centroid(sheet: Sheet, rng: random.Random) -> Planted | None:
    """Pixels of the last level lie this many pixels of the image apart: another number shrinks all positions."""
    path = _of(sheet, rng, "options", "spacing")
    return replaced(sheet, path, str(2 * sheet.get(path) + 1)) if path else None
