"""Cases: images, volumes, the sphere, sequences."""

from __future__ import annotations

from typing import Any

from foreign.case import BROKEN, RIGHT, Case, face, t
from foreign.plain import Measure
from foreign.plain_grids import image, shift, sphere, turned_blobs, volume

LOGITS = t("samples", 3, rep="3xtrivial")


def images(size: int = 9) -> dict[str, Any]:
    return {"x": t("samples", 1, size, size, rep="1xtrivial", space="pixels")}


def pixels(rep: str, channels: int = 2) -> dict[str, Any]:
    return t("samples", channels, 9, 9, rep=rep, space="pixels")


def img(
    name: str,
    group: str,
    exit: int,
    why: str,
    plain: Measure,
    output: dict[str, Any] = LOGITS,
    size: int = 9,
    **more: Any,
) -> Case:
    single = name.startswith("escnn")
    more = {"single": True, "limit": 1e-5} | more if single else more
    interface = face(group, images(size), output=output)
    return Case(f"images.py:{name}", interface, exit, why, plain, **more)


SCALAR, D4 = image("scalar"), image("scalar", mirrors=True)
MAP, VECTORS = pixels("2xtrivial"), pixels("irrep(1)")

IMAGE_CASES = [
    img("escnn_c4", "C4", RIGHT, "a regular group convolution network", SCALAR),
    img("escnn_d4", "D4", RIGHT, "with mirrors", D4),
    img("escnn_c4", "D4", BROKEN, "no mirrors in it", D4, tag="d4"),
    img("escnn_c4", "p4", RIGHT, "the name of the plane group", SCALAR, tag="p4"),
    img("escnn_c4", "C8", BROKEN, "only quarter turns", turned_blobs(45), size=33, tag="c8"),
    img("escnn_c4_fine", "C8", BROKEN, "only quarter turns", turned_blobs(45), size=33),
    img("escnn_c4_stride", "C4", BROKEN, "stride two on an even size", image("scalar", 8), size=8),
    img("escnn_c4_stride", "C4", RIGHT, "stride two on an odd size", SCALAR, tag="odd"),
    img("escnn_c4_one_sided", "C4", BROKEN, "one-sided padding", SCALAR),
    img("escnn_c8", "C8", RIGHT, "eighth turns up to the pixels", turned_blobs(45), size=33, limit=0.2),
    img("harmonic", "SO(2)", RIGHT, "any angle up to the pixels", turned_blobs(30), size=33, limit=0.2),
    img("plain", "C4", BROKEN, "a plain CNN", SCALAR),
    img("averaged", "C4", RIGHT, "a mean over four turns", SCALAR),
    img("averaged", "D4", BROKEN, "no mirrors in the mean", D4, tag="d4"),
    img("averaged_33", "C8", BROKEN, "four turns of eight", turned_blobs(45), size=33, tag="c8"),
    img("averaged_d4", "D4", RIGHT, "a mean over turns and mirrors", D4),
    img("averaged_halves", "C4", BROKEN, "a mean over half turns", SCALAR),
    img("averaged_flatten", "C4", RIGHT, "a flattened head inside the mean", SCALAR),
    img("averaged_circular", "C4", RIGHT, "circular padding", SCALAR),
    img("segmenter", "C4", RIGHT, "scores per pixel", image("map"), MAP),
    img("segmenter_no_way_back", "C4", BROKEN, "scores are not turned back", image("map"), MAP),
    img("gradient", "C4", RIGHT, "a vector per pixel", image("vectors"), VECTORS),
    img("gradient_d4", "D4", RIGHT, "a vector per pixel, mirrors too",
        image("vectors", mirrors=True), pixels("irrep(1,1)")),
    img("gradient_rowcol", "C4", RIGHT, "turned by a quarter, which commutes with C4",
        image("vectors"), VECTORS),
    img("gradient_y_down", "C4", BROKEN, "y runs down", image("vectors"), VECTORS),
    img("gradient", "C4", BROKEN, "a vector declared as two scalars", image("map"), MAP,
        truth=image("vectors"), tag="scalars"),
    img("pool_even", "C4", RIGHT, "pooling of an even size", image("scalar", 18), size=18),
    img("pool_even", "C4", BROKEN, "pooling of an odd size", image("scalar", 19), size=19, tag="odd"),
    img("shifts", "T(2)", RIGHT, "circular padding", shift("scalar", (9, 9))),
    img("shifts_pixels", "T(2)", RIGHT, "circular padding, per pixel", shift("map", (9, 9)), MAP),
    img("shifts_flatten", "T(2)", BROKEN, "a flattened head", shift("scalar", (9, 9))),
    img("shifts_zero_padding", "T(2)", BROKEN, "the border shows", shift("scalar", (9, 9))),
    img("shifts_stride", "T(2)", BROKEN, "stride two", shift("scalar", (8, 8)), size=8),
    img("plain", "trivial", RIGHT, "nothing claimed", lambda model: 0.0, tag="trivial"),
]  # fmt: skip


def vol(name: str, group: str, exit: int, why: str, plain: Measure, **more: Any) -> Case:
    output = more.pop("output", LOGITS)
    inputs = {"x": t("samples", 1, 5, 5, 5, rep="1xtrivial", space="voxels")}
    return Case(f"volumes.py:{name}", face(group, inputs, output=output), exit, why, plain, **more)


VOLUME_CASES = [
    vol("averaged", "O", RIGHT, "a mean over the 24 turns of the cube", volume("scalar")),
    vol("averaged_some", "octahedral", BROKEN, "a mean over half of them", volume("scalar")),
    vol("plain", "O", BROKEN, "a plain network", volume("scalar")),
    vol("plain_per_voxel", "O", BROKEN, "a plain network, per voxel", volume("map"),
        output=t("samples", 2, 5, 5, 5, rep="2xtrivial", space="voxels")),
]  # fmt: skip


def sph(name: str, exit: int, why: str, plain: Measure, **more: Any) -> Case:
    inputs = {"x": t("samples", 1, 12, 12, rep="1x0", space="sphere")}
    interface = face("SO(3)", inputs, output=t("samples", 3, rep="3x0"))
    return Case(f"sphere.py:{name}", interface, exit, why, plain, **more)


SPHERE_CASES = [
    sph("power_spectrum", RIGHT, "power spectrum of the signal", sphere("scalar")),
    sph(
        "no_quadrature",
        BROKEN,
        "pixels at the poles count like those at the equator",
        sphere("scalar"),
    ),
    sph("flat_cnn", BROKEN, "a CNN on the map", sphere("scalar")),
]


def seq(name: str, exit: int, why: str, plain: Measure, **more: Any) -> Case:
    inputs = {"x": t("samples", 2, 12, rep="2xtrivial", space="positions")}
    output = more.pop("output", LOGITS)
    return Case(
        f"sequences.py:{name}", face("Z_n", inputs, output=output), exit, why, plain, **more
    )


PER_POSITION = t("samples", 3, 12, rep="3xtrivial", space="positions")
S, M = shift("scalar", (12,), 2), shift("map", (12,), 2)

SEQUENCE_CASES = [
    seq("circular", RIGHT, "circular convolutions", S),
    seq("circular_positions", RIGHT, "per position", M, output=PER_POSITION),
    seq("zero_padding", BROKEN, "zero padding", M, output=PER_POSITION),
    seq("first_position", BROKEN, "reads the first position", S),
    seq("strided", BROKEN, "stride two", S),
    seq("recurrent", BROKEN, "a GRU", S),
]
