"""Cases: EGNN- and PaiNN-like models on points."""

from __future__ import annotations

from typing import Any

import torch

from foreign.case import BATCH, BROKEN, POS, RIGHT, Case, face, t
from foreign.plain import Measure, alone, points, two_clouds, worst

E3 = "E(3) x S_n"
INPUTS = {"pos": POS, "batch": BATCH}
VECTOR = t("points", 3, rep="1x1o", space="points")
ENERGY = t("samples", 1, rep="1x0e")

EGNN = face(E3, INPUTS, {"h": t("samples", 2, rep="2x0e"), "x": POS})
EGNN_PLAIN = points({"h": "scalar"}, {"x": "position"})
EDGES = {"edge_index": t(2, "edges", space="edges", dtype="int64", role="edge_index")}
EGNN_EDGES = face(E3, {"pos": POS} | EDGES | {"batch": BATCH}, EGNN["outputs"])
EDGES_PLAIN = points({"h": "scalar"}, {"x": "position"}, extra=("edge_index",))


def edge_list_reversed(model: Any) -> float:
    """The same edges in another order."""
    inputs, _ = two_clouds()
    same = (inputs["batch"][:, None] == inputs["batch"]) & ~torch.eye(11, dtype=torch.bool)
    inputs["edge_index"] = same.nonzero().T.contiguous()
    moved = inputs | {"edge_index": inputs["edge_index"].flip(1)}
    return worst(model, inputs, [(moved, lambda n, o: o)], ["h", "x"])


def egnn(name: str, exit: int, why: str, plain: Measure = EGNN_PLAIN, **more: Any) -> Case:
    return Case(f"egnn.py:{name}", more.pop("interface", EGNN), exit, why, plain, **more)


EGNN_CASES = [
    egnn("egnn", RIGHT, "as published"),
    egnn("egnn", BROKEN, "coordinates declared without translations",
         interface=face(E3, INPUTS, {"h": EGNN["outputs"]["h"], "x": VECTOR}),
         plain=points({"h": "scalar"}, {"x": "vector"}), truth=EGNN_PLAIN, tag="no-translation"),
    egnn("egnn", RIGHT, "another spelling of the group, sizes of its own",
         interface=EGNN | {"group": "E(3) × Sₙ", "sizes": {"points": 9, "samples": 3}}, tag="spelling"),
    egnn("absolute", BROKEN, "distance to the origin"),
    egnn("tiny_anisotropy", BROKEN, "about one part in a hundred thousand"),
    egnn("capped", BROKEN, "a neighbour cap by index"),
    egnn("nearest", RIGHT, "k nearest neighbours, no ties"),
    egnn("nearest_ties", BROKEN, "ties broken by index"),
    egnn("node_ids", BROKEN, "row numbers embedded"),
    egnn("drift", BROKEN, "a drift of a thousandth on the coordinates"),
    egnn("edges_given", RIGHT, "edge_index as an input", EDGES_PLAIN, interface=EGNN_EDGES),
    egnn("edges_order", BROKEN, "depends on the order of the edges", edge_list_reversed,
         interface=EGNN_EDGES),
]  # fmt: skip

TWO = face(E3, INPUTS, {"scalar": t("samples", 2, rep="2x0e"), "vector": VECTOR})
TWO_KINDS: tuple[dict[str, str], dict[str, str]] = ({"scalar": "scalar"}, {"vector": "vector"})
TWO_PLAIN = points(*TWO_KINDS)
ALONE = alone(["scalar", "vector"], two_clouds)


def painn(name: str, exit: int, why: str, plain: Measure = TWO_PLAIN, **more: Any) -> Case:
    return Case(f"painn.py:{name}", more.pop("interface", TWO), exit, why, plain, **more)


