"""Cases: dipoles, torques, handedness, frames, layouts; the plane; e3nn."""

from __future__ import annotations

from typing import Any

import torch

from foreign.case import BATCH, BROKEN, POS, RIGHT, Case, face, t
from foreign.cases_points import E3, INPUTS, VECTOR
from foreign.plain import Measure, Tensors, alone, angle_matrix, orthogonal, points, worst


def frame(name: str, exit: int, why: str, output: Any, plain: Measure, **more: Any) -> Case:
    group, inputs = more.pop("group", E3), more.pop("inputs", INPUTS)
    outputs = output if "shape" not in output else {"output": output}
    interface = face(group, inputs, outputs, **more.pop("keys", {}))
    return Case(f"frames.py:{name}", interface, exit, why, plain, **more)


SE3_POS = POS | {"rep": "1x1"}
SE3_INPUTS = {"pos": SE3_POS, "batch": BATCH}
TORQUE_INPUTS = {"pos": POS, "v": VECTOR, "batch": BATCH}
DENSE_INPUTS = {"pos": t("samples", 7, 3, rep="1x1o", space="points", translates=True)}
DENSE = {"scalar": t("samples", 2, rep="2x0e"),
         "vector": t("samples", 7, 3, rep="1x1o", space="points")}  # fmt: skip
SINGLE = {"pos": t("points", 3, rep="1x1o", space="points", translates=True)}
ROTATION = {"rotation": t("samples", 3, 3, rep="3x1", layout="columns")}


def out(kind: str, **more: Any) -> Measure:
    return points({"output": kind}, **more)


def dense_clouds(model: Any) -> float:
    """Dense clouds (2, 7, 3): turned, mirrored, shifted, reordered."""
    torch.manual_seed(2)
    x = {"pos": torch.randn(2, 7, 3, dtype=torch.float64)}
    order = torch.randperm(7)
    moves: list[Any] = [
        ({"pos": x["pos"][:, order]}, lambda n, o: o if n == "scalar" else o[:, order])
    ]
    for reflect in (False, True):
        r = orthogonal(3, reflect, 4)
        moves.append(
            ({"pos": x["pos"] @ r.T + 2}, lambda n, o, r=r: o if n == "scalar" else o @ r.T)
        )
    return worst(model, x, moves, ["scalar", "vector"])


def dense_pair() -> tuple[Tensors, Tensors]:
    torch.manual_seed(2)
    pos = torch.randn(2, 7, 3, dtype=torch.float64)
    return {"pos": pos}, {"pos": pos[:1]}


FRAME_CASES = [
    frame("dipole", RIGHT, "charges about the centre", t("samples", 3, rep="1x1o"), out("vector")),
    frame("dipole_uncentred", BROKEN, "depends on the origin", t("samples", 3, rep="1x1o"),
          out("vector")),
    frame("torque", RIGHT, "an axial vector", t("samples", 3, rep="1x1e"),
          out("axial", extra=("v",)), inputs=TORQUE_INPUTS),
    frame("torque", BROKEN, "an axial vector declared polar", t("samples", 3, rep="1x1o"),
          out("vector", extra=("v",)), inputs=TORQUE_INPUTS, tag="polar",
          truth=out("axial", extra=("v",)), verdicts=("WRONG_HARNESS",)),
    frame("handedness", BROKEN, "changes sign in a mirror", t("samples", 1, rep="1x0e"),
          out("scalar"), truth=out("pseudo"), verdicts=("WRONG_HARNESS", "BROKEN")),
    frame("handedness", RIGHT, "declared as a pseudoscalar", t("samples", 1, rep="1x0o"),
          out("pseudo"), tag="pseudo"),
    frame("handedness", RIGHT, "under SE(3)", t("samples", 1, rep="1x0"),
          out("scalar", reflect=False), group="SE(3) x S_n", inputs=SE3_INPUTS, tag="se3"),
    frame("frame_net", BROKEN, "principal axes without their signs", t("samples", 2, rep="2x0e"),
          out("scalar")),
    frame("frame_two_signs", BROKEN, "half of the signs", t("samples", 2, rep="2x0e"),
          out("scalar", matrices=[orthogonal(3, False, s) for s in range(9)])),
    frame("frame_averaging", RIGHT, "all signs of the principal axes", t("samples", 2, rep="2x0e"),
          out("scalar"), limit=1e-8),
    frame("dense", RIGHT, "dense batches", DENSE, dense_clouds, inputs=DENSE_INPUTS),
    frame("dense_positional", BROKEN, "an embedding of the place", DENSE, dense_clouds,
          inputs=DENSE_INPUTS),
    frame("dense_leak", BROKEN, "a mean over the batch", DENSE, alone(list(DENSE), dense_pair),
          inputs=DENSE_INPUTS),
    frame("single", RIGHT, "one cloud, no batch", t(2, rep="2x0e"), out("scalar", batched=False),
          inputs=SINGLE),
    frame("single_flat", BROKEN, "distances in the order of the points", t(2, rep="2x0e"),
          out("scalar", batched=False), inputs=SINGLE, keys={"sizes": {"points": 6}}),
    frame("from_origin", RIGHT, "O(3) without translations", t("samples", 2, rep="2x0e"),
          out("scalar", translate=False), group="O(3) x S_n",
          inputs={"pos": VECTOR, "batch": BATCH}),
    frame("from_origin", BROKEN, "the same, translations claimed", t("samples", 2, rep="2x0e"),
          out("scalar"), tag="e3"),
    frame("orientation", RIGHT, "a rotation whose columns turn", ROTATION, points(
          {"rotation": "columns"}, reflect=False), group="SE(3) x S_n", inputs=SE3_INPUTS),
]  # fmt: skip

