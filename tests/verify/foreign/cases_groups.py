"""Cases: other groups, representations and shapes."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from foreign.case import BATCH, BROKEN, RIGHT, Case, face, t
from foreign.cases_frames import PLANE, PLANE_MIRROR
from foreign.cases_grids import LOGITS, PER_POSITION, pixels
from foreign.cases_points import E3, INPUTS
from foreign.plain import Act, Measure, Tensors, angle_matrix, points, wigner, worst
from foreign.plain_grids import Field, grid, shift, sphere, stay


def groups(
    name: str, interface: dict[str, Any], exit: int, why: str, plain: Any, **more: Any
) -> Case:
    return Case(f"more_groups.py:{name}", interface, exit, why, plain, **more)


def wide(
    group: str, height: int = 8, width: int = 11, samples: str | int = "samples"
) -> dict[str, Any]:
    x = t(samples, 1, height, width, rep="1xtrivial", space="pixels")
    return face(group, {"x": x}, output=LOGITS | {"shape": [samples, 3]})


def half(x: Tensor) -> Tensor:
    return x.flip(-1, -2)


def flips(*moves: Field) -> Measure:
    return grid((8, 11), [(move, stay) for move in moves])


def lifted(model: nn.Module) -> float:
    """A quarter turn moves the pixels and sends channel k to k + 1."""
    torch.manual_seed(3)
    x = torch.randn(2, 1, 9, 9, dtype=torch.float64)
    act: Act = lambda n, o: torch.rot90(o, 1, (-2, -1)).roll(1, 1)  # noqa: E731
    return worst(model, {"x": x}, [({"x": torch.rot90(x, 1, (-2, -1))}, act)], ["output"])


def moments(mirror: bool) -> Measure:
    """Frequency two, and a number that changes sign in a mirror."""

    def measure(model: nn.Module) -> float:
        torch.manual_seed(4)
        batch = torch.repeat_interleave(torch.arange(2), torch.tensor([6, 5]))
        x: Tensors = {"pos": torch.randn(11, 2, dtype=torch.float64), "batch": batch}
        moves: list[tuple[Tensors, Act]] = []
        for flip in (False, True)[: 1 + mirror]:
            r, double = angle_matrix(35, flip), angle_matrix(70, flip)
            sign = -1 if flip else 1
            # A mirror x -> -x sends (x² - y², 2xy) to (x² - y², -2xy).
            two = double @ torch.diag(torch.tensor([sign, sign]).double())
            moves.append(
                (
                    x | {"pos": x["pos"] @ r.T},
                    lambda n, o, s=sign, d=two: o @ d.T if n == "two" else s * o,
                )
            )
        return worst(model, x, moves, ["two", "turn"])

    return measure


def third(model: nn.Module) -> float:
    from foreign.plain import orthogonal

    torch.manual_seed(4)
    batch = torch.repeat_interleave(torch.arange(2), torch.tensor([6, 5]))
    x = {"pos": torch.randn(11, 3, dtype=torch.float64), "batch": batch}
    moves: list[tuple[Tensors, Act]] = []
    for reflect in (False, True):
        r = orthogonal(3, reflect, 5)
        moves.append((x | {"pos": x["pos"] @ r.T}, lambda n, o, r=r: o @ wigner(3, r).T))
    return worst(model, x, moves, ["output"])


REGULAR = pixels("regular", 4)
LIFT = face("C4", {"x": t("samples", 1, 9, 9, rep="1xtrivial", space="pixels")}, output=REGULAR)
SEQUENCE = {"x": t("samples", 2, 12, rep="2xtrivial", space="positions")}
FOUR = PER_POSITION | {"shape": ["samples", 4, 12], "rep": "4xtrivial"}
SPECTRAL = face("Z_n", SEQUENCE, output=FOUR)
SPHERE = t("samples", 1, 12, 12, rep="1x0", space="sphere")
ON_SPHERE = face("SO(3)", {"x": SPHERE}, output=SPHERE)


def plane(group: str, two: str, turn: str, mirror: bool = False) -> dict[str, Any]:
    outputs = {"two": t("samples", 2, rep=two), "turn": t("samples", 1, rep=turn)}
    return face(group, PLANE_MIRROR if mirror else PLANE, outputs)


O2 = plane("O(2)", "irrep(1,2)", "irrep(1,0)", True)
OCTUPOLE = face(E3, INPUTS, output=t("samples", 7, rep="1x3o"))
ONE_CLOUD = face(
    "SO(2)", PLANE | {"batch": BATCH}, plane("SO(2)", "irrep(2)", "trivial")["outputs"]
)

GROUP_CASES = [
    groups("half_turn", wide("C2"), RIGHT, "half turns of a rectangle", flips(half)),
    groups("half_turn", wide("D2"), BROKEN, "no mirrors", flips(half, lambda x: x.flip(-1)), tag="d2"),
    groups("half_turn_mirrors", wide("D2"), RIGHT, "half turns and mirrors of a rectangle",
           flips(half, lambda x: x.flip(-1))),
    groups("two_images", wide("C2", samples=3), RIGHT, "a number for the samples", flips(half)),
    groups("lift", LIFT, RIGHT, "a regular field", lifted),
    groups("lift_backwards", LIFT, BROKEN, "channels in the order of inverses", lifted),
    groups("lift_same_kernel", LIFT, BROKEN, "the kernel is never turned", lifted),
    groups("spectral", SPECTRAL, RIGHT, "a convolution by FFT", shift("map", (12,), 2)),
    groups("spectral_window", SPECTRAL, BROKEN, "a window", shift("map", (12,), 2)),
    groups("moments", ONE_CLOUD, RIGHT, "frequency two", moments(False)),
    groups("moments", O2, RIGHT, "with mirrors and a pseudoscalar", moments(True), tag="o2"),
    groups("moments", plane("O(2)", "irrep(1,2)", "trivial", True), BROKEN,
           "the pseudoscalar declared as a scalar",
           points({"two": "scalar", "turn": "scalar"}, dim=2, matrices=[angle_matrix(0, True)]),
           tag="scalar", truth=moments(True)),
    groups("moments_swapped", ONE_CLOUD, BROKEN, "components in the other order", moments(False)),
    groups("octupole", OCTUPOLE, RIGHT, "l = 3", third, limit=1e-6),
    groups("octupole_rolled", OCTUPOLE, BROKEN, "l = 3 in the basis (z, x, y)", third),
    groups("sphere_filter", ON_SPHERE, RIGHT, "a filter in the spectrum", sphere("field")),
    groups("sphere_smooth", ON_SPHERE, BROKEN, "a convolution on the map", sphere("field")),
]  # fmt: skip
