"""What contradicts what: domain and version, task and domain, axis and group, answers and targets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from equidesign.design.problem import Target, Warning_
from equidesign.design.rules.groups import NormalGroup
from equidesign.errors import InputError
from equidesign.groups.group import Group
from equidesign.spec.request import UNKNOWN, Request

NOT_YET = {
    "volumes": "nearest is `images`, slice by slice, which loses the rotations out of the slices "
    "and what joins them",
    "crystals": "`molecules` would be wrong physics: without the cell, atoms at its faces miss "
    "their neighbours. It is right only for clusters cut out of the crystal, large enough that "
    "the inner atoms see no surface",
    "tables": "`sets` of rows is the nearest: it keeps the order of rows free, but not that of "
    "columns",
    "sequences": "`graphs` is the nearest: a chain (a ring, when periodic) whose nodes are the "
    "positions, with edges to the next; it keeps shifts and reversals",
    "vectors": "vectors of SO(3) or O(3) may be given as `point_clouds`, whose points they are; "
    "other matrix groups have no design here",
}
"""Domains of the request format that this version does not design for, and the honest nearest."""
MEANINGLESS = {
    (
        "images",
        "force_prediction",
    ): (
        "forces act on points, and a picture has none; a vector at every pixel is a regression "
        "per point"
    ),
    (
        "sphere",
        "force_prediction",
    ): "forces act on points; a field on the sphere is a regression per point",
    (
        "sets",
        "force_prediction",
    ): "elements of a set have no positions to push; points in space are the domain `point_clouds`",
    (
        "graphs",
        "force_prediction",
    ): "nodes of a graph have no positions to push; atoms in space are the domain `molecules`",
    (
        "sets",
        "pose_estimation",
    ): "a set has no orientation; points in space are the domain `point_clouds`",
    (
        "graphs",
        "pose_estimation",
    ): "a graph has no orientation; points in space are the domain `point_clouds`",
}


def check_domain(request: Request) -> None:
    """Refuse domains that this version does not design for.

    Raises:
        InputError: with the nearest domain, and what would be lost there.
    """
    data: Any = request.data
    if data.domain in NOT_YET:
        raise InputError(
            f"this version does not design for the domain {data.domain} yet",
            where="data.domain",
            expected="one of images, sphere, point_clouds, molecules, sets, graphs",
            hint=NOT_YET[data.domain],
        )
    if data.domain == "point_clouds" and data.dimension not in (2, 3):
        raise InputError(
            f"points of dimension {data.dimension} have no design here",
            where="data.dimension",
            expected="2 or 3",
            hint=(
                "in other dimensions only distances are known to every family; `sets` takes "
                "coordinates as features"
            ),
            repair={"data.dimension": 2 if data.dimension < 2 else 3},
        )


def check_task(request: Request) -> None:
    """Refuse tasks that mean nothing in the domain.

    Raises:
        InputError: with the nearest task, or domain, that does.
    """
    domain, task = request.data.domain, request.task
    why = MEANINGLESS.get((domain, task.type))
    if why:
        raise InputError(
            f"{task.type} has no meaning on {domain}: {why}",
            where="task.type",
            repair=_instead(domain, task.type),
        )


def check_turns(request: Request, group: Group) -> None:
    """Refuse poses under a group without rotations.

    Raises:
        InputError: with a group that has some.
    """
    domain, task = request.data.domain, request.task
    if task.type == "pose_estimation" and domain == "images":
        turns = group.kind in ("SO", "O") or (group.kind in ("cyclic", "dihedral") and group.n != 1)
        if not turns:
            raise InputError(
                f"a pose turns with the input, and {group.name} has no rotations",
                where="symmetry.group",
                expected="a group with rotations, such as SO(2) or C8",
                repair={"symmetry.group": "SO(2)"},
            )


def _instead(domain: str, task: str) -> dict[str, Any]:
    if domain in ("images", "sphere"):
        return {"task": {"type": "regression", "per": "point"}}
    data = {
        "domain": "molecules"
        if domain == "graphs" and task == "force_prediction"
        else "point_clouds"
    }
    return {"data": data}


def check_axis(request: Request, normal: NormalGroup) -> tuple[str | None, list[Warning_]]:
    """Return the axis that the design keeps, and what must be said about it."""
    written, group = request.data.preferred_axis, normal.group.geometric
    warnings: list[Warning_] = []
    domain = request.data.domain
    if normal.axis:
        if domain == "sphere" and written not in (None, "z"):
            warnings.append(
                Warning_(
                    "axis-is-polar",
                    f"the preferred axis {written} is taken as the polar axis z of the grid",
                    "give the signal on a grid whose poles lie on the axis",
                )
            )
            return "z", warnings
        if written is None and domain != "sphere":
            warnings.append(
                Warning_(
                    "axis-defaulted",
                    f"{group.name} keeps an axis of space, and none is named: z is taken",
                    "write `data.preferred_axis: x`, `y` or `z`",
                )
            )
        return written or "z", warnings
    if written is not None:
        said = _axis_breaks(request, group, written)
        if said is not None:
            warnings.append(said)
    return None, warnings


def _axis_breaks(request: Request, group: Group, axis: str) -> Warning_ | None:
    domain = request.data.domain
    if domain in ("sets", "graphs"):
        return None
    if domain == "images" or getattr(request.data, "dimension", 3) == 2:
        turning = group.kind in ("SO", "O", "SE", "E") or (group.n or 1) > 1
        if axis == "z" or group.kind in ("trivial", "translation") or not turning:
            return None
        instead = "D1 (mirrors only) or T(2)" if group.reflections else "T(2)"
        return Warning_(
            "axis-breaks-symmetry",
            f"the axis {axis} is declared special, yet {group.name} turns it: the network "
            "cannot tell up from down",
            f"if up matters, write `symmetry.group: {instead}`; if not, leave `preferred_axis` out",
        )
    instead = "O(2)" if group.reflections and domain != "sphere" else "SO(2)"
    return Warning_(
        "axis-breaks-symmetry",
        f"the axis {axis} is declared special, yet {group.name} turns it: the network cannot "
        "see it",
        f"write `symmetry.group: {instead}` for what remains about the axis, or leave "
        "`preferred_axis` out",
    )


def check_answers(request: Request, group: Group, targets: tuple[Target, ...]) -> list[Warning_]:
    """Hold the answers about transformations against targets and, if one is declared, the group.

    Raises:
        InputError: an answer that no design could satisfy.
    """
    behaviours = request.symmetry.transformations.behaviours()
    _invariant_vector(request, behaviours["rotation"], targets)
    if request.symmetry.group == UNKNOWN:
        return []
    return list(_against_group(request, group, behaviours))


def _invariant_vector(request: Request, answer: str, targets: tuple[Target, ...]) -> None:
    if answer != "invariant" or request.task.type == "generation":
        return
    for target in targets:
        if target.rep.is_scalar or target.rep.group.kind in ("trivial",):
            continue
        raise InputError(
            f"the output '{target.quantity or target.name}' ({target.rep}) turns with the "
            "input, yet rotations are said to leave it "
            "unchanged: an invariant vector is always zero",
            where="symmetry.transformations.rotation",
            expected="equivariant",
            hint="or ask for its magnitude, which is a scalar",
            repair={"symmetry.transformations.rotation": "equivariant"},
        )


def _against_group(
    request: Request, group: Group, behaviours: dict[str, Any]
) -> Iterator[Warning_]:
    turning = group.geometric.kind in ("SO", "O", "SE", "E")
    if behaviours["reflection"] == "none" and group.reflections:
        smaller = without_reflections(group)
        raise InputError(
            f"{group.name} contains reflections, yet `transformations` says that they are no "
            "symmetry",
            where="symmetry.transformations.reflection",
            expected=f"a group without reflections, such as {smaller}",
            repair={"symmetry.group": smaller},
        )
    if behaviours["rotation"] == "none" and turning:
        raise InputError(
            f"{group.name} contains rotations by any angle, yet `transformations` says that "
            "they are no symmetry",
            where="symmetry.transformations.rotation",
            expected="a group without them",
            repair={"symmetry.transformations.rotation": "unknown"},
        )
    if behaviours["permutation"] == "none" and group.has_permutations:
        raise InputError(
            f"{group.name} contains permutations, yet `transformations` says that they are no "
            "symmetry",
            where="symmetry.transformations.permutation",
            repair={"symmetry.transformations.permutation": "unknown"},
        )
    if behaviours["scale"] in ("invariant", "equivariant"):
        yield Warning_(
            "scale-not-built-in",
            "changes of scale are a symmetry of the data, and no family here builds them in",
            "normalise every sample to unit size, or augment with scales",
        )
    mirrored = behaviours["reflection"] in ("invariant", "equivariant")
    if mirrored and not group.reflections and group.geometric.kind in ("SE", "SO", "cyclic"):
        yield Warning_(
            "symmetry-unused",
            f"reflections are said to be a symmetry, and {group.name} has none",
            f"write `symmetry.group: {with_reflections(group)}` to use them",
        )


def without_reflections(group: Group) -> str:
    """Return the rotations of a group, as an expression: E(3) to SE(3), D4 to C4, D1 to T(2)."""
    part = group.geometric
    names = {"E": "S" + part.name, "O": "S" + part.name, "dihedral": f"C{part.n}"}
    small = names.get(part.kind, part.name)
    small = "T(2)" if small == "C1" else small
    return f"{small} x S_n" if group.has_permutations else small


def with_reflections(group: Group) -> str:
    """Return the group with reflections added, as an expression: SE(3) to E(3), C4 to D4."""
    part = group.geometric
    names = {"SE": part.name[1:], "SO": part.name[1:], "cyclic": f"D{part.n}"}
    large = names.get(part.kind, part.name)
    return f"{large} x S_n" if group.has_permutations else large
