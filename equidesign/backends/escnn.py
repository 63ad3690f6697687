"""escnn: steerable CNNs of planar groups in PyTorch."""

from __future__ import annotations

from typing import Any

from equidesign.backends.base import Backend
from equidesign.groups.group import Group
from equidesign.groups.rep import Rep
from equidesign.layers.kinds._fieldtypes import field_type
from equidesign.layers.kinds._planar import grid_subgroup
from equidesign.spec.specification import Specification


class EscnnBackend(Backend):
    """Writes representations as field types."""

    def rep(self, rep: Rep) -> str:
        """Return the field type of ``rep``, irrep by irrep."""
        return field_type(rep)

    def context(self, spec: Specification) -> dict[str, Any]:
        """Return the group space, and the group elements that are symmetries of the pixel grid."""
        highest = max(
            layer_rep.lmax
            for layer in spec.layers
            for layer_rep in (layer.in_.typed(spec.fiber).rep, layer.out.typed(spec.fiber).rep)
        )
        return {
            "gspace": gspace(spec.fiber, highest),
            "grid_symmetries": grid_symmetries(spec.fiber),
        }


def gspace(group: Group, frequency: int) -> str:
    """Return the expression for the group acting on the plane, reflections in the x-axis.

    The kernels between fields of frequencies up to F have irreps up to 2F.
    """
    limit = f"-1, maximum_frequency={max(2 * frequency, 2)}"
    if group.kind == "trivial":
        return "gspaces.trivialOnR2()"
    if group.kind == "dihedral" and group.n == 1:
        return "gspaces.flip2dOnR2(axis=0.0)"
    if group.reflections:
        return f"gspaces.flipRot2dOnR2({group.n if group.finite else limit}, axis=0.0)"
    return f"gspaces.rot2dOnR2({group.n if group.finite else limit})"


def grid_symmetries(group: Group) -> tuple[tuple[str, int, bool], ...]:
    """Return half turn, quarter turn and reflection, as far as the group has them.

    Each is the argument of ``fibergroup.element``, the number of quarter turns, and whether it reflects. Every
    element of the grid's subgroup is the product of some of them, in one way.
    """
    kept = grid_subgroup(group)
    if group.kind == "dihedral" and group.n == 1:
        return (("1", 0, True),)
    found: list[tuple[str, int, bool]] = []
    for parts, turns in ((2, 2), (4, 1)):
        if (kept.n or 1) % parts == 0:
            angle = str((group.n or 0) // parts) if group.finite else f"math.pi / {parts // 2}"
            angle = "math.pi" if angle == "math.pi / 1" else angle
            found.append((f"(0, {angle})" if group.reflections else angle, turns, False))
    if group.reflections:
        found.append(("(1, 0)" if group.finite else "(1, 0.0)", 0, True))
    return tuple(found)


BACKEND = EscnnBackend(
    name="escnn",
    title="escnn (PyTorch)",
    version=">=1.0.11,<1.1",
    fragments=("common", "points", "images", "escnn"),
    dependencies={"torch": ">=2.4", "escnn": ">=1.0.11,<1.1"},
    install="pip install torch escnn",
    notes=("x points to the right and y up; reflections are (x, y) to (x, -y)",),
    install_notes=(
        "escnn asks for py3nj, which is built with a Fortran compiler (gfortran), and for "
        "lie-learn, which wants numpy < 2. Without them, first install the two pure-Python "
        "packages in the folder third_party of equidesign's repository.",
    ),
)
