"""Cases: energies, forces, stress."""

from __future__ import annotations

from typing import Any

import torch

from foreign.case import BATCH, BROKEN, POS, RIGHT, Case, Z, face, t
from foreign.cases_points import E3, VECTOR
from foreign.plain import Measure, outputs_of, points, two_clouds

ENERGY = t("samples", 1, rep="1x0e")
POTENTIAL = face(E3, {"z": Z, "pos": POS, "batch": BATCH}, {"energy": ENERGY, "forces": VECTOR})
POTENTIAL_PLAIN = points({"energy": "scalar"}, {"forces": "vector"}, extra=("z",))
CONSERVATIVE, SMOOTH = {"conservative": True}, {"cutoff": 2.0}


def conservative(sign: float = 1.0) -> Measure:
    """The forces against central differences of the energy."""

    def measure(model: Any) -> float:
        inputs, _ = two_clouds()
        inputs["z"] = torch.tensor([1, 6, 8, 1, 6, 8, 1, 6, 8, 1, 6])
        base = outputs_of(model, inputs, ["energy", "forces"], False)
        numeric = torch.zeros_like(inputs["pos"])
        for k in range(numeric.numel()):
            step = torch.zeros(numeric.numel(), dtype=torch.float64)
            step[k] = 1e-4
            up, down = (
                outputs_of(
                    model, inputs | {"pos": inputs["pos"] + s * step.view(-1, 3)}, ["energy"], False
                )
                for s in (1, -1)
            )
            numeric.view(-1)[k] = -(up["energy"] - down["energy"]).sum() / 2e-4
        return float((sign * numeric - base["forces"]).norm() / numeric.norm())

    return measure


def jump(model: Any) -> float:
    """The energy of a pair on both sides of the cutoff."""

    def energy(d: float) -> torch.Tensor:
        pos = torch.tensor([[0.0, 0, 0], [d, 0, 0]], dtype=torch.float64)
        inputs = {"z": torch.tensor([1, 6]), "pos": pos, "batch": torch.zeros(2, dtype=torch.int64)}
        return outputs_of(model, inputs, ["energy"], False)["energy"]

    return float((energy(2 - 1e-9) - energy(2 + 1e-9)).norm() / energy(2.1).norm())


def potential(
    name: str, exit: int, why: str, plain: Measure = POTENTIAL_PLAIN, **more: Any
) -> Case:
    interface = more.pop("interface", POTENTIAL) | more.pop("keys", {})
    return Case(f"potentials.py:{name}", interface, exit, why, plain, **more)


STRESS_INPUTS = POTENTIAL["inputs"]
STRESS = face(E3, STRESS_INPUTS, {"stress": t("samples", 3, 3, rep="1x0e + 1x2e")})
STRESS_PLAIN = points({"stress": "matrix"}, extra=("z",))
SCHNET = face(E3, {"z": Z, "pos": POS, "batch": BATCH}, output=ENERGY)
SCHNET_PLAIN = points({"output": "scalar"}, extra=("z",))

POTENTIAL_CASES = [
    potential("potential", RIGHT, "forces by autograd", keys=CONSERVATIVE | SMOOTH),
    potential("potential", RIGHT, "the same, nothing more claimed", tag="plain"),
    potential("needs_grad", RIGHT, "wants positions that require gradients",
              points({"energy": "scalar"}, {"forces": "vector"}, extra=("z",), grad=True)),
    potential("direct_forces", RIGHT, "direct forces, not claimed to be conservative",
              keys={"conservative": False}),
    potential("direct_forces", BROKEN, "direct forces claimed to be conservative", conservative(),
              keys=CONSERVATIVE, tag="claimed"),
    potential("wrong_sign", BROKEN, "the gradient itself for the force", conservative(),
              keys=CONSERVATIVE),
    potential("detached_part", BROKEN, "a part of the energy is detached", conservative(),
              keys=CONSERVATIVE),
    potential("hard_cutoff", BROKEN, "no envelope", jump, keys=SMOOTH),
    potential("stress", RIGHT, "a virial (B, 3, 3)", STRESS_PLAIN, interface=STRESS),
    potential("stress", RIGHT, "a virial (B, 3, 3), all nine components named", STRESS_PLAIN,
              interface=face(E3, STRESS_INPUTS,
                             {"stress": t("samples", 3, 3, rep="1x0e + 1x1e + 1x2e")}), tag="nine"),
    potential("stress_wrong_axis", BROKEN, "pressure off two entries", STRESS_PLAIN,
              interface=STRESS),
    potential("schnet", RIGHT, "torch_geometric's own", SCHNET_PLAIN, interface=SCHNET),
    potential("schnet_capped", BROKEN, "its graph capped at two neighbours", SCHNET_PLAIN,
              interface=SCHNET),
]  # fmt: skip