PAINN_CASES = [
    painn("painn", RIGHT, "a tuple of two outputs"),
    painn("named", RIGHT, "a named tuple"),
    painn("PaiNN", RIGHT, "the class itself is the factory", tag="class"),
    painn("relu", BROKEN, "ReLU on components"),
    painn("bias", BROKEN, "a bias of a thousandth on vectors"),
    painn("mix", BROKEN, "linear over x, y, z"),
    painn("max_norm", BROKEN, "largest component for the length"),
    painn("batchnorm_vectors", BROKEN, "batch normalisation of components",
          points(*TWO_KINDS, train=True)),
    painn("batchnorm_scalars", RIGHT, "batch normalisation of scalars"),
    painn("leaky_norm", BROKEN, "statistics of the batch in eval mode", ALONE),
    painn("centred_over_batch", BROKEN, "mean over the batch", ALONE),
    painn("first_sample", BROKEN, "compares with sample 0"),
    painn("dropout", RIGHT, "dropout of scalars in train mode",
          points(*TWO_KINDS, train=True, permute=False)),
    painn("dropout_channels", RIGHT, "dropout of whole vectors in train mode",
          points(*TWO_KINDS, train=True, permute=False)),
    painn("dropout_components", BROKEN, "dropout of components in train mode",
          points(*TWO_KINDS, train=True, permute=False)),
    painn("eval_only", BROKEN, "a break of a hundredth in eval mode only"),
    painn("noise", BROKEN, "noise at inference", verdicts=("WRONG_HARNESS", "BROKEN")),
    painn("hidden_by_zero", BROKEN, "a break behind a head of zeros",
          points(*TWO_KINDS, shaken=True)),
    painn("order_pooling", BROKEN, "weights by place in the list"),
    painn("last_point", BROKEN, "the last point stands for the sample"),
    painn("accumulator", RIGHT, "running sums and a large offset"),
    painn("float32_inside", RIGHT, "single precision inside", limit=1e-4),
    painn("broken_float32_inside", BROKEN, "single precision inside and a break of a thousandth"),
    painn("float64_only", RIGHT, "double precision whatever comes in"),
    painn("huge", RIGHT, "outputs of 1e8"),
    painn("tiny", RIGHT, "outputs of 1e-8"),
    painn("huge_broken", BROKEN, "outputs of 1e8 and ReLU on components"),
    painn("tiny_broken", BROKEN, "outputs of 1e-8 and a small break"),
    painn("painn", BROKEN, "scalars declared as pseudoscalars",
          interface=face(E3, INPUTS, {"scalar": t("samples", 2, rep="2x0o"), "vector": VECTOR}),
          plain=points({"scalar": "pseudo"}, {"vector": "vector"}), truth=TWO_PLAIN,
          verdicts=("WRONG_HARNESS",), tag="wrong-parity"),
    painn("painn", BROKEN, "a polar vector declared axial",
          interface=face(E3, INPUTS, {"scalar": t("samples", 2, rep="2x0e"),
                                      "vector": t("points", 3, rep="1x1e", space="points")}),
          plain=points({"scalar": "scalar"}, {"vector": "axial"}), truth=TWO_PLAIN,
          verdicts=("WRONG_HARNESS",), tag="axial"),
    painn("painn", BROKEN, "three scalars where one vector is declared",
          interface=face(E3, INPUTS, {"scalar": t("samples", 2, rep="2x0e"),
                                      "vector": t("points", 3, rep="3x0e", space="points")}),
          plain=points({"scalar": "scalar"}, {"vector": "scalar"}), truth=TWO_PLAIN, tag="as-scalars"),
    painn("painn", BROKEN, "a force declared to move with the origin",
          interface=face(E3, INPUTS, {"scalar": t("samples", 2, rep="2x0e"), "vector": POS}),
          plain=points({"scalar": "scalar"}, {"vector": "position"}), truth=TWO_PLAIN,
          tag="translates"),
    painn("painn", RIGHT, "rotations alone are claimed, without parity",
          interface=face("SO(3)", {"pos": t("points", 3, rep="1x1", space="points"), "batch": BATCH},
                         {"scalar": t("samples", 2, rep="2x0"),
                          "vector": t("points", 3, rep="1x1", space="points")}), tag="so3"),
]  # fmt: skip
