"""Regression targets: named quantities bring representation, unit and place; contradictions end."""

from __future__ import annotations

from typing import Any

from equidesign.design.making import scalars
from equidesign.design.named import OTHER_PLACE, merged, named_quantities
from equidesign.design.problem import DesignWarning, Target
from equidesign.design.quantities import Quantity
from equidesign.design.resolved import CHIRAL, Resolved
from equidesign.design.written_rep import rep_of_space, written_rep
from equidesign.errors import InputError
from equidesign.groups.group import Group
from equidesign.groups.rep import Rep
from equidesign.spec.field import Space
from equidesign.spec.request import Request


def resolve_regression(request: Request, group: Group, fiber: Group, here: Space) -> Resolved:
    """Return the target of a regression.

    Raises:
        InputError: a target that the group or the domain has no room for, or names that do not fit together.
    """
    task: Any = request.task
    result = Resolved()
    names = task.targets if isinstance(task.targets, tuple) else ()
    known = named_quantities(names, request, fiber, result)
    found = tuple(each for each in known.values() if each is not None)
    _directions_exist(request, group, known)
    _mirrors_allow(request, group, found, result)
    per = _per(request, known, result)
    rep = _representation(request, fiber, known, per, result)
    result.targets = (
        Target(
            "prediction",
            here if per == "point" else Space.global_,
            rep,
            unit=_common_unit(tuple(known), found),
            extensive=_extensive(per, tuple(known), found, result),
            quantity=found[0].id if len(found) == len(known) == 1 else None,
        ),
    )
    if not names:
        _count(request, per, rep, result)
    if any(each.moves for each in found):
        result.warn(
            "relative-position",
            "positions are predicted relative to "
            + ("each point" if per == "point" else "the centre of the sample")
            + ": absolute ones would leak the origin of the coordinates",
            "train on displacements, and add the position back",
        )
    if any(each.mirrored for each in found):
        result.notes = (CHIRAL,)
    return result


def _directions_exist(request: Request, group: Group, known: dict[str, Quantity | None]) -> None:
    """Refuse directed quantities where nothing has a direction: sets and graphs."""
    if request.data.domain not in ("sets", "graphs"):
        return
    for name, quantity in known.items():
        if quantity is None or not quantity.directed:
            continue
        plain = [
            (each.scalar or f"{each.id}_magnitude") if each is not None and each.directed else other
            for other, each in known.items()
        ]
        raise InputError(
            f"'{name}' has a direction in space ({quantity.rep}), and {request.data.domain} "
            f"under {group.name} have no directions",
            where="task.targets",
            hint=(
                "with positions of the atoms or points the domain is `molecules` or "
                "`point_clouds` and the group E(3) x S_n; "
                "without them only invariants such as the magnitude can be predicted"
            ),
            repair={"task.targets": plain, "task.representation": None},
        )


def _mirrors_allow(
    request: Request, group: Group, found: tuple[Quantity, ...], result: Resolved
) -> None:
    handed = next((each for each in found if each.handed), None)
    if handed is None:
        return
    if request.data.domain in ("sets", "graphs"):
        result.warn(
            "handed-without-positions",
            f"'{handed.id}' differs between mirror images, which have the same "
            f"{request.data.domain}: it can be learned only from "
            "features that carry the chirality",
            "add chiral tags as features, or give positions and use SE(3)",
        )
        return
    if not group.reflections:
        return
    if request.symmetry.transformations.reflection == "invariant":
        raise InputError(
            f"'{handed.id}' changes sign between mirror images, yet reflections are said to "
            "leave it unchanged: it would always be zero",
            where="symmetry.transformations.reflection",
            expected="none, or equivariant (the sign changes)",
            repair={
                "symmetry.transformations.reflection": "none",
                "symmetry.group": _rotations(group),
            }
            if request.symmetry.group != "unknown"
            else {"symmetry.transformations.reflection": "none"},
        )
    result.warn(
        "handed-target",
        f"'{handed.id}' depends on the chirality: under {group.name}, which contains "
        "reflections, it is a pseudoscalar and changes "
        "sign between mirror images",
        "the design predicts it with odd parity; if mirror images are not to be tied "
        f"together, write `symmetry.group: {_rotations(group)}`",
    )


def _rotations(group: Group) -> str:
    from equidesign.design.consistency import without_reflections

    return without_reflections(group)


def _per(request: Request, known: dict[str, Quantity | None], result: Resolved) -> str:
    task: Any = request.task
    rigid = {name: each for name, each in known.items() if each is not None and not each.either}
    places = {each.per for each in rigid.values()}
    if len(places) > 1:
        first = next(iter(rigid.values())).per
        keep = [name for name, each in rigid.items() if each.per == first]
        others = [name for name, each in rigid.items() if each.per != first]
        raise InputError(
            f"{', '.join(keep)} has one value a {first}, {', '.join(others)} one a "
            f"{rigid[others[0]].per}: one output cannot hold both",
            where="task.targets",
            expected="targets that are all per sample, or all per point",
            hint=(
                "design one network for each; energy and forces together are the task "
                "force_prediction"
            ),
            repair={"task.targets": keep, "task.representation": None, "task.per": None},
        )
    if places:
        place = places.pop()
        if task.per is not None and task.per != place:
            name, quantity = next(iter(rigid.items()))
            other = OTHER_PLACE.get(quantity.id)
            result.warn(
                "per-corrected",
                f"'{name}' ({quantity.id}) has one value a {place}, not one a {task.per}: "
                f"{quantity.source}",
                f"write `task.per: {place}`" + (f", or ask for {other}" if other else ""),
            )
        return place
    loose = {each.per for each in known.values() if each is not None}
    default = "point" if loose == {"point"} and all(known.values()) else "sample"
    return str(task.per or default)