PLANE = {"pos": t("points", 2, rep="irrep(1)", space="points", translates=True), "batch": BATCH}
PLANE_MIRROR = PLANE | {"pos": PLANE["pos"] | {"rep": "irrep(1,1)"}}


def planar(name: str, group: str, exit: int, why: str, turns: list[float], **more: Any) -> Case:
    """A case in the plane; ``turns`` are the angles of the plain check, with mirrors if ``mirror``."""
    mirror = more.pop("mirror", False)
    rep, one = ("irrep(1,1)", "trivial") if mirror else ("irrep(1)", "trivial")
    outputs = {"scalar": t("samples", 2, rep=f"2x{one}"), "vector": t("samples", 2, rep=rep)}
    inputs = PLANE_MIRROR if mirror else PLANE
    matrices = [angle_matrix(a, flip) for a in turns for flip in (False, True)[: 1 + mirror]]
    plain = points({"scalar": "scalar", "vector": "vector"}, dim=2, matrices=matrices)
    return Case(f"planar.py:{name}", face(group, inputs, outputs), exit, why, plain, **more)


PLANAR_CASES = [
    planar("isotropic", "SE(2) x S_n", RIGHT, "lengths only", [33, 121]),
    planar("isotropic", "O(2)", RIGHT, "lengths only, mirrors", [33, 121], mirror=True, tag="o2"),
    planar("swirl", "SE(2)", RIGHT, "turns with a handedness", [33, 121]),
    planar("swirl", "E(2)", BROKEN, "a handedness under mirrors", [33], mirror=True, tag="mirrors"),
    planar("four_fold", "C4", RIGHT, "cos of four times the angle", [90, 180]),
    planar("four_fold", "D4", RIGHT, "the same with mirrors", [90, 180], mirror=True, tag="d4"),
    planar("four_fold", "SO(2)", BROKEN, "quarter turns only", [33], tag="so2"),
    planar("four_fold", "C8", BROKEN, "quarter turns only", [45], tag="c8"),
    planar("six_fold", "D6", RIGHT, "cos of six times the angle", [60, 180], mirror=True),
    planar("six_fold", "C4", BROKEN, "a hexagon under quarter turns", [90], tag="c4"),
    planar("one_fold", "C4", BROKEN, "the x axis is special", [90]),
    planar("conjugate", "SO(2)", BROKEN, "turns the other way round", [33]),
]  # fmt: skip

LEARNT = {
    "energy": t("samples", 2, rep="2x0e"),
    "dipole": t("samples", 3, rep="1x1o"),
    "quadrupole": t("samples", 5, rep="1x2e"),
}
E3NN_PLAIN = points({"energy": "scalar", "dipole": "vector", "quadrupole": "l2"})


def learnt(name: str, exit: int, why: str, **more: Any) -> Case:
    interface = face(E3, INPUTS, LEARNT)
    return Case(f"e3nn_nets.py:{name}", interface, exit, why, E3NN_PLAIN, **more)


E3NN_CASES = [
    learnt("conv", RIGHT, "float32 Clebsch-Gordan constants", limit=1e-5),
    learnt("normalised", RIGHT, "e3nn's BatchNorm", limit=1e-5),
    learnt("swapped_axes", BROKEN, "components of l = 2 in another order"),
    learnt("plain_linear", BROKEN, "torch.nn.Linear over components"),
    learnt("plain_activation", BROKEN, "tanh over components"),
    learnt("layer_norm", BROKEN, "LayerNorm over components"),
]
