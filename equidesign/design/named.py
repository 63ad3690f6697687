"""What the names of targets mean: rows of the table of quantities; components joined to vectors and tensors."""

from __future__ import annotations

from equidesign.design.components import find_components
from equidesign.design.quantities import Quantity, find_quantity
from equidesign.design.resolved import Resolved
from equidesign.groups.group import Group
from equidesign.groups.rep import Irrep, Rep
from equidesign.spec.request import Request

CHEMICAL = ("molecules", "crystals")
OTHER_PLACE = {
    "energy": "atomic_energy",
    "partial_charge": "total_charge",
    "dipole_moment": "atomic_dipole",
    "polarizability": "atomic_polarizability",
}
"""What a quantity is called at the other place."""
_VECTOR = Quantity("vector", "1o", "", "sample", False, "components of a polar vector", either=True)
_TENSOR = Quantity(
    "symmetric_tensor", "0e + 2e", "", "sample", False, "components of a tensor", either=True
)


def named_quantities(
    names: tuple[str, ...], request: Request, fiber: Group, result: Resolved
) -> dict[str, Quantity | None]:
    """Return what each name means; components of one vector or tensor are joined."""
    dimension = 2 if request.data.domain == "images" else getattr(request.data, "dimension", 3)
    geometric = fiber.point_group.kind != "trivial"
    meant: dict[str, Quantity | None] = {}
    joined: dict[str, str] = {}
    for parts in find_components(names, dimension) if geometric else ():
        quantity = find_quantity(parts.stem) or (_VECTOR if parts.degree == 1 else _TENSOR)
        if quantity.spatial.lmax != parts.degree:
            quantity = _VECTOR if parts.degree == 1 else _TENSOR
        joined |= dict.fromkeys(parts.names, parts.stem or quantity.id)
        meant[parts.stem or quantity.id] = quantity
        result.warn(
            "components-joined",
            f"{', '.join(parts.names)} turn into each other when the sample turns: they are one "
            + ("vector" if parts.degree == 1 else "symmetric tensor")
            + f" ({quantity.rep} under O(3)), not {len(parts.names)} scalars",
            f"write `task.targets: [{quantity.id}]`"
            + ("" if parts.degree == 1 else "; a tensor is given by its irreps, not by xx, yy, zz"),
        )
    for name in names:
        if name not in joined:
            meant[name] = quantity_of(name, request)
    return {joined.get(name, name): meant[joined.get(name, name)] for name in names}


def quantity_of(name: str, request: Request) -> Quantity | None:
    """Return the quantity that a name means; names of one or two letters mean physics in chemistry only."""
    if len(name.strip()) <= 2 and request.data.domain not in CHEMICAL:
        return None
    return find_quantity(name)


def merged(rep: Rep) -> Rep:
    """Return a representation with neighbouring equal terms joined; components keep their order."""
    terms: list[tuple[int, Irrep]] = []
    for count, irrep in rep.terms:
        if terms and terms[-1][1] == irrep:
            terms[-1] = (terms[-1][0] + count, irrep)
        else:
            terms.append((count, irrep))
    return Rep(rep.group, tuple(terms))
