"""Cases: periodic crystals."""

from __future__ import annotations

from foreign.case import BATCH, BROKEN, POS, RIGHT, Case, Z, face, t
from foreign.plain import Measure
from foreign.plain_crystals import crystals, everything, recut, rewrapped, supercell

ATOMS = POS | {"space": "atoms"}
CELL = t("samples", 3, 3, rep="3x1o", role="cell")
OUTPUTS = {
    "energy": t("samples", 1, rep="1x0e", unit="eV"),
    "forces": t("points", 3, rep="1x1o", space="atoms", unit="eV/Å"),
}
CRYSTAL = face("E(3) x S_n", {"z": Z, "pos": ATOMS, "cell": CELL, "batch": BATCH}, OUTPUTS)
BARE_CELL = CRYSTAL | {
    "inputs": CRYSTAL["inputs"] | {"cell": t("samples", 3, 3, role="cell")},
    "sizes": {"points": 4},
}

ENERGY_ONLY = CRYSTAL | {"outputs": {"energy": OUTPUTS["energy"]}}


def case(name: str, exit: int, why: str, plain: Measure, **more: object) -> Case:
    interface = more.pop("interface", CRYSTAL)
    return Case(f"crystals.py:{name}", interface, exit, why, plain, **more)  # type: ignore[arg-type]


CRYSTAL_CASES = [
    case("crystal", RIGHT, "all images within the cutoff", everything(2)),
    case(
        "crystal", RIGHT, "the cell without a rep", everything(2), interface=BARE_CELL, tag="bare"
    ),
    case("per_atom", RIGHT, "mean over the atoms", everything(1), interface=ENERGY_ONLY),
    case("molecule", BROKEN, "ignores the cell", rewrapped),
    case("no_rewrap", BROKEN, "positions are not wrapped", rewrapped),
    case("minimum_image", BROKEN, "one image of each neighbour, small cell", supercell(2)),
    case("cell_lengths", BROKEN, "depends on the choice of the cell", recut),
    case("cell_axis", BROKEN, "the x component of a lattice vector", crystals),
    case("columns_for_rows", BROKEN, "columns taken for lattice vectors", crystals),
]
