"""Which training data may be turned by any angle."""

from __future__ import annotations

from equidesign.groups.group import Group
from equidesign.spec.layer import parse_rep
from equidesign.spec.specification import Interface


def may_be_turned(domain: str, group: Group, interface: Interface) -> bool:
    """Tell whether a rotation changes nothing but the pixels: plain channels, one invariant answer an image.

    The grid has quarter turns only; a network on it learns from other angles how well it is to keep them.
    """
    turns = group.kind in ("SO", "O") or (
        group.kind in ("cyclic", "dihedral") and (group.n or 0) > 1
    )
    if domain != "images" or not turns:
        return False
    reps = [item.rep for item in (*interface.inputs.values(), *interface.outputs.values())]
    return all(item.space == "global" for item in interface.outputs.values()) and all(
        rep is not None and parse_rep(rep, group).is_scalar for rep in reps
    )
