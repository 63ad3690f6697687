"""Cases: models that are awkward to test, and interfaces that leave things out."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from foreign.case import BATCH, BROKEN, POS, RIGHT, Case, Z, face, t
from foreign.cases_frames import dense_clouds, dense_pair
from foreign.cases_points import E3, INPUTS, TWO, TWO_KINDS, TWO_PLAIN, VECTOR
from foreign.cases_sets import EDGE_INDEX
from foreign.plain import (
    Act,
    Measure,
    Tensors,
    alone,
    orthogonal,
    outputs_of,
    points,
    relative,
    two_clouds,
    worst,
)


def awkward(name: str, exit: int, why: str, plain: Measure = TWO_PLAIN, **more: Any) -> Case:
    return Case(f"awkward.py:{name}", more.pop("interface", TWO), exit, why, plain, **more)


def far(model: nn.Module) -> float:
    inputs, _ = two_clouds()
    moved = inputs | {"pos": inputs["pos"] + 100}
    return worst(model, inputs, [(moved, lambda n, o: o)], list(TWO["outputs"]))


def twice(model: nn.Module) -> float:
    """The same input two times."""
    inputs, _ = two_clouds()
    a, b = (outputs_of(model, inputs, TWO["outputs"], False) for _ in range(2))
    return max(relative(a[n], b[n], b[n]) for n in a)


def large(model: nn.Module) -> float:
    torch.manual_seed(1)
    inputs = {"pos": torch.randn(9, 3).double(), "batch": torch.zeros(9, dtype=torch.int64)}
    r = orthogonal(3, False, 2)
    act: Act = lambda n, o: o @ r.T if n == "vector" else o  # noqa: E731
    return worst(
        model, inputs, [(inputs | {"pos": inputs["pos"] @ r.T}, act)], list(TWO["outputs"])
    )


def edge_vectors(model: nn.Module) -> float:
    torch.manual_seed(1)
    clouds, _ = two_clouds()
    batch = clouds["batch"]
    index = (batch[:, None] == batch).nonzero().T.contiguous()
    x = {
        "edge_vec": torch.randn(index.shape[1], 3, dtype=torch.float64),
        "edge_index": index,
        "batch": batch,
    }
    moves: list[tuple[Tensors, Act]] = []
    for reflect in (False, True):
        r = orthogonal(3, reflect, 2)
        turned = x | {"edge_vec": x["edge_vec"] @ r.T}
        moves.append((turned, lambda n, o, r=r: o @ r.T if n == "vector" else o))
    order = torch.randperm(index.shape[1])
    shuffled = x | {"edge_vec": x["edge_vec"][order], "edge_index": index[:, order]}
    return worst(model, x, [*moves, (shuffled, lambda n, o: o)], list(TWO["outputs"]))


def padded(model: nn.Module) -> float:
    torch.manual_seed(1)
    mask = torch.arange(7) < torch.tensor([[7], [4]])
    x = {"pos": torch.randn(2, 7, 3, dtype=torch.float64), "mask": mask}
    r, order = orthogonal(3, True, 2), torch.randperm(7)
    noise = torch.where(mask[..., None], x["pos"], torch.randn_like(x["pos"]))
    moves: list[tuple[Tensors, Act]] = [
        (x | {"pos": x["pos"] @ r.T + 1}, lambda n, o: o @ r.T),
        ({k: v[:, order] for k, v in x.items()}, lambda n, o: o),
        (x | {"pos": noise}, lambda n, o: o),
    ]
    return worst(model, x, moves, ["output"])


def dense_scalar(model: nn.Module) -> float:
    torch.manual_seed(2)
    x = torch.randn(2, 7, 3, dtype=torch.float64)
    r, order = orthogonal(3, True, 4), torch.randperm(7)
    return worst(model, {"pos": x}, [({"pos": x[:, order] @ r.T + 2}, lambda n, o: o)], ["output"])


def dense_turned(model: nn.Module) -> float:
    torch.manual_seed(2)
    x = torch.randn(2, 7, 3, dtype=torch.float64)
    r = orthogonal(3, True, 4)
    act: Act = lambda n, o: o @ r.T if n == "vector" else o  # noqa: E731
    return worst(model, {"pos": x}, [({"pos": x @ r.T + 2}, act)], list(DENSE_OUT))


def numbers(target: str, exit: int, plain: Measure) -> Case:
    """The case with a number, three, for the samples."""

    def fixed(tensors: dict[str, Any]) -> dict[str, Any]:
        return {n: e | {"shape": [3, *e["shape"][1:]]} for n, e in tensors.items()}

    interface = face(E3, fixed(DENSE_SEVEN), fixed(DENSE_OUT))
    return Case(target, interface, exit, "numbers in every shape", plain, tag="numbers")


def about_z(degrees: float) -> torch.Tensor:
    a = torch.tensor(degrees, dtype=torch.float64).deg2rad()
    r = torch.eye(3, dtype=torch.float64)
    r[0, 0], r[0, 1], r[1, 0], r[1, 1] = a.cos(), -a.sin(), a.sin(), a.cos()
    return r


def unplaced(tensors: dict[str, Any], *keys: str) -> dict[str, Any]:
    """Drop keys that a user may well leave out."""
    return {n: {k: v for k, v in e.items() if k not in keys} for n, e in tensors.items()}


MIRRORLESS = face("E(3)", INPUTS, TWO["outputs"])
BARE = face(E3, unplaced(INPUTS, "space"), unplaced(TWO["outputs"], "space"))
BARER = face(E3, unplaced(INPUTS, "space", "dtype"), unplaced(TWO["outputs"], "space"))
OXYGEN = face(E3, {"z": Z} | INPUTS, TWO["outputs"])
EDGES = {"edge_vec": t("edges", 3, rep="1x1o", space="edges")} | EDGE_INDEX
EDGE_INPUTS = EDGES | {"batch": t("nodes", space="nodes", dtype="int64", role="batch")}
NODES = {
    "scalar": TWO["outputs"]["scalar"],
    "vector": VECTOR | {"shape": ["nodes", 3], "space": "nodes"},
}
PADDED = {
    "pos": t("samples", "points", 3, rep="1x1o", space="points", translates=True),
    "mask": t("samples", "points", space="points", dtype="bool", role="mask"),
}
DENSE = {"pos": t("samples", "points", 3, rep="1x1o", space="points", translates=True)}
DENSE_SEVEN = {"pos": DENSE["pos"] | {"shape": ["samples", 7, 3]}}
DENSE_OUT = {"scalar": t("samples", 2, rep="2x0e"),
             "vector": t("samples", 7, 3, rep="1x1o", space="points")}  # fmt: skip
UP = t("points", 3, rep="irrep(1) + trivial", space="points")
GRAVITY = face("SO(2) x S_n", {"pos": UP | {"translates": True}, "batch": BATCH}, output=UP)
GRAVITY_PLAIN = points(per_point={"output": "vector"}, matrices=[about_z(50), about_z(170)])
TENSOR = t("points", 3, 3, rep="1x0e + 1x2e", space="points")
TENSOR_PLAIN = points(per_point={"output": "matrix"})
DIPOLE = t("samples", 3, rep="1x1o")

AWKWARD_CASES = [
    awkward("base", RIGHT, "nothing awkward yet"),
    awkward("in_place", RIGHT, "edits its input in place"),
    awkward("no_grad", RIGHT, "no gradients"),
    awkward("inference", RIGHT, "inference mode"),
    awkward("more", RIGHT, "optional arguments, undeclared outputs"),
    awkward("lazy", RIGHT, "a lazy layer"),
    awkward("normed", RIGHT, "weight and spectral normalisation"),
    awkward("cross", RIGHT, "Levi-Civita's symbol as a frozen parameter"),
    awkward("cached", BROKEN, "a stale neighbour list"),
    awkward("counter", BROKEN, "every call differs", twice, verdicts=("WRONG_HARNESS", "BROKEN")),
    awkward("cell_list", BROKEN, "boxes of a fixed grid"),
    awkward("far_away", BROKEN, "breaks far from the origin only", far),
    awkward("small_handedness", BROKEN, "breaks under mirrors only"),
    awkward("small_handedness", RIGHT, "without mirrors",
            points(*TWO_KINDS, reflect=False), tag="se3",
            interface=face("SE(3) x S_n", {"pos": POS | {"rep": "1x1"}, "batch": BATCH},
                           {"scalar": t("samples", 2, rep="2x0"), "vector": VECTOR | {"rep": "1x1"}})),
    awkward("oxygen", BROKEN, "breaks on one species only",
            points(*TWO_KINDS, extra=("z",)), interface=OXYGEN),
    awkward("one_in_five", BROKEN, "breaks on large samples only", large),
    awkward("hairline", BROKEN, "a hundred-thousandth"),
    awkward("edge_vectors", RIGHT, "vectors on the edges as inputs", edge_vectors,
            interface=face(E3, EDGE_INPUTS, NODES)),
    awkward("edge_vectors_abs", BROKEN, "absolute values of components", edge_vectors,
            interface=face(E3, EDGE_INPUTS, NODES)),
    awkward("padded", RIGHT, "padded clouds", padded, interface=face(E3, PADDED, output=DIPOLE)),
    awkward("padded_leak", BROKEN, "padding moves the centre", padded,
            interface=face(E3, PADDED, output=DIPOLE)),
    awkward("scripted", RIGHT, "a traced module", dense_scalar,
            interface=face(E3, DENSE, output=t("samples", 2, rep="2x0e"))),
    awkward("gravity", RIGHT, "turns about z", GRAVITY_PLAIN, interface=GRAVITY),
    awkward("gravity_wrong_axis", BROKEN, "turns about x", GRAVITY_PLAIN, interface=GRAVITY),
    awkward("tensor", RIGHT, "a tensor on every point", TENSOR_PLAIN,
            interface=face(E3, INPUTS, output=TENSOR)),
    awkward("tensor_triangle", BROKEN, "its upper triangle only", TENSOR_PLAIN,
            interface=face(E3, INPUTS, output=TENSOR)),
]  # fmt: skip

OMITTED_CASES = [
    Case("painn.py:painn", BARE, RIGHT, "spaces left out", TWO_PLAIN, tag="bare"),
    Case("painn.py:relu", BARE, BROKEN, "spaces left out", TWO_PLAIN, tag="bare"),
    Case("painn.py:order_pooling", BARE, BROKEN, "spaces left out", TWO_PLAIN, tag="bare"),
    Case("painn.py:painn", BARER, RIGHT, "the type of the role batch left out", TWO_PLAIN, tag="barer"),
    numbers("frames.py:dense", RIGHT, dense_clouds),
    numbers("frames.py:dense_positional", BROKEN, dense_clouds),
    numbers("frames.py:dense_leak", BROKEN,
             alone(list(DENSE_OUT), dense_pair)),
    Case("frames.py:dense_positional", face("E(3)", DENSE_SEVEN, DENSE_OUT), RIGHT,
         "places embedded, no permutations claimed", dense_turned, tag="e3"),
    Case("painn.py:first_sample", MIRRORLESS, BROKEN, "samples are samples under any group", TWO_PLAIN,
         tag="e3"),
    Case("painn.py:relu", MIRRORLESS, BROKEN, "no permutations claimed", TWO_PLAIN, tag="e3"),
]  # fmt: skip