def _representation(
    request: Request,
    fiber: Group,
    known: dict[str, Quantity | None],
    per: str,
    result: Resolved,
) -> Rep:
    task: Any = request.task
    wanted = known and any(each is not None for each in known.values())
    meant = merged(
        Rep.total((_meant(each, request, fiber, per, result) for each in known.values()), fiber)
    )
    if task.representation is None:
        return meant if known else scalars(task.targets, fiber)
    try:
        written, changes = written_rep(task.representation, request, fiber)
    except InputError as error:
        if not wanted:
            raise
        written, changes = None, [DesignWarning("quantity-corrected", error.what)]
    if written is not None and not wanted:
        result.warnings += changes
        return written
    agrees = written is not None and written.expand().simplify() == meant.expand().simplify()
    if written is not None and agrees and not _parity_differs(task.representation, known):
        result.warnings += changes
        return written
    name, quantity = next((n, q) for n, q in known.items() if q is not None)
    result.warn(
        "quantity-corrected",
        f"the representation '{task.representation}' contradicts '{name}'"
        + (" and the other targets" if len(known) > 1 else "")
        + f": {_says_why(quantity)}; taken as {meant}",
        f"write `task.representation: {meant}`, or leave it out",
    )
    return meant


def _meant(
    quantity: Quantity | None, request: Request, fiber: Group, per: str, result: Resolved
) -> Rep:
    if quantity is None:
        return scalars(1, fiber)
    rep = quantity.under(fiber)
    local = request.data.domain == "sphere" and fiber.n == 2 and per == "point"
    if local and quantity.directed:
        result.warn(
            "local-frame",
            f"{quantity.id} is taken in the local frame of each point (east, north): turning about "
            "the polar axis leaves these components as they are, so they are plain channels",
            "give it as eastward and northward components",
        )
        return scalars(rep.dim, fiber)
    return rep


def _parity_differs(text: str, known: dict[str, Quantity | None]) -> bool:
    """Tell whether parities were written that the quantities do not have, whatever the group."""
    written = rep_of_space(text)
    if written is None or not all(known.values()):
        return False
    meant = Rep.total((each.spatial for each in known.values() if each), written.group)
    return written.simplify() != meant.simplify()


def _says_why(quantity: Quantity) -> str:
    turns = "is a scalar" if not quantity.directed else "turns with the input"
    if quantity.handed:
        turns = "is a pseudoscalar, which changes sign under reflections"
    elif quantity.mirrored and quantity.spatial.lmax == 1:
        turns = "is an axial vector, which reflections turn differently from a polar one"
    return f"{quantity.id} {turns} ({quantity.rep} under O(3): {quantity.source})"


def _common_unit(names: tuple[str, ...], found: tuple[Quantity, ...]) -> str | None:
    units = {each.unit for each in found}
    return (units.pop() or None) if len(units) == 1 and len(found) == len(names) else None


def _extensive(
    per: str, names: tuple[str, ...], found: tuple[Quantity, ...], result: Resolved
) -> bool:
    kinds = {each.extensive for each in found} | ({False} if len(found) < len(names) else set())
    if per == "sample" and len(kinds) == 2:
        grow = ", ".join(each.id for each in found if each.extensive)
        result.warn(
            "mixed-extensivity",
            f"{grow} grow with the sample, the other targets do not, and one pooling serves "
            "all: the mean is taken",
            "divide what grows by the number of points, or design one network for each kind",
        )
    return kinds == {True} and per == "sample"


def _count(request: Request, per: str, rep: Rep, result: Resolved) -> None:
    """An unnamed count that looks like all points of a sample in a row, or contradicts the representation."""
    task, data = request.task, request.data
    count: Any = getattr(task, "targets", 1)
    written = "targets" in task.model_fields_set
    if (
        written
        and count > 1
        and getattr(task, "representation", None)
        and count not in (rep.dim, rep.num_irreps)
    ):
        result.warn(
            "count-against-representation",
            f"{count} targets are asked for, and the representation {rep} has {rep.dim} "
            "components: the representation counts",
            f"write `task.targets: {rep.dim}`, or leave it out",
        )
    size = {"point_clouds": "points", "sets": "size", "graphs": "nodes"}.get(data.domain)
    if size is None or per == "point" or not written or size not in data.model_fields_set:
        return
    number = getattr(data, size)
    if number > 1 and count >= number and count % number == 0:
        each = count // number
        result.warn(
            "per-sample-count",
            f"{count} targets a sample are {each} for each of the {number} "
            f"{size if size != 'size' else 'elements'}: as one vector "
            "per sample they cannot follow the order of the input, nor samples of another size",
            f"write `task.targets: {each}` with `task.per: point`"
            + (
                " and `representation: 1x1o`" if each == 3 and data.domain == "point_clouds" else ""
            ),
        )
